// @ts-check
/** Tells screen readers of a reply while it comes: once for each sentence, politely. */

const SENTENCE_END = /[.!?…。][\])"'’”*]*\s|\n/;

export class Announcer {
  /** @param {HTMLElement} region a live region that nobody sees */
  constructor(region) {
    this.region = region;
    this.rest = "";
  }

  /** Begin a new reply. @param {string} name who speaks */
  begin(name) {
    this.region.replaceChildren();
    this.rest = "";
    if (name) this.say(name);
  }

  /** @param {string} text the next piece of the reply */
  add(text) {
    this.rest += text;
    for (let end = SENTENCE_END.exec(this.rest); end; end = SENTENCE_END.exec(this.rest)) {
      const after = end.index + end[0].length;
      this.say(this.rest.slice(0, after));
      this.rest = this.rest.slice(after);
    }
  }

  end() {
    this.say(this.rest);
    this.rest = "";
  }

  /** @param {string} text */
  say(text) {
    const words = text.replace(/[*`#]+/g, "").trim();
    if (!words) return;
    const line = document.createElement("p");
    line.textContent = words;
    this.region.append(line);
  }
}
