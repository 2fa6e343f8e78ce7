"""Linear models over n-grams and, for the better one, over sentence embeddings: one gather and one sum a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ion.language import LANGUAGES, Language
from ion.resonance.key import Intent, Tone
from ion.resonance.vocabulary import Floats, Vector, Vocabulary

WEIGHTS_FILE = Path(__file__).parent / "weights.npz"
TONES, INTENTS = tuple(Tone), tuple(Intent)
# Where each axis stands among the columns of the weights.
COLUMNS: Mapping[str, slice] = {
    "tone": slice(0, len(TONES)),
    "intent": slice(len(TONES), len(TONES) + len(INTENTS)),
}
CLASSES = len(TONES) + len(INTENTS)


@dataclass(frozen=True)
class LinearModel:
    """Weights of both axes side by side, in the columns of COLUMNS.

    weights: int8, shape (vocabulary, CLASSES), to be multiplied by `scale`, shape (CLASSES,). biases: (CLASSES,).
    meaning, shift: (DIMENSIONS, CLASSES) and (CLASSES,), what an embedding adds where there is one. certainty: the
    factor on the scores that makes held-out probabilities honest, (CLASSES,), by language, without and with meaning.
    """

    vocabulary: Vocabulary
    weights: NDArray[np.int8]
    scale: Floats
    biases: Floats
    meaning: Floats
    shift: Floats
    certainty: Mapping[tuple[Language, bool], Floats]

    @classmethod
    def load(cls, file: Path = WEIGHTS_FILE) -> "LinearModel":
        """Read the weights; takes some tens of milliseconds."""
        with np.load(file) as arrays:
            return cls(
                vocabulary=Vocabulary(arrays["hashes"], arrays["idf"].astype(np.float32)),
                weights=arrays["weights"],
                scale=arrays["scale"],
                biases=arrays["biases"],
                meaning=arrays["meaning"].astype(np.float32),
                shift=arrays["shift"],
                certainty={
                    (language, full): arrays["full_certainty" if full else "fast_certainty"][place]
                    for place, language in enumerate(LANGUAGES)
                    for full in (False, True)
                },
            )

    def judge(self, text: Vector, language: Language, meaning: Floats | None = None) -> Mapping[str, "Judgement"]:
        """Judge both axes; `meaning`, shape (DIMENSIONS,), is the text's embedding, if there is one."""
        rows = self.weights[text.rows].astype(np.float32)
        scores = (text.values @ rows) * self.scale + self.biases
        if meaning is not None:
            scores += meaning @ self.meaning + self.shift
        scores *= self.certainty[language, meaning is not None]
        return {axis: Judgement(text, rows[:, columns], scores[columns]) for axis, columns in COLUMNS.items()}


@dataclass(frozen=True)
class Judgement:
    """The scores of one axis for one text, and what each of its n-grams contributed.

    weights: shape (entries of the text, classes), in units of `scale`, which all classes of an axis share.
    """

    text: Vector
    weights: Floats
    scores: Floats

    @cached_property
    def probabilities(self) -> Floats:
        """Calibrated probabilities, shape (classes,), summing to 1."""
        odds = np.exp(self.scores - self.scores.max())
        shares: Floats = odds / odds.sum()
        return shares

    def support(self, length: int) -> Floats:
        """Return how much each character of the text speaks for the best class, shape (length,).

        An n-gram's support is its part of the best class's score beyond the mean of the other classes; it is shared
        out evenly over the characters it covers.
        """
        best, classes = int(self.scores.argmax()), len(self.scores)
        contrast = np.full(classes, -1 / (classes - 1), dtype=np.float32)
        contrast[best] = 1
        beyond = (self.weights @ contrast) * self.text.values / self.text.counts
        starts, ends = self.text.starts, self.text.ends
        share = beyond[self.text.places] / np.maximum(ends - starts, 1)
        edges = np.bincount(starts, share, length + 1) - np.bincount(ends, share, length + 1)
        return np.cumsum(edges)[:length].astype(np.float32)
