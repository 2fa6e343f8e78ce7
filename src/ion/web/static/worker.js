// @ts-check
/** Registers the service worker, which keeps what was read, and tells it what to keep and what to forget. */

import { trustedURL } from "./html.js";

/** @typedef {{ type: "keep" | "forget", path: string } | { type: "forget-all" }} Order */

/** Not every browser has one, and none has one where the connection is not secure. */
const container = /** @type {ServiceWorkerContainer | undefined} */ (navigator.serviceWorker);

/**
 * `keep` has the newest copy of a page fetched, `forget` drops it, `forget-all` drops every page, for signing out.
 * @param {Order} order
 */
export function tellWorker(order) {
  container?.controller?.postMessage(order);
}

/** @param {ServiceWorkerContainer} workers */
async function register(workers) {
  const isFirst = !workers.controller;
  await workers.register(trustedURL("/sw.js"));
  if (!isFirst) return;
  // The first page came before there was a worker to keep it.
  const { active } = await workers.ready;
  active?.postMessage({ type: "keep", path: location.pathname });
}

// Everything works without it. It waits, so that the first view has the connection to itself.
if (container) addEventListener("load", () => void register(container).catch(() => {}));
