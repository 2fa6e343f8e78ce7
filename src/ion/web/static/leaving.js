// @ts-check
/** Signing out: what this browser kept of whoever leaves goes with them, also where it minds no Clear-Site-Data. */

import { forgetAll } from "./outbox.js";
import { tellWorker } from "./worker.js";

document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.matches("[data-sign-out]")) return;
  tellWorker({ type: "forget-all" });
  forgetAll();
});
