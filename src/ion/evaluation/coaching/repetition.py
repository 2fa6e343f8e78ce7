"""How much two replies have in common, word for word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

FiveGrams = frozenset[tuple[str, ...]]
Shares = NDArray[np.float64]
# What replies to two different messages may have in common, and no more.
MOST_SHARED = 0.5
_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Overlap:
    """The share of five-word sequences that two replies have in common, 0 to 1, and their places."""

    share: float
    first: int
    second: int


def fivegrams(text: str) -> FiveGrams:
    """Return the sequences of five words, as they stand between spaces."""
    words = text.split()
    return frozenset(zip(*(words[start:] for start in range(_LENGTH)), strict=False))


def shared(one: FiveGrams, other: FiveGrams) -> float:
    """Return the larger share that the common sequences have of either text, 0 to 1; 0 is best.

    The ICF's standards for AI coaching ask for minimal similarity in responses; 0.5 between replies to two different
    messages is too much.
    """
    return len(one & other) / max(min(len(one), len(other)), 1)


def largest_overlap(replies: Sequence[str]) -> Overlap | None:
    """Return the two replies with most in common, the earliest of them on a tie; None for fewer than two replies."""
    if len(replies) <= 1:
        return None
    best = Overlap(0.0, 0, 1)
    for place, shares in _shares(replies):
        other = int(shares.argmax())
        if shares[other] > best.share:
            best = Overlap(float(shares[other]), place, other)
    return best


def overlaps_over(replies: Sequence[str], share: float = MOST_SHARED) -> list[Overlap]:
    """Return every two replies that have more than this in common, those with most first, then as they come."""
    found = [
        Overlap(float(shares[other]), place, int(other))
        for place, shares in _shares(replies)
        for other in np.flatnonzero(shares > share)
    ]
    return sorted(found, key=lambda each: (-each.share, each.first, each.second))


def _shares(replies: Sequence[str]) -> Iterator[tuple[int, Shares]]:
    """Yield the place of each reply that has anything in common with others, and what it shares with each later one.

    Replies are looked up by their sequences, so that only those which share one are ever compared.
    """
    grams = [fivegrams(reply) for reply in replies]
    sizes = np.array([len(one) for one in grams], dtype=np.int64)
    holders = _holders(grams)
    for place, own in enumerate(grams):
        groups = [holders[gram] for gram in own if gram in holders]
        if groups:
            common = np.bincount(np.concatenate(groups), minlength=len(replies))
            # Each pair is looked at once, from its first reply.
            common[: place + 1] = 0
            yield place, common / np.maximum(np.minimum(sizes, sizes[place]), 1)


def _holders(grams: Sequence[FiveGrams]) -> dict[tuple[str, ...], NDArray[np.int64]]:
    """Return the replies that hold each sequence which more than one of them holds."""
    numbers: dict[tuple[str, ...], list[int]] = {}
    for place, gram in chain.from_iterable(((place, gram) for gram in own) for place, own in enumerate(grams)):
        numbers.setdefault(gram, []).append(place)
    return {gram: np.array(places, dtype=np.int64) for gram, places in numbers.items() if len(places) > 1}
