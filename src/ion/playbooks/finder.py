"""Find the topic a message is about: a linear model over the same n-grams the reader uses.

Character and jamo n-grams are what makes Korean work here: 조사 and endings, missing spaces and typos change a few
n-grams of a word and leave the rest.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ion.resonance import Embedder, Floats, Intent, Loading, ResonanceKey, Tone, Vector, Vocabulary, grams_of

WEIGHTS_FILE = Path(__file__).parent / "topics.npz"
# Below this probability by the text the mentor asks instead of guessing; chosen on held-out messages (`make train`
# prints them).
THRESHOLD = 0.14
# However a message reads, its words have to speak for the very topic as well.
LEAST_BY_TEXT = 0.08
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
    """`slugs` names the topics, the empty name being "none of them".

    weights: int8, shape (vocabulary, topics), to be multiplied by `scale`, shape (topics,). biases: (topics,).
    meaning, shift: (DIMENSIONS, topics) and (topics,), what an embedding adds where there is one. certainty: the factor
    on the scores that makes held-out probabilities honest, without and with meaning. by_tone, by_intent: how much more
    those who write so turn to each topic, (topics,), to be added where the key is known; restraint: the factor then.
    """

    slugs: tuple[str, ...]
    vocabulary: Vocabulary
    weights: NDArray[np.int8]
    scale: Floats
    biases: Floats
    meaning: Floats
    shift: Floats
    certainty: tuple[float, float]
    by_tone: Mapping[Tone, Floats]
    by_intent: Mapping[Intent, Floats]
    restraint: float
    embedding: Loading[Embedder] | None

    @classmethod
    def load(cls, embedding: Loading[Embedder] | None = None, file: Path = WEIGHTS_FILE) -> "TopicFinder":
        """Read the weights; without `embedding`, or until it is loaded, n-grams alone decide."""
        with np.load(file) as arrays:
            return cls(
                slugs=tuple(str(slug) for slug in arrays["slugs"]),
                vocabulary=Vocabulary(arrays["hashes"], arrays["idf"].astype(np.float32)),
                weights=arrays["weights"],
                scale=arrays["scale"],
                biases=arrays["biases"],
                meaning=arrays["meaning"].astype(np.float32),
                shift=arrays["shift"],
                certainty=tuple(arrays["certainty"].tolist()),
                by_tone=dict(zip(Tone, arrays["tone"], strict=True)),
                by_intent=dict(zip(Intent, arrays["intent"], strict=True)),
                restraint=float(arrays["restraint"]),
                embedding=embedding,
            )

    def find(self, message: str, key: ResonanceKey | None = None, *, without: str = NO_TOPIC) -> Found | None:
        """Return the topic whose answer is most likely to help, if any is likely enough.

        `key` is how the message was read; `without` names a topic that is not to be it.
        """
        if _LETTER.search(message) is None:
            return None
        by_text = self.probabilities(message)
        likely = int(by_text.argmax())
        if self.slugs[likely] == NO_TOPIC or by_text[likely] < THRESHOLD:
            return None
        shares = by_text if key is None else self.leant(by_text, key)
        allowed = np.array([slug == NO_TOPIC or slug != without for slug in self.slugs])
        best = int((shares * allowed).argmax())
        if self.slugs[best] == NO_TOPIC or by_text[best] < LEAST_BY_TEXT:
            return None
        return Found(self.slugs[best], float(shares[best]))

    def probabilities(self, message: str) -> NDArray[np.float32]:
        """Return the probability of each topic by the text alone, shape (topics,), in the order of `slugs`."""
        text = message if len(message) <= _READ_CHARS else message[: _READ_CHARS // 2] + message[-_READ_CHARS // 2 :]
        # What reads the message has waited for the embeddings already, if they are to be had.
        embedder = self.embedding.wait(0) if self.embedding else None
        scores = self._scores(self.vocabulary.vector(grams_of(text)))
        if embedder is not None:
            scores += embedder.embed(text) @ self.meaning + self.shift
        return _shares(scores * self.certainty[embedder is not None])

    def leant(self, by_text: NDArray[np.float32], key: ResonanceKey) -> NDArray[np.float32]:
        """Return the probabilities once it counts how the message reads."""
        return _shares((np.log(by_text) + self.by_tone[key.tone] + self.by_intent[key.intent]) * self.restraint)

    def telling(self, clause: str) -> float:
        """Return how clearly a clause says what it is about, 0 to 1."""
        shares = _shares(self._scores(self.vocabulary.vector(grams_of(clause))) * self.certainty[0])
        return float(max(share for slug, share in zip(self.slugs, shares, strict=True) if slug))

    def _scores(self, text: Vector) -> Floats:
        scores: Floats = (self.weights[text.rows].T @ text.values) * self.scale + self.biases
        return scores

    @cached_property
    def _rare(self) -> Vocabulary:
        return self.vocabulary.rarer_than(_COMMON)

    def nearness(self, message: str) -> Callable[[str], float]:
        """Return a function that tells how near a text is to `message` in its rarer words, 0 to 1."""
        given = self._rare.vector(grams_of(message[:_READ_CHARS]))
        dense = np.zeros(len(self._rare.idf), dtype=np.float32)
        dense[given.rows] = given.values

        def near(text: str) -> float:
            other = self._rare.vector(grams_of(text))
            return float(dense[other.rows] @ other.values) / 2

        return near


def _shares(scores: Floats) -> NDArray[np.float32]:
    odds = np.exp(scores - scores.max())
    shares: NDArray[np.float32] = (odds / odds.sum()).astype(np.float32)
    return shares
