"""Make a message readable for the reader without moving any of its characters."""

import re
import unicodedata

from ion.errors import Invalid, TooLarge

# A little over the 100 kB that people really paste (logs, essays).
MAX_CHARS = 100_000

_BROKEN = re.compile("[\0\ud800-\udfff]")
# Zero-width spaces and joiners, direction marks, the byte order mark, soft hyphens, control characters.
_INVISIBLE_CATEGORIES = {"Cf", "Cc", "Cn", "Co"}
# Letters, marks and symbols by category that are drawn as nothing: the Hangul fillers, the blank Braille cell, the
# grapheme joiner, Khmer's inherent vowels and the variation selectors.
_BLANK = {*"\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5", *map(chr, range(0xFE00, 0xFE10))}


class EmptyMessage(Invalid):
    """Nothing readable is in the message."""

    code = "empty_message"


class BrokenText(Invalid):
    """The message holds something that is not a character."""

    code = "broken_text"


class MessageTooLong(TooLarge):
    """The message is longer than ION reads in one piece."""

    code = "message_too_long"


def check_text(text: str, *, field: str = "text") -> str:
    """Return `text` unchanged if it can be read.

    Raises:
        EmptyMessage: it is blank or holds only invisible characters.
        BrokenText: it holds half of a surrogate pair, or U+0000.
        MessageTooLong: it is longer than MAX_CHARS characters.
    """
    if len(text) > MAX_CHARS:
        raise MessageTooLong(
            f"The message is {len(text):,} characters long; at most {MAX_CHARS:,} can be read at once.", field=field
        )
    if broken := _BROKEN.search(text):
        raise BrokenText(
            f"Character {broken.start() + 1} of the message is broken (U+{ord(broken[0]):04X}).", field=field
        )
    if not any(map(_is_visible, text)):
        raise EmptyMessage("The message is empty.", field=field)
    return text


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in _INVISIBLE_CATEGORIES and char not in _BLANK
