// @ts-check
/** Puts turns on the page. What they look like is decided on the server, whose HTML is put in as it comes. */

/** @param {string} html */
function elementOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return /** @type {HTMLElement} */ (template.content.firstElementChild);
}

/** @param {string} id */
function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (template.content.cloneNode(true).firstElementChild);
}

/**
 * Return the server's HTML of a turn.
 * @param {string} conversation
 * @param {string} turn
 */
export async function fetchTurn(conversation, turn) {
  const response = await fetch(`/c/${encodeURIComponent(conversation)}/turns/${encodeURIComponent(turn)}`);
  if (!response.ok) throw new Error(`turn: ${response.status}`);
  return elementOf(await response.text());
}

/** A turn on the page, from the moment it is sent until its reply is whole. */
export class LiveTurn {
  /**
   * @param {HTMLElement} list
   * @param {string} message
   */
  constructor(list, message) {
    this.list = list;
    this.element = copyOf("outgoing");
    /** @type {HTMLElement} */ (this.element.querySelector(".message")).textContent = message;
    this.list.append(this.element);
    this.bringUp();
  }

  /** Show the newest turn at the top: the reply then grows below it and nothing has to move. */
  bringUp() {
    for (const turn of this.list.children) turn.classList.toggle("newest", turn === this.element);
    this.element.scrollIntoView({ block: "start" });
  }

  /** @param {HTMLElement} element the same turn as the server shows it */
  replaceBy(element) {
    element.classList.add("newest");
    this.element.replaceWith(element);
    this.element = element;
    const live = this.live();
    if (live) {
      live.hidden = false;
      element.querySelector("[data-writing]")?.remove();
    }
  }

  /** @param {string} text */
  write(text) {
    // Bold marks mean nothing to a reader before they are turned into bold type.
    this.live()?.append(text.replaceAll("**", ""));
  }

  /** The name of who speaks, or on the crisis path the heading. */
  get speaker() {
    return this.element.querySelector(".reply h2")?.textContent ?? "";
  }

  /** @param {string} address where the conversation can be loaded again */
  break(address) {
    const notice = copyOf("broken");
    const link = /** @type {HTMLAnchorElement} */ (notice.querySelector("a"));
    link.href = address;
    this.live()?.classList.remove("live");
    this.element.removeAttribute("aria-busy");
    this.element.append(notice);
  }

  remove() {
    this.element.remove();
  }

  /** @returns {HTMLElement | null} */
  live() {
    return this.element.querySelector("[data-live]");
  }
}
