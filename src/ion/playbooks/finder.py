"""Find the topic a message is about: a linear model over the same n-grams the reader uses.

Character and jamo n-grams are what makes Korean work here: 조사 and endings, missing spaces and typos change a few
n-grams of a word and leave the rest.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ion.resonance import Floats, grams_of, vector_of

WEIGHTS_FILE = Path(__file__).parent / "topics.npz"
# Below this probability the mentor asks instead of guessing; chosen on held-out messages (`make train` prints them).
THRESHOLD = 0.18
NO_TOPIC = ""
# Figures, marks and laughter (ㅋㅋㅋ) are about nothing.
_LETTER = re.compile(r"[^\W\d_ㄱ-ㆎ]")
# N-grams that occur in more than some two texts in a hundred (by their idf) say nothing about what two texts share.
_COMMON = 5.0
# Only the beginning and the end of a long paste say what it is about.
_READ_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Found:
    """A topic and the probability that its answer helps."""

    slug: str
    confidence: float


@dataclass(frozen=True)
class TopicFinder:
    """`weights` has shape (topics, BUCKETS); `slugs` names the rows, the empty name being "none of them"."""

    slugs: tuple[str, ...]
    idf: Floats
    weights: Floats
    biases: Floats

    @classmethod
    def load(cls, file: Path = WEIGHTS_FILE) -> "TopicFinder":
        """Read the weights."""
        with np.load(file) as arrays:
            return cls(
                slugs=tuple(str(slug) for slug in arrays["slugs"]),
                idf=arrays["idf"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32) * arrays["scale"].astype(np.float32)[:, None],
                biases=arrays["biases"].astype(np.float32),
            )

    def find(self, message: str) -> Found | None:
        """Return the topic whose answer is most likely to help, if any is likely enough."""
        if _LETTER.search(message) is None:
            return None
        shares = self.probabilities(message)
        best = int(shares.argmax())
        if self.slugs[best] == NO_TOPIC or shares[best] < THRESHOLD:
            return None
        return Found(self.slugs[best], float(shares[best]))

    def probabilities(self, message: str) -> NDArray[np.float32]:
        """Return the probability of each topic, shape (topics,), in the order of `slugs`."""
        text = message if len(message) <= _READ_CHARS else message[: _READ_CHARS // 2] + message[-_READ_CHARS // 2 :]
        buckets, values = vector_of(grams_of(text), self.idf)
        scores = self.weights[:, buckets] @ values + self.biases
        odds = np.exp(scores - scores.max())
        shares: NDArray[np.float32] = (odds / odds.sum()).astype(np.float32)
        return shares

    def telling(self, clause: str) -> float:
        """Return how clearly a clause says what it is about, 0 to 1."""
        return float(max(share for slug, share in zip(self.slugs, self.probabilities(clause), strict=True) if slug))

    def nearness(self, message: str) -> Callable[[str], float]:
        """Return a function that tells how near a text is to `message` in its rarer words, 0 to 1."""
        rare = np.where(self.idf < _COMMON, np.float32(0), self.idf)
        buckets, values = vector_of(grams_of(message[:_READ_CHARS]), rare)
        dense = np.zeros(self.weights.shape[1], dtype=np.float32)
        dense[buckets] = values

        def near(text: str) -> float:
            others, weights = vector_of(grams_of(text), rare)
            return float(dense[others] @ weights)

        return near
