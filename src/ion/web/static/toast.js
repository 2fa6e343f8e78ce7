// @ts-check
/** The notice that a conversation was deleted, with a way back; it stays until it is closed or the page is left. */

export class Toast {
  /**
   * @param {HTMLElement} notice
   * @param {(id: string, wasOpen: boolean) => Promise<void>} undo
   */
  constructor(notice, undo) {
    this.notice = notice;
    this.home = /** @type {HTMLElement} */ (notice.parentElement);
    this.text = /** @type {HTMLElement} */ (notice.querySelector("p"));
    this.words = this.text.textContent ?? "";
    this.button = /** @type {HTMLButtonElement} */ (notice.querySelector("[data-undo]"));
    this.conversation = "";
    this.wasOpen = false;
    let busy = false;
    this.button.addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      await undo(this.conversation, this.wasOpen).finally(() => (busy = false));
    });
    notice.querySelector("[data-dismiss]")?.addEventListener("click", () => this.dismiss());
  }

  /**
   * Offer to undo. With the list beside the page the notice comes right after what now has the focus, for the keyboard.
   * @param {string} id
   * @param {HTMLElement | null} next
   * @param {{ wasOpen?: boolean }} [options]
   */
  offer(id, next, { wasOpen = false } = {}) {
    this.conversation = id;
    this.wasOpen = wasOpen;
    const isBeside = matchMedia("(min-width: 60rem)").matches;
    (isBeside && next ? next : this.home).append(this.notice);
    this.text.textContent = this.words;
    this.button.hidden = false;
    this.notice.hidden = false;
  }

  /** @param {string} text @param {{ isOver: boolean }} options */
  say(text, { isOver }) {
    this.text.textContent = text;
    if (isOver && this.notice.contains(document.activeElement)) this.dismissal()?.focus();
    this.button.hidden = isOver;
  }

  dismiss() {
    const beside = this.notice.closest("li")?.querySelector("a");
    this.hide();
    (beside ?? /** @type {HTMLElement | null} */ (document.querySelector("#conversations .new")))?.focus();
  }

  /** @returns {HTMLElement | null} */
  dismissal() {
    return this.notice.querySelector("[data-dismiss]");
  }

  hide() {
    this.notice.hidden = true;
    this.rescue();
  }

  /** Out of a list that is about to be replaced. */
  rescue() {
    this.home.append(this.notice);
  }
}
