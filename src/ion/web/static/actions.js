// @ts-check
/** What can be done with a turn: try again, read it differently, ask another mentor, change the message, copy. */

import { Refused } from "./server.js";
import { copyOf } from "./turns.js";

const SHOWN_MS = 2_000;

/**
 * @param {import("./sending.js").Sending} sending
 * @param {import("./editing.js").Editing} editing
 */
export function listenToActions(sending, editing) {
  const turns = /** @type {HTMLElement} */ (document.getElementById("turns"));

  turns.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.act) return;
    event.preventDefault();
    void act(sending, form, event.submitter);
  });

  // What was just opened should not be hidden by the form at the lower edge.
  turns.addEventListener("toggle", (event) => {
    if (!(event.target instanceof HTMLDetailsElement) || !event.target.open) return;
    const panel = event.target.querySelector(":scope > :not(summary)");
    // Of a long one the beginning is read first, below what opened it.
    const isLong = panel instanceof HTMLElement && panel.offsetHeight > innerHeight / 2;
    if (isLong) event.target.querySelector("summary")?.scrollIntoView({ block: "start" });
    else panel?.scrollIntoView({ block: "nearest" });
  }, { capture: true });

  turns.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target : null;
    const turn = pressed?.closest(".turn");
    if (!(turn instanceof HTMLElement)) return;
    if (pressed?.closest("[data-edit]")) {
      event.preventDefault();
      editing.begin(turn);
    }
    const copy = pressed?.closest("[data-copy-reply]");
    if (copy instanceof HTMLButtonElement) void copyReply(turn, copy);
  });
}

/**
 * @param {import("./sending.js").Sending} sending
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function act(sending, form, button) {
  const fields = new FormData(form, button);
  if (form.dataset.act === "again") fields.set("key", crypto.randomUUID());
  const details = form.closest("details");
  const said = form.querySelector("[data-said]");
  const address = new URL(form.action).pathname;
  if (details && form.dataset.act === "again") details.open = false;
  if (said) said.textContent = "";
  await sending.act(address, Object.fromEntries([...fields].map(([name, value]) => [name, String(value)])), (error) => {
    // What is wrong with a form is said in it; the rest is said at the composer.
    if (!said || !(error instanceof Refused) || !error.text) return false;
    said.textContent = error.text;
    return true;
  });
}

/**
 * @param {HTMLElement} turn
 * @param {HTMLButtonElement} button
 */
async function copyReply(turn, button) {
  const reply = /** @type {HTMLElement | null} */ (turn.querySelector("[data-reply]"));
  if (!reply) return;
  try {
    await navigator.clipboard.writeText(textOf(reply));
  } catch {
    // Where the clipboard is closed to pages the reader can still copy what is selected.
    getSelection()?.selectAllChildren(reply);
    return;
  }
  const before = button.textContent;
  button.textContent = copyOf("copied").textContent;
  setTimeout(() => (button.textContent = before), SHOWN_MS);
}

/** What is read of a reply, without the buttons in it. @param {HTMLElement} reply */
function textOf(reply) {
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (reply.querySelectorAll("button:not([hidden])"));
  for (const button of buttons) button.hidden = true;
  const text = reply.innerText.trim();
  for (const button of buttons) button.hidden = false;
  return text;
}
