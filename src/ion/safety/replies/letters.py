"""One spelling in which a text is found again, however it is laid out."""

import re
import unicodedata
from functools import lru_cache

_NO_LETTER = re.compile(r"[\W_]+")


def letters_of(text: str) -> str:
    """Return the letters and digits of a text: small, without accents, Hangul as its jamo (NFKD), nothing between them.

    Bold, line ends, dashes, blanks between letters and zero-width characters make no difference.
    """
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", text).casefold())


@lru_cache(maxsize=4096)
def letters_of_one(char: str) -> str:
    """Return the letters of one character: those of a text are the letters of its characters in a row."""
    return letters_of(char)
