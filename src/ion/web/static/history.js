// @ts-check
/** The list of conversations: rename, delete and undo in place, load more, search. Without it, all of that is forms. */

import { fragment } from "./html.js";
import { listenToSearch } from "./search.js";
import { Toast } from "./toast.js";

/** How many conversations the server lists at first. */
const LISTED = 50;
const DELETED = "ion:deleted";
const CONTROLS = "a, summary, input, button";

/** @type {WeakSet<ParentNode>} */
const listening = new WeakSet();
/** @type {Toast | null} */
let toast = null;

/**
 * Take over the forms and links of the list.
 * @param {Document | HTMLElement} root
 */
export function listenToHistory(root) {
  const list = document.getElementById("conversations");
  if (!list || listening.has(root)) return;
  listening.add(root);
  toast ??= new Toast(/** @type {HTMLElement} */ (document.getElementById("toast")), undo);
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-rename], [data-delete]")) return;
    event.preventDefault();
    void once(form, form.matches("[data-rename]") ? rename : remove);
  });
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.earlier") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    void loadEarlier(link);
  });
  root.addEventListener("keydown", (event) => {
    const menu = event.target instanceof Element ? event.target.closest(".menu[open]") : null;
    if (!(event instanceof KeyboardEvent) || event.key !== "Escape" || event.isComposing || !menu) return;
    // Escape also stops a reply that is being written.
    event.stopPropagation();
    menu.querySelector("form")?.reset();
    close(menu);
  });
  listenToSearch(list, say);
  offerAfterLeaving();
}

/** Show the list as the server has it now; an open menu, the focus and the place in the list stay. */
export async function refreshList() {
  const days = document.getElementById("days");
  if (!days) return;
  const shown = Math.max(LISTED, days.querySelectorAll("li[data-conversation]").length);
  const html = await fetchText(`/list?current=${encodeURIComponent(openConversation())}&most=${shown}`);
  if (html === null) return;
  const place = placeIn(days);
  toast?.rescue();
  days.replaceChildren(fragment(html));
  putBack(days, place);
  const open = days.querySelector("[aria-current]");
  if (open) document.title = `${open.textContent} · ${document.querySelector(".brand")?.textContent ?? ""}`;
}

/** @param {HTMLFormElement} form */
async function rename(form) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("title"));
  const [id, menu] = [conversationOf(form), form.closest(".menu")];
  const response = await ask(`/api/v2/conversations/${id}`, "PATCH", { title: field.value });
  if (!response?.ok) {
    refuse(form, textOf(response?.status === 422 ? "bad_title" : whyNot(response)));
    return;
  }
  const { title } = /** @type {{ title: string }} */ (await response.json());
  const before = document.querySelector(`li[data-conversation="${id}"] > a`)?.textContent ?? "";
  for (const entry of entriesOf(id)) showTitle(entry, title);
  if (id === openConversation()) showTitleOfPage(before, title);
  if (menu) close(menu);
  say(textOf("renamed"));
}

/** @param {HTMLElement} entry @param {string} title */
function showTitle(entry, title) {
  const [link, summary, field] = [entry.querySelector("a"), entry.querySelector("summary"), entry.querySelector("input")];
  if (link) link.textContent = title;
  summary?.setAttribute("aria-label", textOf("menu").replace("{title}", () => title));
  if (field) field.value = field.defaultValue = title;
  refuse(/** @type {HTMLElement} */ (entry.querySelector("form")), "");
}

/** @param {string} before @param {string} title */
function showTitleOfPage(before, title) {
  document.title = document.title.replace(before, () => title);
  const heading = document.querySelector("#main h1");
  if (heading?.textContent === before) heading.textContent = title;
}

/** @param {HTMLFormElement} form */
async function remove(form) {
  const id = conversationOf(form);
  const response = await ask(`/api/v2/conversations/${id}`, "DELETE");
  if (!response || !(response.ok || response.status === 404)) {
    refuse(form, textOf(whyNot(response)));
    return;
  }
  navigator.serviceWorker?.controller?.postMessage({ type: "forget", path: `/c/${id}` });
  if (id === openConversation()) {
    leave(id);
    return;
  }
  const entry = /** @type {HTMLElement} */ (form.closest("li"));
  const next = neighbourOf(entry);
  for (const each of entriesOf(id)) takeAway(each);
  (next?.querySelector("a") ?? newConversation())?.focus();
  toast?.offer(id, next);
  say(textOf("deleted"));
}

/** The page of a conversation that is gone is left; the next page offers to undo it. @param {string} id */
function leave(id) {
  try {
    sessionStorage.setItem(DELETED, id);
    location.assign("/");
  } catch {
    location.assign(`/c/${id}/deleted`);
  }
}

function offerAfterLeaving() {
  try {
    const id = sessionStorage.getItem(DELETED);
    sessionStorage.removeItem(DELETED);
    if (!id || location.pathname !== "/") return;
    toast?.offer(id, null, { wasOpen: true });
    // A live region has to be there for a moment before it is heard.
    setTimeout(() => say(textOf("deleted")), 500);
  } catch {
    // Without storage this page is never reached from a deleted conversation.
  }
}

