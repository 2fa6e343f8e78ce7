"""Values back into a reply that comes piece by piece, where a placeholder may be cut anywhere."""

import re

from ion.privacy.kinds import LABELS
from ion.privacy.masking import Masked

# No placeholder, however it is written, is longer.
_LONGEST = 80
_APART = r"(?:\\?[ _\-·']?)"
_NUMBER = r"\\?[\s_\-#]{0,3}[0-9]{0,6}\s{0,3}\\?"


def _begun(name: str) -> str:
    """Return a pattern of every beginning of a placeholder of this name, its last bracket excepted."""
    pattern = _NUMBER
    for char in reversed(re.sub(r"[ _\-·']+", " ", name)):
        pattern = f"{_APART if char == ' ' else re.escape(char)}(?:{pattern})?"
    return pattern


_UNFINISHED = re.compile(
    r"(?:\\?[\[({<【「［（]\s{0,3}|\\|(?<![0-9A-Za-z]))(?:"
    + "|".join(sorted({_begun(name) for label in LABELS.values() for name in (label.token, label.ko, label.en)}))
    + r")?\Z",
    re.IGNORECASE | re.ASCII,
)


class Restoring:
    """Takes a reply's pieces and gives them back with the values in; together they are what `restore` makes of it.

    Only what may still become a placeholder is held back.
    """

    def __init__(self, masked: Masked) -> None:
        self._masked = masked
        # What is held back, after the one character before it: a placeholder does not begin within a word.
        self._text, self._done = "", 0

    def feed(self, piece: str) -> str:
        """Return what can be shown once this piece has come."""
        text = self._text + piece
        unfinished = _UNFINISHED.search(text, max(self._done, len(text) - _LONGEST))
        return self._shown(text, unfinished.start() if unfinished else len(text))

    def rest(self) -> str:
        """Return what was held back: nothing follows."""
        return self._shown(self._text, len(self._text))

    def _shown(self, text: str, end: int) -> str:
        shown = self._masked.restore_part(text, self._done, end)
        before = max(0, end - 1)
        self._text, self._done = text[before:], end - before
        return shown
