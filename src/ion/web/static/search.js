// @ts-check
/** Searches the conversations while the words are typed; Enter leads to a page with the same results. */

import { fragment } from "./html.js";

/** Milliseconds without a key after which it is time to look. */
const PAUSE = 200;

/**
 * @param {HTMLElement} list
 * @param {(text: string) => void} say tells screen readers
 */
export function listenToSearch(list, say) {
  const field = list.querySelector("[data-search] input");
  const [found, days] = [list.querySelector("#found"), list.querySelector("#days")];
  if (!(field instanceof HTMLInputElement) || !(found instanceof HTMLElement) || !(days instanceof HTMLElement)) return;
  let former = new AbortController();
  let timer = 0;

  field.addEventListener("input", () => {
    clearTimeout(timer);
    former.abort();
    if (field.value.trim()) timer = window.setTimeout(look, PAUSE);
    else show(null);
  });

  async function look() {
    former = new AbortController();
    const { signal } = former;
    const words = encodeURIComponent(/** @type {HTMLInputElement} */ (field).value);
    const response = await fetch(`/search/results?q=${words}`, { signal }).catch(() => null);
    const html = response?.ok ? await response.text().catch(() => null) : null;
    // What nobody could answer leaves what is shown; Enter still leads to the page.
    if (html !== null && !signal.aborted) show(html);
  }

  /** @param {string | null} html */
  function show(html) {
    const [results, others] = [/** @type {HTMLElement} */ (found), /** @type {HTMLElement} */ (days)];
    results.replaceChildren(...(html === null ? [] : [fragment(html)]));
    results.hidden = html === null;
    others.hidden = html !== null;
    say(results.querySelector(".count")?.textContent ?? "");
  }
}
