// @ts-check
/** The form's keys: Enter sends, also in the middle of a Hangul syllable. */

const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/;

/**
 * @param {HTMLTextAreaElement} field
 * @param {() => void} send is told once for each wish to send; it may come twice for one key and must not mind
 */
export function listenToKeys(field, send) {
  let composing = false;
  let composed = "";
  let sendAfterwards = false;
  // Without a Shift key at hand, Enter has to be the new line.
  const isTouch = matchMedia("(pointer: coarse)");

  field.addEventListener("compositionstart", () => {
    composing = true;
    composed = "";
  });
  field.addEventListener("compositionupdate", (event) => {
    composed = event.data;
  });
  field.addEventListener("compositionend", (event) => {
    composing = false;
    composed = event.data || composed;
    if (sendAfterwards) {
      sendAfterwards = false;
      // The last syllable is in the field only after this event.
      setTimeout(send, 0);
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isTouch.matches) return;
    // Browsers tell of an Enter that belongs to the input method in either way; Safari after compositionend.
    if (event.isComposing || composing || event.keyCode === 229) {
      // In Japanese and Chinese this Enter picks a candidate. Hangul has none: whoever presses Enter means to send.
      if (!HANGUL.test(composed)) return;
      event.preventDefault();
      if (composing || event.isComposing) sendAfterwards = true;
      else setTimeout(send, 0);
      return;
    }
    event.preventDefault();
    send();
  });
}
