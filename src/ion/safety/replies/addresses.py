"""Tells whether an address in a reply carries off what was said: in its words, its numbers or encoded."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_plus

from ion.privacy import PLACEHOLDER
from ion.safety.replies.letters import letters_of

# In a row and of the conversation: a title is shorter, a sentence is longer.
_LETTERS_IN_A_ROW = 28
_DIGITS_IN_A_ROW = 7
# A search for what somebody wrote takes words of theirs to whoever runs the server; one or two are a topic.
_MOST_WORDS_ASKED, _MOST_WORDS = 3, 6
# Nobody writes it: it is a key, a digest or something encoded, and none of them was in what the model was given.
_OPAQUE = re.compile(r"[A-Za-z0-9+=]{40,}")
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_WORD = re.compile(r"[^\W\d_]{4,}|[가-힣]{2,}")
_DIGITS = re.compile(r"\d[\d .()-]{5,}\d")
_DEEPEST = 3


@dataclass(frozen=True)
class Told:
    """What a model was told in a conversation; an address that stands in it as it is may be repeated."""

    text: str

    def is_carried_by(self, address: str) -> bool:
        """Tell whether an address carries some of this away, or something that nobody can read."""
        if address in self.text:
            return False
        place = address.partition("//")[2] or address
        asked = re.split(r"[?#]", place, maxsplit=1)[1:]
        return (
            _OPAQUE.search(place) is not None
            or any(self._is_in(form) for form in _forms(place))
            or self._words_in(*asked) > _MOST_WORDS_ASKED
            or self._words_in(place) > _MOST_WORDS
        )

    def _is_in(self, form: str) -> bool:
        if self._has_placeholders and PLACEHOLDER.search(form):
            return True
        digits = (re.sub(r"\D", "", run) for run in _DIGITS.findall(form))
        if any(len(run) >= _DIGITS_IN_A_ROW and run in self._digits for run in digits):
            return True
        letters = letters_of(form)
        ends = range(_LETTERS_IN_A_ROW, len(letters) + 1)
        return any(letters[end - _LETTERS_IN_A_ROW : end] in self._letters for end in ends)

    def _words_in(self, *texts: str) -> int:
        found = {word for text in texts for form in _forms(text) for word in _WORD.findall(form.casefold())}
        return len(found & self._words)

    @cached_property
    def _has_placeholders(self) -> bool:
        return PLACEHOLDER.search(self.text) is not None

    @cached_property
    def _letters(self) -> str:
        return letters_of(self.text)

    @cached_property
    def _digits(self) -> str:
        return re.sub(r"\D", "", self.text)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self.text.casefold()))


def _forms(text: str) -> Iterator[str]:
    """Yield a text as it is, and what it stands for: percent signs, base64 and hexadecimal undone, also twice."""
    seen = {text}
    forms = [text]
    for _ in range(_DEEPEST):
        forms = [form for each in forms for form in _undone(each) if form not in seen]
        seen.update(forms)
    yield from seen


def _undone(text: str) -> Iterator[str]:
    yield unquote_plus(text)
    for token in _TOKEN.findall(text):
        for decode in (_from_base64, _from_hex):
            if (plain := decode(token)) is not None:
                yield plain


def _from_base64(token: str) -> str | None:
    bare = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _from_hex(token: str) -> str | None:
    try:
        return bytes.fromhex(token).decode()
    except ValueError:
        return None
