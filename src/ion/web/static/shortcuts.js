// @ts-check
/** Keys for those who like them, a sheet that lists them, and a switch for those who do not. */

const SWITCH = "ion:single-keys";

/**
 * @param {{ focus: () => void, escape: () => boolean, edit: () => boolean }} doing
 */
export function listenToShortcuts({ focus, escape, edit }) {
  const sheet = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  const opener = /** @type {HTMLButtonElement} */ (document.getElementById("keys"));
  const single = /** @type {HTMLInputElement} */ (document.getElementById("single-keys"));
  single.checked = isOn();
  single.addEventListener("change", () => remember(single.checked));
  opener.addEventListener("click", () => sheet.showModal());

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || sheet.open) return;
    if (event.key === "Escape") {
      if (escape()) event.preventDefault();
      return;
    }
    if (event.key === "ArrowUp" && isEmptyField(event.target)) {
      if (edit()) event.preventDefault();
      return;
    }
    if (!single.checked || isWriting(event.target)) return;
    if (event.key === "/") focus();
    else if (event.key === "?") sheet.showModal();
    else return;
    event.preventDefault();
  });
}

function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function remember(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // Then it is remembered for as long as the page is open.
  }
}

/** @param {EventTarget | null} target */
function isWriting(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** @param {EventTarget | null} target */
function isEmptyField(target) {
  return target instanceof HTMLTextAreaElement && target.id === "message" && target.value === "";
}
