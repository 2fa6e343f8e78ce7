// @ts-check
/** Says above the form why something was not done, until something else is begun. */

import { Broken } from "./following.js";
import { Refused, Unreachable } from "./server.js";

export class Refusal {
  /** @param {HTMLElement} field what it is about */
  constructor(field) {
    this.field = field;
    this.region = /** @type {HTMLElement} */ (document.getElementById("refused"));
  }

  /** Tell the reader what went wrong. @param {unknown} error */
  say(error) {
    if (error instanceof Refused) this.show(error.text || textOf(error.code), error.seconds);
    else if (error instanceof Unreachable) this.show(textOf("unreachable"), 0);
    else if (!(error instanceof Broken)) {
      this.show(textOf("other"), 0);
      throw error;
    }
  }

  clear() {
    this.region.textContent = "";
    this.field.removeAttribute("aria-invalid");
  }

  /**
   * @param {string} text
   * @param {number} seconds
   */
  show(text, seconds) {
    this.region.textContent = text.replace("{seconds}", new Intl.NumberFormat(document.documentElement.lang).format(seconds));
    this.field.setAttribute("aria-invalid", "true");
  }
}

/** @param {string} code */
function textOf(code) {
  const texts = /** @type {HTMLTemplateElement} */ (document.getElementById("refusals")).content;
  const text = texts.querySelector(`[data-code="${CSS.escape(code)}"]`) ?? texts.querySelector('[data-code="other"]');
  return text?.textContent ?? "";
}
