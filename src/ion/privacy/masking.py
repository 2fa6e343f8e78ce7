"""Personal data out of a text: for good with `mask`, or with a way back with `hide`."""

import re
from collections.abc import Callable, Iterator, Sequence
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
_PLACEHOLDER = re.compile(
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
    return _replaced(text, found, lambda kind, _: f"[{LABELS[kind].word(language)}]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with numbered placeholders, and the values they stand for.

    It holds personal data: keep it no longer than the reply takes, and out of logs.
    """

    text: str
    _values: dict[_Place, str] = field(repr=False)

    def restore(self, reply: str) -> str:
        """Return `reply` with the values back; a placeholder that was never given stays as it is."""
        return _PLACEHOLDER.sub(lambda match: self._values.get(_place(match), match[0]), reply)


def hide(text: str, found: Sequence[Personal] | None = None) -> Masked:
    """Return `text` with `[PHONE_1]` and the like in it, equal values under equal numbers."""
    # What already looks like a placeholder, or may look like one with its neighbour gone, is the writer's own and must
    # come back unchanged.
    used = {
        (_token(match["name"]), int(match["number"][:length]))
        for match in _LIKE_A_PLACEHOLDER.finditer(text)
        for length in range(1, len(match["number"]) + 1)
    }
    values: dict[_Place, str] = {}
    given: dict[tuple[str, str], _Place] = {}
    last: dict[str, int] = {}

    def placeholder(kind: PersonalKind, value: str) -> str:
        token = LABELS[kind].token
        if (token, value) not in given:
            last[token] = last.get(token, 0) + 1
            while (token, last[token]) in used:
                last[token] += 1
            given[token, value] = (token, last[token])
            values[token, last[token]] = value
        return f"[{token}_{given[token, value][1]}]"

    return Masked(_replaced(text, found, placeholder), values)


def _place(match: re.Match[str]) -> _Place:
    return _token(match["name"] or match["bare_name"]), int(match["number"] or match["bare_number"])


def _token(name: str) -> str:
    return _TOKENS[re.sub(r"[\W_]+", "", name).upper()]


def _replaced(text: str, found: Sequence[Personal] | None, word: Callable[[PersonalKind, str], str]) -> str:
    parts: list[str] = []
    done = 0
    for one in _everywhere(text, find_personal(text) if found is None else found):
        parts += (text[done : one.start], word(one.kind, text[one.start : one.end]))
        done = one.end
    return "".join((*parts, text[done:]))


def _everywhere(text: str, found: Sequence[Personal]) -> list[Personal]:
    """Return `found` and every other place where one of its values is said, in order."""
    taken = bytearray(len(text))
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    kinds = {text[one.start : one.end]: one.kind for one in found}
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
