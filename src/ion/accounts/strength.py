"""Which passwords are too easy to guess: decided from the password and what is known of its user, without a network.

A password is cut into pieces that are easy to foresee (a common word, a year, a run of keys, the user's name) and
single characters that are not. A piece counts as much as it adds to a list of guesses, a character counts one; the
cheapest cut has to count enough.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ion.accounts.common_words import LOOKS_LIKE, orders, words_from
from ion.accounts.keyboard import are_neighbours, keys_of, unshifted
from ion.accounts.passwords import MOST_TYPED, normalised
from ion.errors import Invalid

# Characters. NIST SP 800-63B-4 asks for 8 beside a second factor and 15 without; ION looks at what they are, too.
LEAST = 10
# Long enough for every sentence, short enough that hashing it is no work.
MOST = 200
# What the cheapest cut has to count.
_ENOUGH = 8
_LEAST_RUN = 3
_LEAST_WALK = 4
_LEAST_REPEAT = 2
_LEAST_PERSONAL = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTS = re.compile(r"[\W_]+")


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    COMMON = "common"
    PATTERN = "pattern"
    BREACHED = "breached"


_WORDS_FOR = {
    Weakness.TOO_SHORT: f"A password has at least {LEAST} characters.",
    Weakness.TOO_LONG: f"A password has at most {MOST} characters.",
    Weakness.PERSONAL: "This password is made of your name, your e-mail address or your organisation.",
    Weakness.COMMON: "This password is made of words that many people use; add some that nobody would expect.",
    Weakness.PATTERN: "This password follows a pattern: repeats, numbers, or keys side by side.",
    Weakness.BREACHED: "This password is in a list of leaked passwords; take another one.",
}


class WeakPassword(Invalid):
    """The password is too easy to guess; `details` has the `weakness`."""

    code = "weak_password"


@dataclass(frozen=True, slots=True)
class _Piece:
    end: int
    counts: int
    kind: Weakness | None


@dataclass(frozen=True, slots=True)
class _Cut:
    """The cheapest way to cut what stands before a place."""

    counts: int
    covered: tuple[tuple[Weakness, int], ...]


def refuse_weak(weakness: Weakness | None) -> None:
    """Let a password pass that has no weakness.

    Raises:
        WeakPassword: it has this one.
    """
    if weakness is not None:
        raise WeakPassword(_WORDS_FOR[weakness], field="password", details={"weakness": str(weakness)})


def weakness_of(password: str, *, about: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is too easy to guess; `about` is its user's name, address, organisation and the like."""
    if len(password) > MOST_TYPED:
        return Weakness.TOO_LONG
    text = normalised(password)
    if len(text) < LEAST:
        return Weakness.TOO_SHORT
    if len(text) > MOST:
        return Weakness.TOO_LONG
    keys = keys_of(text)
    cut = _cheapest(keys, sorted(_personal(about), key=len, reverse=True))
    if cut.counts >= _ENOUGH and not keys.isdigit():
        return None
    covered: dict[Weakness, int] = {}
    for kind, length in cut.covered:
        covered[kind] = covered.get(kind, 0) + length
    return max(covered, key=covered.__getitem__, default=Weakness.PATTERN)


def _personal(about: Iterable[str]) -> set[str]:
    """Return the words that are about the user, as they are typed: whole, and in their parts."""
    words: set[str] = set()
    for text in about:
        whole = normalised(text)
        words |= {keys_of(part) for part in (whole, _PARTS.sub("", whole), *_PARTS.split(whole))}
    # A Korean given name is what follows the first syllable.
    words |= {keys_of(normalised(text)[1:]) for text in about if re.fullmatch("[가-힣]{3,4}", normalised(text))}
    return {word for word in words if len(word) >= _LEAST_PERSONAL}


def _cheapest(keys: str, personal: Iterable[str]) -> _Cut:
    best: list[_Cut | None] = [None] * (len(keys) + 1)
    best[0] = _Cut(0, ())
    for start in range(len(keys)):
        before = best[start]
        assert before is not None
        for piece in _pieces(keys, start, personal):
            covered = before.covered if piece.kind is None else (*before.covered, (piece.kind, piece.end - start))
            cut, known = _Cut(before.counts + piece.counts, covered), best[piece.end]
            if known is None or cut.counts < known.counts:
                best[piece.end] = cut
    whole = best[-1]
    assert whole is not None
    return whole


def _pieces(keys: str, start: int, personal: Iterable[str]) -> Iterator[_Piece]:
    """Yield the pieces that begin at a place: one character, or more where they can be foreseen."""
    yield _Piece(start + 1, 1, None)
    for word in personal:
        if _reads(keys, start, word):
            yield _Piece(start + len(word), 1, Weakness.PERSONAL)
    for word in words_from(keys[start]):
        if _reads(keys, start, word):
            yield _Piece(start + len(word), 2, Weakness.COMMON)
    if year := _YEAR.match(keys, start):
        yield _Piece(year.end(), 1, Weakness.PATTERN)
    if (end := _said_before(keys, start)) is not None:
        yield _Piece(end, 1, Weakness.PATTERN)
    for end in _runs(keys, start):
        yield _Piece(end, 2, Weakness.PATTERN)


def _reads(keys: str, start: int, word: str) -> bool:
    """Tell whether a word stands at a place, be it in signs that look like its letters."""
    if start + len(word) > len(keys):
        return False
    return all(
        key == letter or letter in LOOKS_LIKE.get(key, "")
        for key, letter in zip(keys[start : start + len(word)], word, strict=True)
    )


def _said_before(keys: str, start: int) -> int | None:
    """Return where the longest piece ends that begins at a place and is there before it: twice is no better."""
    end = start + _LEAST_REPEAT
    while end <= len(keys) and keys[start:end] in keys[:start]:
        end += 1
    return end - 1 if end - 1 - start >= _LEAST_REPEAT else None


def _runs(keys: str, start: int) -> Iterator[int]:
    """Yield where the longest repeat, repeated piece, sequence and walk on the keyboard that begin at a place end."""
    for length in range(1, (len(keys) - start) // 2 + 1):
        unit = keys[start : start + length]
        end = start + length
        while keys.startswith(unit, end):
            end += length
        if end - start >= max(_LEAST_RUN, 2 * length):
            yield end
            break
    yield from _sequences(keys, start)
    walk = start + 1
    while walk < len(keys) and are_neighbours(unshifted(keys[walk - 1]), unshifted(keys[walk])):
        walk += 1
    if walk - start >= _LEAST_WALK:
        yield walk


def _sequences(keys: str, start: int) -> Iterator[int]:
    for order in orders():
        end = start + _LEAST_RUN
        while end <= len(keys) and keys[start:end] in order:
            end += 1
        if end - 1 - start >= _LEAST_RUN:
            yield end - 1
