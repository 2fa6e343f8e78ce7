"""The n-grams that a model knows, and a text as a vector over them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ion.resonance.features import WORD_BIT, Grams

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Vocabulary:
    """What was seen often enough to be weighed.

    hashes: uint32, shape (size,), ascending. idf: inverse document frequencies, shape (size,). A model's weights have
    a row for each of them.
    """

    hashes: NDArray[np.uint32]
    idf: Floats

    @classmethod
    def learned(cls, texts: Sequence[Grams], *, least_chars: int = 3, least_words: int = 2) -> Self:
        """Return the n-grams that occur in at least so many texts, with smoothed inverse document frequencies."""
        hashes, seen = np.unique(np.concatenate([np.unique(grams.hashes) for grams in texts]), return_counts=True)
        enough = seen >= np.where(hashes >= WORD_BIT, least_words, least_chars)
        # Rounded as they are kept, so that training sees what reading will.
        idf = (np.log((1 + len(texts)) / (1 + seen[enough])) + 1).astype(np.float16).astype(np.float32)
        return cls(hashes[enough], idf)

    def rarer_than(self, idf: float) -> Self:
        """Return the part of the vocabulary with at least this idf."""
        rare = self.idf >= idf
        return type(self)(self.hashes[rare], self.idf[rare])

    @cached_property
    def words(self) -> int:
        """The first row that is a word's."""
        return int(np.searchsorted(self.hashes, WORD_BIT))

    def vector(self, grams: Grams) -> "Vector":
        """Return a text as a vector."""
        # Sorted together with their places: equal hashes then stand side by side, and sorted ones are looked up several
        # times as fast, since the search stays in the cache.
        packed = grams.hashes.astype(np.uint64) << _HALF | np.arange(len(grams.hashes), dtype=np.uint64)
        packed.sort()
        hashes = (packed >> _HALF).astype(np.uint32)
        edges = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1], [True]]))
        unique, counts = hashes[edges[:-1]], edges[1:] - edges[:-1]
        rows = np.minimum(self.hashes.searchsorted(unique), len(self.hashes) - 1)
        there = self.hashes[rows] == unique
        entries, known = rows[there], packed[np.repeat(there, counts)].astype(np.uint32)
        counts = counts[there]
        values = (1 + np.log(counts)).astype(np.float32) * self.idf[entries]
        first_word = int(np.searchsorted(entries, self.words))
        for half in (values[:first_word], values[first_word:]):
            length = float(np.sqrt(half @ half))
            if length > 0:
                half /= length
        places = np.repeat(np.arange(len(entries)), counts)
        return Vector(entries, values, counts, places, grams.starts[known], grams.ends[known])


@dataclass(frozen=True, slots=True)
class Vector:
    """A text over a vocabulary: log counts times idf, characters and words each of unit length.

    Characters and words are two halves: in a short message the many character n-grams would otherwise leave the words
    next to nothing.

    rows, values, counts: shape (entries,). places: for each known n-gram of the text its entry, with the characters
    it covers in `starts` and `ends`.
    """

    rows: Integers
    values: Floats
    counts: Integers
    places: Integers
    starts: Integers
    ends: Integers
