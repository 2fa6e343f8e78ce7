// @ts-check
/** Sends the page's forms to ION: what comes back is a turn as HTML, whose reply is followed from then on. */

import { element } from "./html.js";

/** How long a server may take to take a message; what it takes later is found again by its key. */
const PATIENCE = 30_000;

/** ION would not take it. `text` says why, in the reader's language; `code` is a stable name, `seconds` when to return. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} text empty where the server did not say it in words
   * @param {number} seconds 0 where coming back later is no use
   */
  constructor(code, text, seconds) {
    super(code);
    this.code = code;
    this.text = text;
    this.seconds = seconds;
  }
}

/** Nobody answered: the network is away, or the server. */
export class Unreachable extends Error {}

/** @typedef {{ conversation: string, turn: HTMLElement }} Taken */

/**
 * Post fields to an address of the page and return the turn that the server made of them.
 * @param {string} address
 * @param {Record<string, string>} fields
 * @returns {Promise<Taken>}
 */
export async function post(address, fields) {
  const response = await ask(address, { method: "POST", body: new URLSearchParams(fields), headers: { Prefer: "respond-async" } });
  if (!response.ok) throw await refusalIn(response);
  const turn = element(await bodyOf(response));
  const place = response.headers.get("Content-Location") ?? turn.dataset.address ?? "";
  return { conversation: place.split("/")[2] ?? "", turn };
}

/**
 * Return a turn, or another part of the page, as the server shows it now; null where it is not there any more.
 * @param {string} address
 * @returns {Promise<HTMLElement | null>}
 */
export async function fetchPart(address) {
  const html = await fetchHtml(address);
  return html === null ? null : element(html);
}

/**
 * Return the HTML of an address; null where it is not there any more.
 * @param {string} address
 * @returns {Promise<string | null>}
 */
export async function fetchHtml(address) {
  const response = await ask(address, {});
  if (response.status === 404) return null;
  if (!response.ok) throw await refusalIn(response);
  return bodyOf(response);
}

/** A connection may break in the middle of it. @param {Response} response */
async function bodyOf(response) {
  try {
    return await response.text();
  } catch {
    throw new Unreachable();
  }
}

/**
 * @param {string} address
 * @param {RequestInit} init
 */
async function ask(address, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(address, { ...init, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Unreachable();
  }
  // ION does not send a script elsewhere: somebody in front of it wants a sign-in.
  if (response.type === "opaqueredirect") throw new Refused("signed_out", "", 0);
  return response;
}

/** @param {Response} response */
async function refusalIn(response) {
  const seconds = Number(response.headers.get("Retry-After")) || 0;
  const code = response.headers.get("X-Error-Code");
  if (code) return new Refused(code, element(await bodyOf(response)).textContent ?? "", seconds);
  // Something in front of ION answered: a proxy that wants a sign-in, or sets limits of its own.
  /** @type {Record<number, string>} */
  const codes = { 401: "signed_out", 403: "signed_out", 413: "too_large", 429: "rate_limited", 502: "unreachable", 503: "unreachable", 504: "unreachable" };
  const known = codes[response.status] ?? "other";
  return known === "unreachable" ? new Unreachable() : new Refused(known, "", seconds);
}
