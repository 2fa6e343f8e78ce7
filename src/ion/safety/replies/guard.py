"""What a reply may not hold, taken out while it comes piece by piece."""

import re
from collections.abc import Set
from enum import StrEnum

from ion.safety.replies.addresses import Told
from ion.safety.replies.letters import letters_of
from ion.safety.replies.repeating import Repeating

# Says in any language that something was here, and is no address.
REMOVED = "[…]"

# An address in pointed brackets may hold blanks (CommonMark 6.3). `//` alone begins one where a host's name follows.
_ENDS = r"\s<>\"'`)"
_ADDRESS = (
    rf"(?<=<)https?://[^<>\n]*"
    rf"|https?:(?=[^{_ENDS}])[^{_ENDS}]*"
    rf"|(?<![:\w/])//\w[\w-]*\.[^{_ENDS}]*"
    rf"|(?<!\w)www\.[^{_ENDS}]*"
    rf"|(?<!\w)data:[\w.+-]+/[\w.+-]+[;,][^{_ENDS}]*"
    rf"|(?<!\w)(?:javascript|vbscript):[^{_ENDS}]+"
)
# Characters that show nothing and spell ASCII for whoever copies them.
_HIDDEN = "[\U000e0020-\U000e007f]"
_FOUND = re.compile(rf"(?P<address>{_ADDRESS})|(?P<picture>!\[)|(?P<hidden>{_HIDDEN})", re.IGNORECASE)
_UNFINISHED = re.compile(rf"(?:{_ADDRESS}|(?<!\w)data:[\w.+/-]+)\Z", re.IGNORECASE)
_WEB = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
# An address that long carries something, and is not waited for any longer.
_LONGEST = 2_000
# Characters before what has not been shown yet, by which the beginning of an address is told: "javascript:", "<https:".
_BEFORE = 48


class Removed(StrEnum):
    """What was taken out of a reply."""

    INSTRUCTIONS = "instructions"
    ADDRESS = "address"
    PICTURE = "picture"
    HIDDEN = "hidden"


class Guard:
    """Takes a reply's pieces and gives them back without what it may not hold; its end is in `rest`.

    - What repeats `secret`, the instructions that no reply may show, becomes `[…]`.
    - So does an address that carries off what the model was `told`, and every `data:` or `javascript:` address.
    - A picture is not loaded by anything that shows the reply: its mark is escaped, and stands there as text.

    Only what may still become one of these is held back.
    """

    def __init__(self, secret: str, told: Told) -> None:
        self._repeating = Repeating(letters_of(secret), REMOVED)
        self._told = told
        # What is held back, after the characters before it that were shown.
        self._text, self._done = "", 0
        self._removed: set[Removed] = set()

    @property
    def removed(self) -> Set[Removed]:
        """What was taken out up to now."""
        return self._removed | ({Removed.INSTRUCTIONS} if self._repeating.found else set())

    def feed(self, piece: str) -> str:
        """Return what can be shown once this piece has come."""
        text = self._text + self._repeating.feed(piece)
        unfinished = _unfinished(text, self._done)
        return self._shown(text, len(text) if unfinished is None else unfinished)

    def rest(self) -> str:
        """Return what was held back: nothing follows."""
        text = self._text + self._repeating.rest()
        return self._shown(text, len(text))

    def _shown(self, text: str, end: int) -> str:
        parts: list[str] = []
        done = self._done
        for match in _FOUND.finditer(text, 0, end):
            if match.end() > done:
                parts += (text[done : max(done, match.start())], self._instead(match, done))
                done = match.end()
        parts.append(text[done:end])
        before = max(0, end - _BEFORE)
        self._text, self._done = text[before:], end - before
        return "".join(parts)

    def _instead(self, match: re.Match[str], done: int) -> str:
        if match["picture"]:
            self._removed.add(Removed.PICTURE)
            return match[0][max(0, done - match.start()) : -1] + r"\["
        if match["hidden"]:
            self._removed.add(Removed.HIDDEN)
            return ""
        address = match["address"]
        if _WEB.match(address) and len(address) <= _LONGEST and not self._told.is_carried_by(address):
            # Nor is there a picture in what follows an address without a blank between them.
            return match[0][max(0, done - match.start()) :].replace("![", r"!\[")
        self._removed.add(Removed.ADDRESS)
        return REMOVED


def _unfinished(text: str, done: int) -> int | None:
    """Return where an address begins that may go on in the next piece, and is not too long by now."""
    match = _UNFINISHED.search(text, max(0, len(text) - _LONGEST))
    return max(match.start(), done) if match else None
