"""The end of a Hangul syllable by Enter, as each browser tells a page of it."""

# What browsers tell of an Enter that ends the syllable 요; `true` stands for isComposing.
COMPOSING = 'compose("compositionstart", ""); compose("compositionupdate", "요");'
COMPOSED = 'compose("compositionend", "요");'
CHROME_WINDOWS = f"{COMPOSING} enter(229, true); {COMPOSED}"
CHROME_MACOS = f"{CHROME_WINDOWS} enter(13, false);"
SAFARI = f"{COMPOSING} {COMPOSED} enter(229, false);"
FIREFOX = f"{COMPOSING} {COMPOSED} enter(13, false);"
REPLAY = """(sequence) => {
    const field = document.getElementById("message");
    const compose = (type, data) => field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
    const enter = (keyCode, isComposing) => field.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing, bubbles: true, cancelable: true }));
    new Function("compose", "enter", sequence)(compose, enter);
}"""
