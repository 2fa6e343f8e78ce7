"""Personal data out of a text: for good with `mask`, or with a way back with `hide`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ion.language import language_of
from ion.privacy.finding import Personal, find_personal
from ion.privacy.kinds import LABELS, PersonalKind

_TOKENS = {
    re.sub(r"[\W_]+", "", name).upper(): label.token
    for label in LABELS.values()
    for name in (label.token, label.ko, label.en)
}
# How a model may write a name of two words again: RESIDENT_NUMBER, Resident number, resident-number.
_NAMES = "|".join(
    re.sub(r"(?:\\?[ _\-·'])+", r"(?:\\\\?[ _\\-·'])?", re.escape(name))
    for name in sorted({name for label in LABELS.values() for name in (label.token, label.ko, label.en)}, reverse=True)
)
# Brackets may have changed or been escaped; without any, only _ or - tells a placeholder from "phone 1".
PLACEHOLDER = re.compile(
    rf"(?P<escape>\\)?[\[({{<【「［（]\s{{0,3}}(?P<name>{_NAMES})\\?[\s_\-#]{{0,3}}(?P<number>[0-9]{{1,6}})\s{{0,3}}"
    rf"(?(escape)\\)[\])}}>】」］）]"
    rf"|(?<![0-9A-Za-z])(?P<bare_name>{_NAMES})\\?[_\-](?P<bare_number>[0-9]{{1,6}})(?![0-9A-Za-z_])",
    re.IGNORECASE | re.ASCII,
)
_LIKE_A_PLACEHOLDER = re.compile(
    rf"(?P<name>{_NAMES})[\s\\_\-#]{{0,4}}(?P<number>[0-9]{{1,6}})", re.IGNORECASE | re.ASCII
)
_Place = tuple[str, int]


def mask(text: str, found: Sequence[Personal] | None = None) -> str:
    """Return `text` with a word in its own language in place of each value, also where one is said again.

    `found` is what `find_personal` found in this very text, if that is known.
    """
    language = language_of(text)
    own = find_personal(text) if found is None else found
    kinds = {text[one.start : one.end]: one.kind for one in own}
    return _replaced(text, _everywhere(text, own, kinds), lambda kind, _: f"[{LABELS[kind].word(language)}]")


@dataclass(frozen=True, slots=True)
class Masked:
    """Texts with numbered placeholders, and the values they stand for.

    It holds personal data: keep it no longer than the reply takes, and out of logs.
    """

    texts: tuple[str, ...]
    _values: dict[_Place, str] = field(repr=False)

    @property
    def text(self) -> str:
        """The first text."""
        return self.texts[0]

    @property
    def hides(self) -> bool:
        """Whether anything was found."""
        return bool(self._values)

    def restore(self, reply: str) -> str:
        """Return `reply` with the values back; a placeholder that was never given stays as it is."""
        return self.restore_part(reply, 0, len(reply))

    def restore_part(self, reply: str, start: int, end: int) -> str:
        """Return what `restore` makes of the characters from `start` up to `end`, which part no placeholder."""
        parts: list[str] = []
        for match in PLACEHOLDER.finditer(reply, start):
            if match.start() >= end:
                break
            parts += (reply[start : match.start()], self._values.get(_place(match), match[0]))
            start = match.end()
        return "".join((*parts, reply[start:end]))


def hide(*texts: str) -> Masked:
    """Return the texts with `[PHONE_1]` and the like in them, equal values under equal numbers in all of them."""
    found = [find_personal(text) for text in texts]
    kinds = {text[one.start : one.end]: one.kind for text, own in zip(texts, found, strict=True) for one in own}
    names = _Names(used={place for text in texts for place in _like_placeholders(text)})
    hidden = tuple(
        _replaced(text, _everywhere(text, own, kinds), names.placeholder)
        for text, own in zip(texts, found, strict=True)
    )
    return Masked(hidden, {place: value for (_, value), place in names.given.items()})


@dataclass(slots=True)
class _Names:
    """Gives placeholders out, and the same one to the same value; never one of `used`."""

    used: set[_Place]
    given: dict[tuple[str, str], _Place] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def placeholder(self, kind: PersonalKind, value: str) -> str:
        token = LABELS[kind].token
        if (token, value) not in self.given:
            number = self.last.get(token, 0) + 1
            while (token, number) in self.used:
                number += 1
            self.last[token] = number
            self.given[token, value] = (token, number)
        return f"[{token}_{self.given[token, value][1]}]"


def _like_placeholders(text: str) -> Iterator[_Place]:
    """Yield what looks like a placeholder, or may with its neighbour gone: the writer's own, which has to stay."""
    for match in _LIKE_A_PLACEHOLDER.finditer(text):
        for length in range(1, len(match["number"]) + 1):
            yield _token(match["name"]), int(match["number"][:length])


def _place(match: re.Match[str]) -> _Place:
    return _token(match["name"] or match["bare_name"]), int(match["number"] or match["bare_number"])


def _token(name: str) -> str:
    return _TOKENS[re.sub(r"[\W_]+", "", name).upper()]


def _replaced(text: str, found: Sequence[Personal], word: Callable[[PersonalKind, str], str]) -> str:
    parts: list[str] = []
    done = 0
    for one in found:
        parts += (text[done : one.start], word(one.kind, text[one.start : one.end]))
        done = one.end
    return "".join((*parts, text[done:]))


def _everywhere(text: str, found: Sequence[Personal], kinds: Mapping[str, PersonalKind]) -> list[Personal]:
    """Return `found` and every other place where one of these values is said, in order."""
    taken = bytearray(len(text))
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    again = [one for value in sorted(kinds, key=len, reverse=True) for one in _again(text, value, kinds[value], taken)]
    return sorted((*found, *again), key=lambda one: one.start)


def _again(text: str, value: str, kind: PersonalKind, taken: bytearray) -> Iterator[Personal]:
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        free = not any(taken[start:end])
        if free:
            taken[start:end] = b"\1" * len(value)
            yield Personal(kind, start, end)
        start = text.find(value, end if free else start + 1)
