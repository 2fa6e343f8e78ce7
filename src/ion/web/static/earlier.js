// @ts-check
/** Loads the turns before those on the page, when the reader comes to them, without anything jumping. */

import { fragment } from "./html.js";
import { fetchHtml } from "./server.js";

/** @param {HTMLElement} turns */
export function listenToEarlier(turns) {
  turns.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-earlier] a") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    void load(link);
  });
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const link = target.querySelector("a");
        if (isIntersecting && link instanceof HTMLAnchorElement && scrollY < innerHeight) void load(link);
      }
    },
    { rootMargin: "300px 0px 0px" },
  );
  watch(watcher, turns);
  new MutationObserver(() => watch(watcher, turns)).observe(turns, { childList: true });
}

/**
 * @param {IntersectionObserver} watcher
 * @param {HTMLElement} turns
 */
function watch(watcher, turns) {
  const more = turns.querySelector("[data-earlier]");
  if (more) watcher.observe(more);
}

/** @param {HTMLAnchorElement} link */
async function load(link) {
  const more = link.closest("[data-earlier]");
  if (!(more instanceof HTMLElement) || more.ariaBusy === "true") return;
  more.ariaBusy = "true";
  try {
    const html = await fetchHtml(link.dataset.fragment ?? "");
    if (html === null) return;
    const before = document.documentElement.scrollHeight - scrollY;
    const hadFocus = more.contains(document.activeElement);
    const earlier = fragment(html);
    earlier.querySelector("[data-later]")?.remove();
    const nearest = /** @type {HTMLElement | null} */ (earlier.querySelector(".turn:last-of-type"));
    more.replaceWith(earlier);
    // What the reader looks at stays where it is.
    scrollTo({ top: document.documentElement.scrollHeight - before, behavior: "instant" });
    if (hadFocus) nearest?.focus({ preventScroll: true });
  } catch {
    more.ariaBusy = "false";
  }
}
