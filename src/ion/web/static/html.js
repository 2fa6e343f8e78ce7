// @ts-check
/** The one door through which the server's HTML and script addresses come into the page. */

/** @typedef {{ createHTML(html: string): string, createScriptURL(address: string): string }} Policy */

/** @type {Policy} */
const policy = trusted({ createHTML: (html) => html, createScriptURL: ownAddress });

/**
 * Return the server's HTML as nodes. It is escaped and cleaned there; nothing else may come in here.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/**
 * Return the first element of the server's HTML.
 * @param {string} html
 * @returns {HTMLElement}
 */
export function element(html) {
  return /** @type {HTMLElement} */ (fragment(html).firstElementChild);
}

/**
 * Return an address that may be run as a script.
 * @param {string} address
 * @returns {string}
 */
export function trustedURL(address) {
  return policy.createScriptURL(address);
}

/** @param {string} address */
function ownAddress(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin) throw new TypeError(`not a script of this site: ${address}`);
  return url.href;
}

/**
 * Where the browser knows trusted types, the content security policy lets this one policy through.
 * @param {Policy} rules
 * @returns {Policy}
 */
function trusted(rules) {
  const types = /** @type {{ trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }} */ (globalThis).trustedTypes;
  return types ? types.createPolicy("ion", rules) : rules;
}
