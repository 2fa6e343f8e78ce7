// @ts-check
/** Joins the page's parts. Without this script the forms post, and the server answers with whole pages. */

import { listenToActions } from "./actions.js";
import { listenToCopying } from "./code.js";
import { listenToKeys } from "./composer.js";
import { listenToConnection } from "./connection.js";
import { keptDraft } from "./draft.js";
import { listenToEarlier } from "./earlier.js";
import { Editing } from "./editing.js";
import { Sending } from "./sending.js";
import { fetchPart } from "./server.js";
import { listenToShortcuts } from "./shortcuts.js";
import { listenToOtherTabs } from "./tabs.js";
import { list, refresh } from "./turns.js";
import { Writing } from "./writing.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("composer"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("message"));
const writing = new Writing(main, form, field);
const sending = new Sending(writing);
const editing = new Editing(field);

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (!(sent instanceof HTMLFormElement) || !sent.matches("[data-send]")) return;
  event.preventDefault();
  if (sent !== form) {
    void sending.send(event.submitter instanceof HTMLButtonElement ? event.submitter.value : "");
    return;
  }
  if (sending.busy) return;
  const [message, turn] = [field.value, editing.turn];
  if (!turn || !message.trim()) {
    void sending.send(message);
    return;
  }
  editing.end();
  void sending.replace(message, turn, () => editing.change(turn, message));
});

field.addEventListener("input", () => writing.keep());
if (!field.value) field.value = keptDraft(writing.conversation);
listenToKeys(field, () => form.requestSubmit());
listenToActions(sending, editing);
listenToEarlier(list());
listenToCopying(list());
listenToConnection(() => void sending.flush());
listenToShortcuts({
  focus: () => field.focus(),
  escape: () => {
    if (editing.turn) editing.end();
    else if (sending.following) void sending.halt();
    else return false;
    return true;
  },
  edit: () => {
    const last = list().querySelector(".turn[data-last]");
    if (!(last instanceof HTMLElement) || !last.querySelector("[data-edit]")) return false;
    editing.begin(last);
    return true;
  },
});
sending.stop.addEventListener("click", () => void sending.halt());

// The address also changes within the page (a skip link); only another conversation has to be loaded.
addEventListener("popstate", () => {
  if (location.pathname !== writing.address) location.reload();
});

listenToOtherTabs((news) => void sending.hear(news));

document.documentElement.dataset.script = "";
if (!writing.conversation && matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
if (writing.conversation && !location.hash && !location.search) list().querySelector(":scope > .turn:last-of-type")?.scrollIntoView({ block: "start" });
sending.showWaiting();
void begin();

/** Go on where the page was left: with a reply that is being written, then with what waits. */
async function begin() {
  const last = list().querySelector(".turn[data-last]");
  if (last instanceof HTMLElement && last.dataset.state === "writing") await sending.join(last);
  else if (last instanceof HTMLElement && last.dataset.state === "interrupted") await resume(last);
  await sending.flush();
}

/** The server was ended while it wrote: have it written now, unless it just was. @param {HTMLElement} shown */
async function resume(shown) {
  const turn = await fetchPart(shown.dataset.address ?? "").catch(() => null);
  const again = turn && refresh(turn).querySelector("form[data-act=redo]");
  if (turn?.dataset.state === "interrupted" && again instanceof HTMLFormElement) again.requestSubmit();
  else if (turn) await sending.join(turn);
}
