// @ts-check
/** Messages that wait for a way to ION: kept in the browser, sent in their order, each of them once. */

import { person } from "./person.js";

const PREFIX = "ion:outbox:";

/**
 * @typedef {object} Item
 * @property {string} key sent along, so that the server takes the message once however often it comes
 * @property {string} conversation the conversation's id, empty for a new one
 * @property {string} message
 * @property {string} persona the mentor who was chosen for a new conversation; empty where ION chooses
 * @property {string} [person] whose it is, where people sign in; never sent as somebody else's
 * @property {number} at when it was written, in milliseconds
 */

/**
 * Keep a message; false where the browser keeps nothing.
 * @param {Item} item
 */
export function keep(item) {
  try {
    localStorage.setItem(PREFIX + item.key, JSON.stringify(item));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Then nothing was kept either.
  }
}

/** Forget all that waits, of whomever. */
export function forgetAll() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
    // What was being typed.
    sessionStorage.clear();
  } catch {
    // Then nothing was kept either.
  }
}

/**
 * Return what waits of whoever reads this page, oldest first.
 * @returns {Item[]}
 */
export function waiting() {
  /** @type {Item[]} */
  const items = [];
  try {
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index);
      if (name?.startsWith(PREFIX)) items.push(JSON.parse(localStorage.getItem(name) ?? "null"));
    }
  } catch {
    return [];
  }
  return items.filter((item) => item && (item.person ?? "") === person).sort((one, other) => one.at - other.at);
}

/**
 * Let one tab at a time send; the others find nothing left to do.
 * @param {() => Promise<void>} work
 */
export async function alone(work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("ion:outbox", { ifAvailable: true }, async (lock) => {
    if (lock) await work();
  });
}
