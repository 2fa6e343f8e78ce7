"""How right labels are, and how honest the confidence they come with.

Several labels may be accepted for one text. A guess among them counts as the truth; for any other guess the truth is
the first of them. Every figure is 0 to 1, and nothing here is given no guesses at all.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
_ROUNDS = 1000
_INTERVAL = (2.5, 97.5)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """A guess beside the truth; `sure` is False where the model would rather not have said."""

    truth: str
    label: str
    confidence: float
    sure: bool = True

    @property
    def is_right(self) -> bool:
        """Whether the label was accepted."""
        return self.truth == self.label


@dataclass(frozen=True, slots=True)
class Bin:
    """The guesses with a confidence from `low` up to `low` + 1 / BINS; means are 0 where `n` is."""

    low: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Point:
    """The accuracy of the most confident guesses, which are this share of all."""

    coverage: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies in 95 of 100 samples of as many texts."""

    low: float
    high: float


def judged(accepted: Sequence[str], label: str, confidence: float, *, sure: bool = True) -> Judged:
    """Return a guess beside the truth, which is one of `accepted`."""
    return Judged(label if label in accepted else accepted[0], label, confidence, sure)


def accuracy(guesses: Sequence[Judged]) -> float:
    """Return the share of guesses that are right; 1 is best."""
    return sum(guess.is_right for guess in guesses) / len(guesses)


def f1_by_class(guesses: Sequence[Judged]) -> Mapping[str, float]:
    """Return the harmonic mean of precision and recall of each label that is the truth somewhere, by name."""
    truths, labels = (Counter(getattr(guess, name) for guess in guesses) for name in ("truth", "label"))
    right = Counter(guess.truth for guess in guesses if guess.is_right)
    return {name: 2 * right[name] / (truths[name] + labels[name]) for name in sorted(truths)}


def macro_f1(guesses: Sequence[Judged]) -> float:
    """Return the mean of the classes' F1, each counting alike; 1 is best."""
    scores = f1_by_class(guesses)
    return sum(scores.values()) / len(scores)


def confusion(guesses: Sequence[Judged]) -> Mapping[tuple[str, str], int]:
    """Return how often each truth was read as each label, the most frequent first, then by name."""
    counts = Counter((guess.truth, guess.label) for guess in guesses)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def reliability(guesses: Sequence[Judged]) -> tuple[Bin, ...]:
    """Return every bin of equal width, the empty ones too."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for guess in guesses:
        bins[min(int(guess.confidence * BINS), BINS - 1)].append(guess)
    return tuple(
        Bin(
            place / BINS,
            len(inside),
            sum(guess.confidence for guess in inside) / max(len(inside), 1),
            sum(guess.is_right for guess in inside) / max(len(inside), 1),
        )
        for place, inside in enumerate(bins)
    )


def ece(guesses: Sequence[Judged]) -> float:
    """Return the expected calibration error: how far the bins' confidence and accuracy lie apart; 0 is best."""
    return sum(each.n * abs(each.confidence - each.accuracy) for each in reliability(guesses)) / len(guesses)


def coverage_curve(guesses: Sequence[Judged]) -> tuple[Point, ...]:
    """Return the accuracy of the 1, 2, 3 ... most confident guesses; of equally confident ones, the mean."""
    confidence = np.array([guess.confidence for guess in guesses])
    right = np.array([guess.is_right for guess in guesses], dtype=np.float64)
    _, places, sizes = np.unique(-confidence, return_inverse=True, return_counts=True)
    means = np.bincount(places, right) / sizes
    covered = np.arange(1, len(guesses) + 1)
    shares = np.cumsum(np.repeat(means, sizes)) / covered
    return tuple(
        Point(float(coverage), float(share)) for coverage, share in zip(covered / len(guesses), shares, strict=True)
    )


def accuracy_at(guesses: Sequence[Judged], coverage: float) -> float:
    """Return the accuracy of the most confident guesses that make up this share of all, at least one."""
    return coverage_curve(guesses)[max(round(coverage * len(guesses)), 1) - 1].accuracy


def sure_ones(guesses: Sequence[Judged]) -> tuple[float, float | None]:
    """Return the share of guesses the model is sure of, and their accuracy; None where it is sure of none."""
    sure = [guess for guess in guesses if guess.sure]
    return len(sure) / len(guesses), accuracy(sure) if sure else None


def intervals(guesses: Sequence[Judged], *, seed: int, rounds: int = _ROUNDS) -> tuple[Interval, Interval]:
    """Return the bootstrap intervals of accuracy and macro-F1, from samples drawn by `seed`."""
    names = sorted({name for guess in guesses for name in (guess.truth, guess.label)})
    codes = {name: code for code, name in enumerate(names)}
    truths = np.array([codes[guess.truth] for guess in guesses])
    labels = np.array([codes[guess.label] for guess in guesses])
    draws = np.random.default_rng(seed).integers(len(guesses), size=(rounds, len(guesses)))
    return _interval(_accuracy, truths, labels, draws), _interval(_macro_f1, truths, labels, draws)


def _interval(figure: Callable[[Ints, Ints], float], truths: Ints, labels: Ints, draws: Ints) -> Interval:
    low, high = np.percentile([figure(truths[draw], labels[draw]) for draw in draws], _INTERVAL)
    return Interval(float(low), float(high))


def _accuracy(truths: Ints, labels: Ints) -> float:
    return float((truths == labels).mean())


def _macro_f1(truths: Ints, labels: Ints) -> float:
    """Return what `macro_f1` does, fast enough to be asked a thousand times."""
    size = int(max(truths.max(), labels.max())) + 1
    there = np.bincount(truths, minlength=size)
    guessed = np.bincount(labels, minlength=size)
    right = np.bincount(truths[truths == labels], minlength=size)
    known = there > 0
    return float((2 * right[known] / (there + guessed)[known]).mean())
