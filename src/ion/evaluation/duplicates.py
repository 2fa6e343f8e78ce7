"""Rows that say nearly the same in the same words, found exactly and without comparing every two of them."""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ion.evaluation.rows import Row
from ion.language import LANGUAGES, language_of

# Two equally long texts with a similarity of 0.6 share three quarters of their shingles. A message with a name, a
# number or a few words exchanged stays above that. What two people write about one situation stays far below: messages
# with one opening and one turn of phrase reach 0.3, so the line may lie anywhere between without much difference.
NEAR_DUPLICATE = 0.6
SHINGLE_CHARS = 5
# How many rare shingles two texts must share before they are compared; more of them cost more looking up and spare more
# comparing, and from 8 to 32 it makes no difference.
_WITNESSES = 16


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that say nearly the same in the same words; `similarity` is from 0 to 1, where 1 is the same text."""

    earlier: Row
    later: Row
    similarity: float


def near_duplicates(rows: Sequence[Row], *, threshold: float = NEAR_DUPLICATE) -> list[Pair]:
    """Return every pair of texts in one language with at least this similarity, in the order of the later row.

    The similarity is exact: the Jaccard index (shared among all) of the sets of sequences of five characters. Case,
    runs of spaces and compatible forms of a character do not count. `threshold` is above 0.
    """
    pairs = [
        (later, earlier, similarity)
        for places in _by_language(rows)
        for earlier, later, similarity in _similar([shingles(rows[place].text) for place in places], places, threshold)
    ]
    return [Pair(rows[earlier], rows[later], similarity) for later, earlier, similarity in sorted(pairs)]


def overlaps(rows: Sequence[Row], held_out: Sequence[Row], *, threshold: float = NEAR_DUPLICATE) -> list[Pair]:
    """Return the rows that are nearly the same as a held-out text, each pair with the held-out text as the earlier."""
    if not held_out:
        return []
    kept = set(map(id, held_out))
    return [
        pair
        for pair in near_duplicates([*held_out, *rows], threshold=threshold)
        if id(pair.earlier) in kept and id(pair.later) not in kept
    ]


def shingles(text: str) -> frozenset[str]:
    """Return the sequences of five characters in a text; the text itself where it is shorter."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return frozenset(plain[start : start + SHINGLE_CHARS] for start in range(max(len(plain) - SHINGLE_CHARS + 1, 1)))


def _by_language(rows: Sequence[Row]) -> Iterator[list[int]]:
    for language in LANGUAGES:
        yield [place for place, row in enumerate(rows) if language_of(row.text) == language]


def _similar(
    sets: Sequence[frozenset[str]], names: Sequence[int], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """Yield (earlier name, later name, similarity), comparing only sets that may reach the threshold.

    A set of n shares at least `least` = ceil(threshold * n) shingles with a set that similar. With every set in one
    order, rarest first, `wanted` of those lie within its first n - least + wanted: only they are looked up.
    """
    count = Counter(chain.from_iterable(sets))
    rank = {shingle: place for place, shingle in enumerate(sorted(count, key=count.__getitem__))}
    index: defaultdict[str, list[int]] = defaultdict(list)
    wanted: list[int] = []
    for later, found in enumerate(sets):
        # The small number keeps 0.6 * 35 from being rounded up to 22, which would lose pairs on the threshold itself.
        least = math.ceil(threshold * len(found) - 1e-9)
        wanted.append(min(_WITNESSES, least))
        rarest = sorted(found, key=rank.__getitem__)[: len(found) - least + wanted[later]]
        witnesses = Counter(chain.from_iterable(index[shingle] for shingle in rarest))
        for earlier in sorted(place for place, seen in witnesses.items() if seen >= min(wanted[later], wanted[place])):
            shared = len(found & sets[earlier])
            similarity = shared / (len(found) + len(sets[earlier]) - shared)
            if similarity >= threshold:
                yield names[earlier], names[later], similarity
        for shingle in rarest:
            index[shingle].append(later)
