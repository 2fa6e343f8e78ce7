"""The end of a Hangul syllable by Enter, as each browser tells a page of it, and as it fills the field."""

# What browsers tell of an Enter that ends the syllable 요; `true` stands for isComposing.
COMPOSING = 'begin(); update("ㅇ"); update("요");'
COMPOSED = 'end("요");'
CHROME_WINDOWS = f"{COMPOSING} enter(229, true); {COMPOSED}"
CHROME_MACOS = f"{CHROME_WINDOWS} enter(13, false);"
SAFARI = f"{COMPOSING} {COMPOSED} enter(229, false);"
FIREFOX = f"{COMPOSING} {COMPOSED} enter(13, false);"
SEQUENCES = {"windows": CHROME_WINDOWS, "macos": CHROME_MACOS, "safari": SAFARI, "firefox": FIREFOX}
# A browser puts the syllable where the caret is, also where the page has emptied the field meanwhile: what would be
# left there is the stray syllable.
REPLAY = """(sequence) => {
    const field = document.getElementById("message");
    let composed = "";
    const compose = (type, data) => field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
    const write = (data) => {
        const before = field.value.endsWith(composed) ? field.value.slice(0, field.value.length - composed.length) : "";
        field.value = before + data;
        composed = data;
        field.dispatchEvent(new InputEvent("input", { data, inputType: "insertCompositionText", bubbles: true }));
    };
    const begin = () => { composed = ""; compose("compositionstart", ""); };
    const update = (data) => { compose("compositionupdate", data); write(data); };
    const end = (data) => { write(data); compose("compositionend", data); };
    const enter = (keyCode, isComposing) => field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing, bubbles: true, cancelable: true }));
    new Function("begin", "update", "end", "enter", sequence)(begin, update, end, enter);
}"""
