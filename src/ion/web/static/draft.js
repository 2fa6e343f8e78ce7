// @ts-check
/** Keeps what was typed until ION has taken it, in this tab only. */

import { person } from "./person.js";

const PREFIX = `ion:draft:${person && `${person}:`}`;

/** @param {string} place */
function key(place) {
  return PREFIX + (place || "new");
}

/**
 * @param {string} place the conversation's id, empty for a new one
 * @returns {string}
 */
export function keptDraft(place) {
  try {
    return sessionStorage.getItem(key(place)) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {string} place
 * @param {string} text
 */
export function keepDraft(place, text) {
  try {
    if (text) sessionStorage.setItem(key(place), text);
    else sessionStorage.removeItem(key(place));
  } catch {
    // Storage may be full or switched off; the text is still in the form.
  }
}
