// @ts-check
/** Tells screen readers of a reply while it comes: once for each sentence, politely. */

const SENTENCE_END = /[.!?…。][\])"'’”*]*\s|\n/;

export class Announcer {
  /** @param {HTMLElement} region a live region that nobody sees */
  constructor(region) {
    this.region = region;
    /** How many sentences of the reply have been read out. */
    this.said = 0;
    /** The letters of the first one. */
    this.first = "";
  }

  /** Begin a new reply. @param {string} name who speaks */
  begin(name) {
    this.region.replaceChildren();
    this.said = 0;
    if (name) this.say(name);
  }

  /**
   * Read out the sentences that are new. They are counted, since marks around words come and go while a reply grows.
   * @param {HTMLElement} reply all there is of it
   * @param {{ isWhole?: boolean, isOver?: boolean }} [options] `isWhole` says that it may have been written anew
   */
  reach(reply, { isWhole = false, isOver = false } = {}) {
    const { complete, open } = sentences(words(reply));
    const known = isOver ? [...complete, open] : complete;
    const first = known.length ? letters(/** @type {string} */ (known[0])) : "";
    if (isWhole && (complete.length < this.said || first !== this.first)) this.said = 0;
    this.first = first;
    for (const sentence of known.slice(this.said)) this.say(sentence);
    this.said = Math.max(this.said, known.length);
  }

  /** Read out a turn that came complete. @param {HTMLElement} turn */
  whole(turn) {
    this.begin(turn.querySelector(".reply h2")?.textContent ?? "");
    const reply = turn.querySelector("[data-reply]");
    if (reply instanceof HTMLElement) this.reach(reply, { isOver: true });
  }

  /** @param {string} text */
  say(text) {
    const words = text.trim();
    if (!words) return;
    const line = document.createElement("p");
    line.textContent = words;
    this.region.append(line);
  }
}

/** What there is to read: not what is said of code, and to copy it. @param {HTMLElement} reply */
function words(reply) {
  const copy = /** @type {HTMLElement} */ (reply.cloneNode(true));
  for (const control of copy.querySelectorAll("figcaption, button")) control.remove();
  return copy.textContent ?? "";
}

/** @param {string} text */
function letters(text) {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}

/** @param {string} text */
function sentences(text) {
  /** @type {string[]} */
  const complete = [];
  let open = text;
  for (let end = SENTENCE_END.exec(open); end; end = SENTENCE_END.exec(open)) {
    const sentence = open.slice(0, end.index + end[0].length);
    open = open.slice(sentence.length);
    if (sentence.trim()) complete.push(sentence);
  }
  return { complete, open };
}
