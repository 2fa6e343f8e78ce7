// @ts-check
/** Joins the page's parts. Without this script the forms post, and the server answers with whole pages. */

import { listenToKeys } from "./composer.js";
import { keptDraft } from "./draft.js";
import { Sending } from "./sending.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("composer"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("message"));
const sending = new Sending(main, form, field);

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (!(sent instanceof HTMLFormElement) || !sent.matches("[data-send]")) return;
  event.preventDefault();
  void sending.send(sent === form ? field.value : messageOf(sent, event.submitter));
});

/**
 * The message that a form of the page brings along: on the button that was pressed, or hidden.
 * @param {HTMLFormElement} sent
 * @param {HTMLElement | null} button
 */
function messageOf(sent, button) {
  if (button instanceof HTMLButtonElement && button.name === "message") return button.value;
  return String(new FormData(sent).get("message") ?? "");
}

field.addEventListener("input", () => sending.keep());
if (!field.value) field.value = keptDraft(sending.conversation);
listenToKeys(field, () => form.requestSubmit());

// The address also changes within the page (a skip link); only another conversation has to be loaded.
addEventListener("popstate", () => {
  const shown = sending.conversation ? `/c/${sending.conversation}` : "/";
  if (location.pathname !== shown) location.reload();
});

form.dataset.ready = "";
if (!sending.conversation && matchMedia("(pointer: fine)").matches) field.focus({ preventScroll: true });
if (sending.conversation && !location.hash) document.querySelector("#turns > :last-child")?.scrollIntoView({ block: "start" });
