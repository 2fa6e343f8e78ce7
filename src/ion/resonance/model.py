"""A linear model over hashed n-grams: weights as package data, one gather and one sum a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ion.resonance.features import BUCKETS, Grams
from ion.resonance.key import Intent, Tone

WEIGHTS_FILE = Path(__file__).parent / "weights.npz"

Floats = NDArray[np.float32]


def vector_of(grams: Grams, idf: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the buckets that occur and their values: log counts times idf, of unit length."""
    buckets, counts = np.unique(grams.buckets, return_counts=True)
    values = ((1 + np.log(counts)) * idf[buckets]).astype(np.float32)
    length = np.linalg.norm(values)
    return buckets, values / length if length > 0 else values


def idf_of(texts: Sequence[Grams]) -> Floats:
    """Return each bucket's inverse document frequency (smoothed), shape (BUCKETS,)."""
    seen = np.zeros(BUCKETS, dtype=np.int64)
    for grams in texts:
        seen[np.unique(grams.buckets)] += 1
    return (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)


@dataclass(frozen=True)
class LinearModel:
    """Weights by axis. `tone` has shape (9, BUCKETS) and `intent` (6, BUCKETS), rows in the order of the enums."""

    idf: Floats
    tone: Floats
    tone_biases: Floats
    intent: Floats
    intent_biases: Floats

    @classmethod
    def load(cls, file: Path = WEIGHTS_FILE) -> "LinearModel":
        """Read the weights; takes some tens of milliseconds."""
        with np.load(file) as arrays:
            return cls(
                idf=arrays["idf"].astype(np.float32),
                tone=arrays["tone_weights"].astype(np.float32),
                tone_biases=arrays["tone_biases"].astype(np.float32),
                intent=arrays["intent_weights"].astype(np.float32),
                intent_biases=arrays["intent_biases"].astype(np.float32),
            )

    def tone_of(self, grams: Grams) -> "Judgement":
        """Judge the tone."""
        return self._judge(grams, self.tone, self.tone_biases)

    def intent_of(self, grams: Grams) -> "Judgement":
        """Judge the intent."""
        return self._judge(grams, self.intent, self.intent_biases)

    def _judge(self, grams: Grams, weights: Floats, biases: Floats) -> "Judgement":
        buckets, values = vector_of(grams, self.idf)
        scores = weights[:, buckets] @ values + biases
        return Judgement(grams, buckets, values, weights, scores)


@dataclass(frozen=True)
class Judgement:
    """The scores of one axis for one text, and what they came from."""

    grams: Grams
    buckets: NDArray[np.int64]
    values: Floats
    weights: Floats
    scores: Floats

    @cached_property
    def probabilities(self) -> Floats:
        """Calibrated probabilities, shape (classes,), summing to 1."""
        odds = np.exp(self.scores - self.scores.max())
        shares: Floats = (odds / odds.sum()).astype(np.float32)
        return shares

    def support(self, length: int) -> Floats:
        """Return how much each character of the text speaks for the best class, shape (length,).

        An n-gram's support is its part of the best class's score beyond the mean of the other classes; it is shared
        out evenly over the characters it covers.
        """
        best = int(self.scores.argmax())
        rest = np.delete(self.weights[:, self.buckets], best, axis=0).mean(axis=0)
        by_bucket = np.zeros(BUCKETS, dtype=np.float32)
        counts = np.bincount(self.grams.buckets, minlength=BUCKETS)
        by_bucket[self.buckets] = self.values * (self.weights[best, self.buckets] - rest) / counts[self.buckets]
        starts, ends = self.grams.starts, self.grams.ends
        share = by_bucket[self.grams.buckets] / np.maximum(ends - starts, 1)
        edges = np.zeros(length + 1, dtype=np.float64)
        np.add.at(edges, starts, share)
        np.add.at(edges, ends, -share)
        return np.cumsum(edges)[:length].astype(np.float32)


TONES = tuple(Tone)
INTENTS = tuple(Intent)
