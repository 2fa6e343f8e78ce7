// @ts-check
/** Follows a reply while it is written: over reloads, lost networks and restarts, until it is there. */

import { fragment } from "./html.js";
import { Unreachable, fetchPart } from "./server.js";

/** Milliseconds before the first new try where the browser has given up by itself, and the most between two. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** ION could not write the reply, or it is not there any more. */
export class Broken extends Error {}

/**
 * @typedef {object} Listener
 * @property {(reply: HTMLElement, isWhole: boolean) => void} onText the reply has come further; whole after a loss
 * @property {(isAway: boolean) => void} onAway the connection was lost, or is back
 */

/** A reply that is being written into its turn; `ended` resolves once it is complete. */
export class Following {
  /**
   * @param {HTMLElement} turn
   * @param {Listener} listener
   */
  constructor(turn, listener) {
    this.address = turn.dataset.address ?? "";
    this.live = /** @type {HTMLElement} */ (turn.querySelector("[data-live]"));
    this.tail = /** @type {HTMLElement} */ (this.live.querySelector("[data-tail]"));
    this.listener = listener;
    this.pause = FIRST_PAUSE;
    this.isHalted = false;
    this.over = new AbortController();
    /** @type {Promise<void>} */
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    /** @type {EventSource | null} */
    this.source = null;
    this.connect();
    // A laptop that wakes up, or a phone that found a network, need not wait for the next try.
    const again = () => this.hurry();
    addEventListener("online", again, { signal: this.over.signal });
    document.addEventListener("visibilitychange", again, { signal: this.over.signal });
  }

  connect() {
    this.source?.close();
    const source = (this.source = new EventSource(`${this.address}/events`));
    source.addEventListener("open", () => this.back());
    source.addEventListener("whole", (event) => this.show(event, true));
    source.addEventListener("more", (event) => this.show(event, false));
    source.addEventListener("done", (event) => {
      this.show(event, false);
      this.close();
      this.resolve?.();
    });
    source.addEventListener("error", (event) => {
      if (event instanceof MessageEvent) this.fail();
      else if (source === this.source) this.lost(source);
    });
  }

  /**
   * @param {MessageEvent<string>} event
   * @param {boolean} isWhole
   */
  show(event, isWhole) {
    /** @type {{ blocks: string, tail: string }} */
    const { blocks, tail } = JSON.parse(event.data);
    if (isWhole) while (this.live.firstChild && this.live.firstChild !== this.tail) this.live.firstChild.remove();
    if (blocks) {
      // A new element for the new end: the old one would count as moved down the page.
      const end = /** @type {HTMLElement} */ (this.tail.cloneNode());
      this.tail.replaceWith(fragment(blocks), end);
      this.tail = end;
    }
    this.tail.replaceChildren(fragment(tail));
    this.listener.onText(this.live, isWhole);
  }

  back() {
    this.pause = FIRST_PAUSE;
    this.listener.onAway(false);
  }

  /** @param {EventSource} source */
  lost(source) {
    this.listener.onAway(true);
    // Lost connections the browser makes anew by itself and says how far it had come; refused ones it gives up.
    if (source.readyState === EventSource.CLOSED) this.later();
  }

  later() {
    this.timer = setTimeout(() => void this.look(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  hurry() {
    if (document.visibilityState === "hidden" || this.source?.readyState === EventSource.OPEN) return;
    clearTimeout(this.timer);
    void this.look();
  }

  /** See what became of the turn: there may be nothing left to follow. */
  async look() {
    try {
      const turn = await fetchPart(this.address);
      if (this.over.signal.aborted) return;
      if (turn === null) this.fail();
      else this.connect();
    } catch (error) {
      if (!(error instanceof Unreachable)) this.fail();
      else if (!this.over.signal.aborted) this.later();
    }
  }

  fail() {
    this.close();
    this.reject?.(new Broken());
  }

  /** Listen no longer. */
  close() {
    this.over.abort();
    clearTimeout(this.timer);
    this.source?.close();
    this.listener.onAway(false);
  }
}
