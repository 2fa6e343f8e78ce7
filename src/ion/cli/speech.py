"""Saying things in both languages, side by side."""

from ion.language import Language

# What typer is given as help holds both languages; no help text has a use for a form feed.
_BETWEEN = "\f"


def said(language: Language, *, en: str, ko: str) -> str:
    """Return the text in `language`."""
    return ko if language == "ko" else en


def both(*, en: str, ko: str) -> str:
    """Return one help text that holds both languages."""
    return f"{en}{_BETWEEN}{ko}"


def one_of(text: str, language: Language) -> str:
    """Return the half of a text made by `both`; a text in one language is returned as it is."""
    english, _, korean = text.partition(_BETWEEN)
    return said(language, en=english, ko=korean or english).strip()
