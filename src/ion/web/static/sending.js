// @ts-check
/** Sends a message and follows its reply: at most one at a time, and nothing typed is ever lost. */

import { Announcer } from "./announcer.js";
import { Refused, beginConversation, sendMessage } from "./api.js";
import { keepDraft } from "./draft.js";
import { LiveTurn, fetchTurn } from "./turns.js";

export class Sending {
  /**
   * @param {HTMLElement} main
   * @param {HTMLFormElement} form
   * @param {HTMLTextAreaElement} field
   */
  constructor(main, form, field) {
    this.main = main;
    this.form = form;
    this.field = field;
    this.busy = false;
    /** A conversation that was begun but has not taken a message yet. */
    this.begun = "";
    /** What has left the form, until ION has it. */
    this.outgoing = "";
    this.announcer = new Announcer(/** @type {HTMLElement} */ (document.getElementById("announcer")));
    this.refusal = /** @type {HTMLElement} */ (document.getElementById("refused"));
  }

  get conversation() {
    return this.main.dataset.conversation ?? "";
  }

  /**
   * @param {string} message
   * @returns {Promise<void>}
   */
  async send(message) {
    if (this.busy) return;
    if (!message.trim()) {
      this.field.focus();
      return;
    }
    this.isBusy(true);
    this.refuse("");
    this.takeOut(message);
    const turn = new LiveTurn(/** @type {HTMLElement} */ (document.getElementById("turns")), message);
    const progress = { taken: false };
    try {
      await this.follow(message, turn, progress);
    } catch (error) {
      if (progress.taken) turn.break(`/c/${this.conversation}`);
      else this.giveBack(turn, error);
    } finally {
      this.isBusy(false);
    }
  }

  /**
   * @param {string} message
   * @param {LiveTurn} turn
   * @param {{ taken: boolean }} progress
   */
  async follow(message, turn, progress) {
    const isNew = !this.conversation;
    const conversation = this.conversation || (this.begun ||= await beginConversation(document.documentElement.lang));
    for await (const { event, data } of sendMessage(conversation, message)) {
      if (event === "started") {
        progress.taken = true;
        this.taken(conversation);
        turn.replaceBy(await fetchTurn(conversation, data.id));
        this.announcer.begin(turn.speaker);
      } else if (event === "delta") {
        turn.write(data.text);
        this.announcer.add(data.text);
      } else if (event === "done") {
        this.announcer.end();
        turn.replaceBy(await fetchTurn(conversation, data.id));
      }
    }
    // The conversation is whole without it.
    if (isNew) this.refreshList().catch(() => {});
  }

  /** Keep what would be lost if the page went away now. */
  keep() {
    keepDraft(this.conversation, [this.outgoing, this.field.value].filter(Boolean).join("\n"));
  }

  /** @param {string} message */
  takeOut(message) {
    // An example that was clicked leaves the form as it is.
    if (this.field.value === message) {
      this.outgoing = message;
      this.field.value = "";
    }
    this.welcome(false);
  }

  /** ION has the message: the page is now this conversation's. @param {string} conversation */
  taken(conversation) {
    this.outgoing = "";
    keepDraft(this.conversation, "");
    if (!this.conversation) {
      this.main.dataset.conversation = conversation;
      this.form.action = `/c/${conversation}`;
      history.pushState(null, "", `/c/${conversation}`);
    }
    this.keep();
  }

  /** The list and the title are the server's too. */
  async refreshList() {
    const response = await fetch(`/c/${this.conversation}`);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const list = page.getElementById("conversations");
    if (list) document.getElementById("conversations")?.replaceWith(list);
    document.title = page.title;
  }

  /**
   * @param {LiveTurn} turn
   * @param {unknown} error
   */
  giveBack(turn, error) {
    const code = error instanceof Refused ? error.code : "unreachable";
    turn.remove();
    this.welcome(true);
    this.field.value = [this.outgoing, this.field.value].filter(Boolean).join("\n");
    this.outgoing = "";
    if (code === "conversation_not_found") this.begun = "";
    this.keep();
    this.refuse(code);
    this.field.focus();
  }

  /** @param {boolean} shown */
  welcome(shown) {
    const welcome = document.getElementById("welcome");
    if (!welcome) return;
    // The focus must not vanish with the example that was pressed; on a phone it would bring up the keyboard.
    const isLost = !shown && welcome.contains(document.activeElement) && matchMedia("(pointer: fine)").matches;
    welcome.hidden = !shown;
    if (isLost) this.field.focus({ preventScroll: true });
  }

  /** @param {string} code empty where all is well again */
  refuse(code) {
    const texts = /** @type {HTMLTemplateElement} */ (document.getElementById("refusals")).content;
    const text = texts.querySelector(`[data-code="${CSS.escape(code)}"]`) ?? texts.querySelector('[data-code="other"]');
    this.refusal.textContent = code ? (text?.textContent ?? "") : "";
    if (code) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  /** @param {boolean} busy */
  isBusy(busy) {
    this.busy = busy;
    this.form.setAttribute("aria-busy", String(busy));
  }
}
