// @ts-check
/** Has messages answered: at most one at a time, and nothing typed is ever lost. */

import { Announcer } from "./announcer.js";
import { showAway } from "./connection.js";
import { Broken, Following } from "./following.js";
import { refreshList } from "./history.js";
import * as outbox from "./outbox.js";
import { person } from "./person.js";
import { Refused, Unreachable, fetchPart, post } from "./server.js";
import { tellOtherTabs } from "./tabs.js";
import { breakOff, bringUp, copyOf, outgoing, put, refresh } from "./turns.js";
import { tellWorker } from "./worker.js";

/** Milliseconds between two tries to send what waits. */
const TRY_AGAIN = 5_000;

export class Sending {
  /** @param {import("./writing.js").Writing} writing */
  constructor(writing) {
    this.writing = writing;
    this.busy = false;
    /** @type {Following | null} */
    this.following = null;
    /** @type {(() => void)[]} */
    this.waiters = [];
    this.again = 0;
    this.stop = /** @type {HTMLButtonElement} */ (document.getElementById("stop"));
    this.announcer = new Announcer(/** @type {HTMLElement} */ (document.getElementById("announcer")));
  }

  /**
   * Send what was typed, or an example that was pressed.
   * @param {string} message
   */
  async send(message) {
    if (this.busy) return;
    if (!message.trim()) {
      this.writing.field.focus();
      return;
    }
    const item = { key: crypto.randomUUID(), conversation: this.writing.conversation, message, persona: this.writing.persona, person, at: Date.now() };
    const isQueued = outbox.waiting().some((other) => other.conversation === item.conversation);
    this.writing.takeOut(message);
    // It must not overtake what waits.
    if (isQueued && outbox.keep(item)) {
      this.wait(item, outgoing(message));
      await this.flush();
    } else await this.deliver(item, outgoing(message));
  }

  /**
   * Send the last message in other words.
   * @param {string} message
   * @param {string} turn the one whose message it takes the place of
   * @param {() => void} refused is told where it stays as it was
   */
  async replace(message, turn, refused) {
    this.writing.outgoing = message;
    this.writing.keep();
    await this.act(this.writing.address, { message, turn }, () => {
      refused();
      return false;
    });
  }

  /**
   * Bring a message to ION and follow its reply; what cannot be brought now waits in the outbox.
   * @param {outbox.Item} item
   * @param {HTMLElement} shown
   * @returns {Promise<boolean>} whether ION has it
   */
  async deliver(item, shown) {
    this.isBusy(true);
    try {
      const turn = await this.bring(item, shown);
      if (!turn) return false;
      await this.follow(turn);
      void refreshList();
      return true;
    } finally {
      this.isBusy(false);
    }
  }

  /**
   * @param {outbox.Item} item
   * @param {HTMLElement} shown
   */
  async bring(item, shown) {
    try {
      const { conversation, turn } = await bring(item);
      this.taken(conversation);
      put(turn, shown);
      return turn;
    } catch (error) {
      if (error instanceof Unreachable && outbox.keep(item)) {
        showAway(true);
        this.wait(item, shown);
      } else this.giveBack(item, shown, error);
      return null;
    }
  }

  /**
   * Have something done to a turn: its reply is then written anew, or another one is added.
   * @param {string} address
   * @param {Record<string, string>} fields
   * @param {(error: unknown) => boolean} refused tells whether it has said why
   */
  async act(address, fields, refused) {
    if (this.busy) return;
    this.isBusy(true);
    this.writing.refusal.clear();
    try {
      const { turn } = await post(address, fields);
      this.writing.settle();
      tellOtherTabs({ conversation: this.writing.conversation, address: turn.dataset.address ?? "", key: "" });
      const isNew = document.getElementById(turn.id) === null;
      refresh(turn);
      if (isNew) bringUp(turn);
      await this.follow(turn);
    } catch (error) {
      this.writing.settle();
      if (!refused(error)) this.writing.refusal.say(error);
    } finally {
      this.isBusy(false);
    }
  }

  /**
   * Show the reply of a turn as it comes, and the whole turn once it is there.
   * @param {HTMLElement} turn
   */
  async follow(turn) {
    if (turn.dataset.state !== "writing") {
      this.announcer.whole(turn);
      tellWorker({ type: "keep", path: this.writing.address });
      return;
    }
    this.announcer.begin(turn.querySelector(".reply h2")?.textContent ?? "");
    const following = (this.following = new Following(turn, {
      onText: (reply, isWhole) => this.announcer.reach(reply, { isWhole }),
      onAway: showAway,
    }));
    this.stop.hidden = false;
    try {
      await following.ended;
      this.announcer.reach(following.live, { isOver: true });
      const whole = await fetchPart(turn.dataset.address ?? "");
      if (whole) refresh(whole);
      tellWorker({ type: "keep", path: this.writing.address });
    } catch (error) {
      if (!(error instanceof Broken || error instanceof Unreachable || error instanceof Refused)) throw error;
      breakOff(turn, this.writing.conversation);
    } finally {
      // The focus must not vanish with the button.
      if (document.activeElement === this.stop) this.writing.field.focus({ preventScroll: true });
      this.stop.hidden = true;
      this.following = null;
    }
  }

