// @ts-check
/** Says while ION cannot be reached that it cannot, and that nothing is lost by it. */

/** @param {boolean} isAway */
export function showAway(isAway) {
  const notice = document.getElementById("offline");
  if (notice) notice.hidden = !(isAway || !navigator.onLine);
}

/** Keep the notice true. @param {() => void} back is told when the network is there again */
export function listenToConnection(back) {
  addEventListener("offline", () => showAway(true));
  addEventListener("online", () => {
    showAway(false);
    back();
  });
  showAway(false);
  // A page that the worker kept looks like any other; whether ION is there, only ION can tell.
  if (navigator.serviceWorker?.controller) void fetch("/api/v2/health").catch(() => showAway(true));
}
