// @ts-check
/** The form that messages are written in: where they go, what has left it, and what comes back into it. */

import { keepDraft } from "./draft.js";
import { Refusal } from "./refusal.js";

export class Writing {
  /**
   * @param {HTMLElement} main
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   */
  constructor(main, form, field) {
    this.main = main;
    this.form = form;
    this.field = field;
    /** What has left the form, until ION or the outbox has it. */
    this.outgoing = "";
    this.refusal = new Refusal(field);
  }

  get conversation() {
    return this.main.dataset.conversation ?? "";
  }

  /** The mentor who was chosen for a new conversation; empty where ION chooses. */
  get persona() {
    const chosen = document.getElementById("persona");
    return chosen instanceof HTMLInputElement && !this.conversation ? chosen.value : "";
  }

  /** Where a message of this page goes. */
  get address() {
    return this.conversation ? `/c/${this.conversation}` : "/";
  }

  /** Keep what would be lost if the page went away now. */
  keep() {
    keepDraft(this.conversation, [this.outgoing, this.field.value].filter(Boolean).join("\n"));
  }

  /** What had left the form has come to where it went, or is back in it. */
  settle() {
    if (!this.outgoing) return;
    this.outgoing = "";
    this.keep();
  }

  /** Take a message out of the form, to be sent. @param {string} message */
  takeOut(message) {
    this.refusal.clear();
    // An example that was clicked leaves the form as it is.
    if (this.field.value === message) {
      this.outgoing = message;
      this.field.value = "";
    }
    this.welcome(false);
  }

  /**
   * Put a message back into the form, with the reason if there is one.
   * @param {string} message
   * @param {unknown} error
   */
  putBack(message, error) {
    this.welcome(true);
    this.field.value = [message, this.field.value].filter(Boolean).join("\n");
    this.outgoing = "";
    this.keep();
    if (error) this.refusal.say(error);
    this.field.focus();
  }

  /** ION has the message: the page is this conversation's from now on. @param {string} conversation */
  belongTo(conversation) {
    this.outgoing = "";
    keepDraft(this.conversation, "");
    if (!this.conversation) {
      this.main.dataset.conversation = conversation;
      this.form.action = `/c/${conversation}`;
      history.pushState(null, "", `/c/${conversation}`);
    }
    this.keep();
  }

  /** Show the empty page's welcome or take it away. @param {boolean} shown */
  welcome(shown) {
    const welcome = document.getElementById("welcome");
    if (!welcome || (shown && document.querySelector("#turns > *"))) return;
    // The focus must not vanish with the example that was pressed; on a phone it would bring up the keyboard.
    const isLost = !shown && welcome.contains(document.activeElement) && matchMedia("(pointer: fine)").matches;
    welcome.hidden = !shown;
    const heading = document.getElementById("begun");
    if (heading) heading.hidden = shown;
    if (isLost) this.field.focus({ preventScroll: true });
  }
}
