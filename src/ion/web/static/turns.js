// @ts-check
/** Puts turns on the page. What they look like is decided on the server, whose HTML is put in as it comes. */

/**
 * Return a fresh copy of what the page keeps under this name for its script.
 * @param {string} id
 */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
}

/** The conversation's turns, oldest first. */
export function list() {
  return /** @type {HTMLElement} */ (document.getElementById("turns"));
}

/**
 * Show a message that has left the form, before the server has it.
 * @param {string} message
 */
export function outgoing(message) {
  const turn = copyOf("outgoing");
  /** @type {HTMLElement} */ (turn.querySelector(".message")).textContent = message;
  list().append(turn);
  bringUp(turn);
  return turn;
}

/**
 * Put a turn in the place of another, or at the end; it is then the last one.
 * @param {HTMLElement} turn
 * @param {HTMLElement | null} place
 */
export function put(turn, place) {
  turn.classList.toggle("newest", place === null || place.classList.contains("newest"));
  if (place === null) list().append(turn);
  else place.replaceWith(turn);
  if (turn.dataset.last === undefined) return;
  // Only the last message can be changed or tried again.
  for (const former of list().querySelectorAll(".turn[data-last]")) {
    if (former !== turn) noLongerLast(/** @type {HTMLElement} */ (former));
  }
}

/**
 * Put the turn in the place of what the page shows of it, with whatever of it was open still open.
 * @param {HTMLElement} turn as the server shows it now
 */
export function refresh(turn) {
  const shown = document.getElementById(turn.id);
  if (shown === null) {
    put(turn, null);
    return turn;
  }
  const opened = openIn(shown);
  for (const name of opened) {
    const same = turn.querySelector(`details.${CSS.escape(name)}`);
    if (same instanceof HTMLDetailsElement) same.open = true;
  }
  turn.dataset.opened = opened.join(" ");
  const hadFocus = shown.contains(document.activeElement);
  put(turn, shown);
  if (hadFocus) turn.focus({ preventScroll: true });
  return turn;
}

/**
 * Return what of a turn is open. While its reply is written there is nothing to open; then it is what was open before.
 * @param {HTMLElement} turn
 */
function openIn(turn) {
  // What was asked for in that form is done when the turn comes anew.
  const open = [...turn.querySelectorAll("details:not(.differently)")]
    .filter((details) => details instanceof HTMLDetailsElement && details.open)
    .map((details) => details.className);
  return turn.querySelector("details") ? open : (turn.dataset.opened ?? "").split(" ").filter(Boolean);
}

/** Show the newest turn at the top: the reply then grows below it and nothing has to move. @param {HTMLElement} turn */
export function bringUp(turn) {
  for (const other of list().children) other.classList.toggle("newest", other === turn);
  turn.scrollIntoView({ block: "start" });
}

/** @param {HTMLElement} turn */
function noLongerLast(turn) {
  delete turn.dataset.last;
  for (const only of turn.querySelectorAll("[data-edit], .about [data-act=redo]")) only.remove();
}

/**
 * Say below a turn that its reply did not come.
 * @param {HTMLElement} turn
 * @param {string} conversation
 */
export function breakOff(turn, conversation) {
  const notice = copyOf("broken");
  /** @type {HTMLAnchorElement} */ (notice.querySelector("a")).href = `/c/${conversation}`;
  turn.removeAttribute("aria-busy");
  turn.querySelector("[data-live]")?.removeAttribute("data-live");
  turn.append(notice);
}
