// @ts-check
/** Puts the last message back into the form, to be sent in other words; what was typed there meanwhile is kept. */

export class Editing {
  /**
   * @param {HTMLTextAreaElement} field
   */
  constructor(field) {
    this.field = field;
    this.notice = /** @type {HTMLElement} */ (document.getElementById("editing"));
    this.replaced = /** @type {HTMLInputElement} */ (document.getElementById("replaced"));
    this.before = "";
    document.getElementById("keep")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.end();
    });
  }

  /** The turn whose message is being changed; empty where none is. */
  get turn() {
    return this.replaced.value;
  }

  /** @param {HTMLElement} turn */
  begin(turn) {
    this.change(turn.dataset.turn ?? "", turn.querySelector(".message")?.textContent ?? "");
  }

  /**
   * @param {string} turn
   * @param {string} message in the words so far
   */
  change(turn, message) {
    if (!this.turn) this.before = this.field.value;
    this.replaced.value = turn;
    this.notice.hidden = false;
    this.show(message);
  }

  /** What had been typed before comes back. */
  end() {
    if (!this.turn) return;
    this.replaced.value = "";
    this.notice.hidden = true;
    this.show(this.before);
    this.before = "";
  }

  /** @param {string} text */
  show(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }
}