/** @param {string} id @param {boolean} wasOpen */
async function undo(id, wasOpen) {
  const response = await ask(`/api/v2/conversations/${id}/restore`, "POST");
  if (!response?.ok) {
    const text = textOf(response?.status === 404 ? "gone" : whyNot(response));
    toast?.say(text, { isOver: response?.status === 404 });
    say(text);
    return;
  }
  if (wasOpen) {
    location.assign(`/c/${id}`);
    return;
  }
  await refreshList();
  const link = entriesOf(id)[0]?.querySelector("a") ?? newConversation();
  link?.focus();
  toast?.hide();
  say(textOf("restored"));
}

/** @param {HTMLAnchorElement} link */
async function loadEarlier(link) {
  const query = new URL(link.href).search;
  const html = await fetchText(`/list${query}&current=${encodeURIComponent(openConversation())}`);
  const list = link.parentElement;
  if (html === null || !list) {
    location.assign(link.href);
    return;
  }
  const more = fragment(html);
  const first = more.querySelector("li");
  const [last, begun] = [list.querySelector("section:last-of-type"), more.querySelector("section")];
  if (last instanceof HTMLElement && begun && begun.dataset.period === last.dataset.period) {
    last.querySelector("ul")?.append(...begun.querySelectorAll("li"));
    begun.remove();
  }
  link.replaceWith(more);
  first?.querySelector("a")?.focus();
}

/** @typedef {{ id: string, menu: string, typed: string, control: number, top: number }} Place */

/** @param {HTMLElement} days @returns {Place} */
function placeIn(days) {
  const open = /** @type {HTMLElement | null} */ (days.querySelector(".menu[open]"));
  const focused = days.contains(document.activeElement) ? document.activeElement?.closest("li") : null;
  return {
    menu: open ? conversationOf(open) : "",
    typed: open?.querySelector("input")?.value ?? "",
    id: focused?.dataset.conversation ?? "",
    control: focused ? [...focused.querySelectorAll(CONTROLS)].findIndex((each) => each === document.activeElement) : -1,
    top: days.scrollTop,
  };
}

/** @param {HTMLElement} days @param {Place} place */
function putBack(days, place) {
  const menu = days.querySelector(`li[data-conversation="${place.menu}"] .menu`);
  if (menu instanceof HTMLDetailsElement) {
    menu.open = true;
    const field = menu.querySelector("input");
    if (field) field.value = place.typed;
  }
  const focused = days.querySelector(`li[data-conversation="${place.id}"]`);
  /** @type {NodeListOf<HTMLElement> | undefined} */ (focused?.querySelectorAll(CONTROLS))?.[place.control]?.focus({ preventScroll: true });
  days.scrollTop = place.top;
}

/** @param {Element} menu */
function close(menu) {
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
}

/** @param {HTMLElement} entry */
function takeAway(entry) {
  const section = entry.closest("section");
  entry.remove();
  if (section && !section.querySelector("li")) section.remove();
}

/** @param {HTMLElement} entry @returns {HTMLElement | null} */
function neighbourOf(entry) {
  const entries = /** @type {HTMLElement[]} */ ([...(entry.closest(".days")?.querySelectorAll("li[data-conversation]") ?? [])]);
  const at = entries.indexOf(entry);
  return entries[at + 1] ?? entries[at - 1] ?? null;
}

/** @param {string} id @returns {HTMLElement[]} */
function entriesOf(id) {
  const entries = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("li[data-conversation]")]);
  return entries.filter((each) => each.dataset.conversation === id);
}

/** @param {Element} inside */
function conversationOf(inside) {
  return inside.closest("li")?.dataset.conversation ?? "";
}

function openConversation() {
  return document.getElementById("main")?.dataset.conversation ?? "";
}

/** @returns {HTMLElement | null} */
function newConversation() {
  return document.querySelector("#conversations .new");
}

/** Tell screen readers. @param {string} text */
function say(text) {
  const region = document.getElementById("list-said");
  if (region) region.textContent = text;
}

/** @param {HTMLElement} form @param {string} text */
function refuse(form, text) {
  form.querySelector(".refused")?.remove();
  if (!text) return;
  const said = document.createElement("p");
  said.className = "refused";
  said.role = "alert";
  form.append(said);
  said.textContent = text;
}

/** @param {Response | null} response @returns {string} the code of a text */
function whyNot(response) {
  return response?.status === 401 ? "signed_out" : "failed";
}

/** @param {string} code */
function textOf(code) {
  const texts = /** @type {HTMLTemplateElement} */ (document.getElementById("list-texts")).content;
  return texts.querySelector(`[data-code="${code}"]`)?.textContent ?? "";
}

/**
 * Do it, unless the same form is at it already.
 * @param {HTMLFormElement} form
 * @param {(form: HTMLFormElement) => Promise<void>} act
 */
async function once(form, act) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  try {
    await act(form);
  } finally {
    form.ariaBusy = null;
  }
}

/**
 * @param {string} address
 * @param {string} method
 * @param {object} [body]
 * @returns {Promise<Response | null>} null where nobody answers
 */
async function ask(address, method, body) {
  const headers = { "Content-Type": "application/json" };
  return fetch(address, body ? { method, headers, body: JSON.stringify(body) } : { method }).catch(() => null);
}

/** @param {string} address */
async function fetchText(address) {
  const response = await fetch(address).catch(() => null);
  // The connection may also break in the middle of the answer.
  return response?.ok ? response.text().catch(() => null) : null;
}
