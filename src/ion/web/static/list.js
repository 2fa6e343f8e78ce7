// @ts-check
/** Makes the list of conversations work on every page that shows it. */

import { listenToHistory } from "./history.js";

listenToHistory(document);
