// @ts-check
/** Tells the other tabs of this browser about turns, so that all of them show the same conversation. */

/**
 * @typedef {object} News
 * @property {string} conversation
 * @property {string} address the turn's; empty where a message that waited was taken back
 * @property {string} key what its message was sent under; empty where it was not sent just now
 */

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("ion:turns");

/** @param {News} news */
export function tellOtherTabs(news) {
  channel?.postMessage(news);
}

/** @param {(news: News) => void} heard */
export function listenToOtherTabs(heard) {
  channel?.addEventListener("message", (event) => heard(event.data));
}
