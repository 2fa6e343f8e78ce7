"""Where personal data stands in a text."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from ion.privacy.kinds import PersonalKind
from ion.privacy.rules import every_rule

# Full-width forms, and the many dashes and blanks, as a keyboard types them: one character each, so places stay.
_PLAIN = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "‐‑‒–—―−－﹣ーㅡ"), "-")
    | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"), " ")
    | dict.fromkeys(map(ord, "’‘"), "'")
)
# Drawn as nothing, so it must not part a number in two.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Personal:
    """A piece of personal data: the characters from `start` up to `end` of the text it was found in."""

    kind: PersonalKind
    start: int
    end: int


def find_personal(text: str) -> tuple[Personal, ...]:
    """Return what is found in any text, in order; no two overlap, the longer one and then the earlier rule winning.

    Raises:
        BadPersonalRule: a file of rules cannot be used.
    """
    plain, places = _plain(text)
    found = [(rank, rule.kind, span) for rank, rule in enumerate(every_rule()) for span in rule.spans(plain)]
    found.sort(key=lambda one: (one[2][0] - one[2][1], one[0], one[2][0]))
    return tuple(
        Personal(kind, places[start], places[end - 1] + 1) for kind, (start, end) in _apart(one[1:] for one in found)
    )


def _plain(text: str) -> tuple[str, range | list[int]]:
    """Return the text as the rules read it, and the place in `text` of each of its characters."""
    plain = text.translate(_PLAIN)
    if not _INVISIBLE.search(plain):
        return plain, range(len(plain))
    places = [place for place, char in enumerate(plain) if not _INVISIBLE.match(char)]
    return "".join(plain[place] for place in places), places


def _apart(
    found: Iterable[tuple[PersonalKind, tuple[int, int]]],
) -> list[tuple[PersonalKind, tuple[int, int]]]:
    """Return those that overlap none before them, in the order of the text."""
    taken: list[tuple[PersonalKind, tuple[int, int]]] = []
    for kind, (start, end) in found:
        place = bisect_left(taken, start, key=lambda one: one[1][0])
        free_before = place == 0 or taken[place - 1][1][1] <= start
        free_after = place == len(taken) or end <= taken[place][1][0]
        if free_before and free_after:
            taken.insert(place, (kind, (start, end)))
    return taken
