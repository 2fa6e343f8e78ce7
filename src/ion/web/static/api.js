// @ts-check
/** Speaks to ION's API: begin a conversation, send a message, follow the reply. */

import { eventsOf } from "./sse.js";

/** ION would not take the message; `code` says why, by a stable name. */
export class Refused extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The reply did not come to its end; the message itself is kept. */
export class Broken extends Error {}

/**
 * Begin a conversation and return its id.
 * @param {string} language
 * @returns {Promise<string>}
 */
export async function beginConversation(language) {
  const response = await post("/api/v2/conversations", { language }, "application/json");
  return (await response.json()).id;
}

/**
 * Send a message and yield what happens to it: `started`, `delta`, `degraded`, `done`.
 * @param {string} conversation
 * @param {string} content
 * @returns {AsyncGenerator<{ event: string, data: any }>}
 */
export async function* sendMessage(conversation, content) {
  const address = `/api/v2/conversations/${encodeURIComponent(conversation)}/messages`;
  const response = await post(address, { content }, "text/event-stream");
  if (!response.body) throw new Broken();
  for await (const { event, data } of eventsOf(response.body)) {
    if (event === "error") throw new Broken();
    yield { event, data: JSON.parse(data) };
    if (event === "done") return;
  }
  throw new Broken();
}

/**
 * @param {string} address
 * @param {object} body
 * @param {string} accept
 */
async function post(address, body, accept) {
  const headers = { "Content-Type": "application/json", Accept: accept };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(problem.error?.code ?? "other");
}
