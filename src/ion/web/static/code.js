// @ts-check
/** Copies code: one button for each block, which the server leaves hidden because it needs this script. */

const SHOWN_FOR = 2000;

/**
 * Show the buttons in `root`, also of code that comes later, and let them copy.
 * @param {HTMLElement} root
 */
export function listenToCopying(root) {
  show(root);
  new MutationObserver(() => show(root)).observe(root, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
    if (button instanceof HTMLButtonElement && root.contains(button)) void copy(button);
  });
}

/** @param {HTMLElement} root */
function show(root) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-copy][hidden]"))) {
    button.hidden = false;
    // A screen reader says only what changes in a region that was there before.
    const region = document.createElement("span");
    region.className = "said";
    region.setAttribute("role", "status");
    button.after(region);
  }
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const code = button.closest("[data-code]")?.querySelector("pre > code");
  if (!code) return;
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
    confirm(button);
  } catch {
    // Without leave to use the clipboard, or without HTTPS: one key press is left to the reader.
    getSelection()?.selectAllChildren(code);
  }
}

/** @param {HTMLButtonElement} button */
function confirm(button) {
  const region = button.nextElementSibling;
  if (button.dataset.label) return;
  button.dataset.label = button.textContent ?? "";
  button.textContent = button.dataset.copied ?? "";
  if (region) region.textContent = button.textContent;
  setTimeout(() => {
    button.textContent = button.dataset.label ?? "";
    delete button.dataset.label;
    if (region) region.textContent = "";
  }, SHOWN_FOR);
}