  /** Follow a reply that is being written though this page did not ask for it. @param {HTMLElement} turn */
  async join(turn) {
    if (this.busy) return;
    this.isBusy(true);
    try {
      await this.follow(turn);
    } finally {
      this.isBusy(false);
    }
  }

  /** Show a turn that another tab asked for. @param {import("./tabs.js").News} news */
  async hear({ conversation, address, key }) {
    while (this.busy) await new Promise((resolve) => this.waiters.push(() => resolve(undefined)));
    const shown = document.getElementById(`waiting-${key}`);
    if (shown && !address) shown.remove();
    if (!address || (!shown && conversation !== this.writing.conversation)) return;
    this.isBusy(true);
    try {
      const turn = await fetchPart(address).catch(() => null);
      if (!turn) return;
      if (shown) {
        this.taken(conversation);
        put(turn, shown);
      } else refresh(turn);
      await this.follow(turn);
    } finally {
      this.isBusy(false);
    }
  }

  /** Have no more written; what there is of the reply stays. */
  async halt() {
    const following = this.following;
    if (!following || following.isHalted) return;
    following.isHalted = true;
    try {
      await post(`${following.address}/stop`, {});
    } catch (error) {
      following.isHalted = false;
      this.writing.refusal.say(error);
    }
  }

  /** Send what waits, oldest first, for as long as that works. */
  async flush() {
    await outbox.alone(async () => {
      const tried = new Set();
      // Looked up each time: the first message of a new conversation tells those after it where they belong.
      for (;;) {
        const item = outbox.waiting().find(({ key }) => !tried.has(key));
        if (!item || this.busy) return;
        tried.add(item.key);
        if (!(await this.flushOne(item))) return;
      }
    });
    clearTimeout(this.again);
    if (document.querySelector(".waiting")) this.again = window.setTimeout(() => void this.flush(), TRY_AGAIN);
  }

  /** @param {outbox.Item} item */
  async flushOne(item) {
    const isHere = item.conversation !== "" && item.conversation === this.writing.conversation;
    const shown = document.getElementById(`waiting-${item.key}`) ?? (isHere ? outgoing(item.message) : null);
    if (shown) return this.deliver(item, shown);
    // It belongs to a page that is not open: the reply is there when it is opened.
    try {
      await bring(item);
      void refreshList();
      return true;
    } catch (error) {
      // What ION will not take waits to be taken back on its own page.
      return error instanceof Refused && error.seconds === 0;
    }
  }

  /** Show what waits for this page's conversation. */
  showWaiting() {
    for (const item of outbox.waiting()) {
      if (item.conversation !== this.writing.conversation || document.getElementById(`waiting-${item.key}`)) continue;
      this.writing.welcome(false);
      this.wait(item, outgoing(item.message));
    }
  }

  /**
   * Say of a message that it waits, and offer to try now or to take it back.
   * @param {outbox.Item} item
   * @param {HTMLElement} shown
   */
  wait(item, shown) {
    this.writing.settle();
    clearTimeout(this.again);
    this.again = window.setTimeout(() => void this.flush(), TRY_AGAIN);
    if (shown.querySelector(".waiting")) return;
    shown.id = `waiting-${item.key}`;
    shown.removeAttribute("aria-busy");
    const notice = copyOf("waiting");
    notice.querySelector("[data-now]")?.addEventListener("click", () => void this.flush());
    notice.querySelector("[data-take-back]")?.addEventListener("click", () => {
      tellOtherTabs({ conversation: item.conversation, address: "", key: item.key });
      this.giveBack(item, shown, null);
    });
    shown.append(notice);
  }

  /** ION has the message, and with it what waits of the same new conversation belongs there. @param {string} conversation */
  taken(conversation) {
    showAway(false);
    if (!this.writing.conversation) {
      for (const item of outbox.waiting()) {
        if (document.getElementById(`waiting-${item.key}`)) outbox.keep({ ...item, conversation });
      }
    }
    this.writing.belongTo(conversation);
  }

  /**
   * Have a message that was not taken back in the form.
   * @param {outbox.Item} item
   * @param {HTMLElement} shown
   * @param {unknown} error null where it was taken back by hand
   */
  giveBack(item, shown, error) {
    shown.remove();
    outbox.forget(item.key);
    this.writing.putBack(item.message, error);
  }

  /** @param {boolean} busy */
  isBusy(busy) {
    this.busy = busy;
    this.writing.form.setAttribute("aria-busy", String(busy));
    if (!busy) for (const resume of this.waiters.splice(0)) resume();
  }
}

/** Bring a message to ION, which takes it once however often it comes. @param {outbox.Item} item */
async function bring({ key, conversation: place, message, persona, person: whose = "" }) {
  const taken = await post(place ? `/c/${place}` : "/", { message, key, persona, person: whose });
  outbox.forget(key);
  tellOtherTabs({ conversation: taken.conversation, address: taken.turn.dataset.address ?? "", key });
  return taken;
}
