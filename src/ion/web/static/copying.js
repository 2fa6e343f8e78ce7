// @ts-check
/** Lets what is shown only once be copied: a key, a link, recovery codes. */

import { listenToCopying } from "./code.js";

listenToCopying(/** @type {HTMLElement} */ (document.getElementById("main")));
