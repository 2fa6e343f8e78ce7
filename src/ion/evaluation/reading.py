"""How well tone, intent and pace are read, by ION and by the baselines, on each source of messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ion.evaluation.guessing import OURS, Guesses
from ion.evaluation.labelled import AXES, Message
from ion.evaluation.scores import (
    Interval,
    Judged,
    accuracy,
    accuracy_at,
    confusion,
    ece,
    f1_by_class,
    intervals,
    judged,
    macro_f1,
    sure_ones,
)
from ion.evaluation.tables import Column, Table, sorted_by, table
from ion.language import LANGUAGES, Language
from ion.resonance import Axis

# The share of messages that a careful reader may be asked to label.
COVERAGE = 0.7
_SEED = 20_261_122
_MOST_CONFUSIONS = 5

COLUMNS = (
    Column("n"),
    Column("accuracy", "more"),
    Column("accuracy low"),
    Column("accuracy high"),
    Column("macro-F1", "more"),
    Column("macro-F1 low"),
    Column("macro-F1 high"),
    Column("ECE", "less"),
    Column("accuracy at 70 %", "more"),
    Column("coverage"),
    Column("accuracy covered", "more"),
)
_NOTES: Mapping[Axis, str] = {
    "tone": "How the message reads. The keyword rules know five of the nine tones.",
    "intent": "What the author wants.",
    "pace": "The rhythm of the writing. ION judges it by rules, so both kinds of it say the same.",
}


@dataclass(frozen=True, slots=True)
class Score:
    """What one model made of one axis of the messages of one source that are in one language."""

    model: str
    source: str
    language: Language
    axis: Axis
    guesses: tuple[Judged, ...]

    @property
    def is_ours(self) -> bool:
        """Whether the model is ION."""
        return self.model.startswith(OURS)


def scores_of(model: str, messages: Sequence[Message], found: Mapping[Axis, Guesses]) -> Iterator[Score]:
    """Yield a score for each source, language and axis; `found` holds a guess for each message, in their order."""
    sources = dict.fromkeys(message.source for message in messages)
    for axis in AXES:
        if axis not in found:
            continue
        guesses = _judged(axis, messages, found[axis])
        for source in sources:
            for language in LANGUAGES:
                own = tuple(
                    guess
                    for message, guess in zip(messages, guesses, strict=True)
                    if (message.source, message.language) == (source, language)
                )
                if own:
                    yield Score(model, source, language, axis, own)


def _judged(axis: Axis, messages: Sequence[Message], found: Guesses) -> list[Judged]:
    given = zip(messages, found.labels, found.confidences, found.sure, strict=True)
    return [judged(message.accepted[axis], label, confidence, sure=sure) for message, label, confidence, sure in given]


def reading_tables(scores: Sequence[Score]) -> list[Table]:
    """Return a table of figures for each axis, the F1 of each label, and what ION confuses most."""
    figures = [
        sorted_by(
            table(
                f"reading {axis}",
                f"Reading: {axis}",
                _NOTES[axis],
                ("source", "language", "model"),
                COLUMNS,
                [
                    (score.source, score.language, score.model, *_figures(score.guesses))
                    for score in scores
                    if score.axis == axis
                ],
            ),
            2,
        )
        for axis in AXES
    ]
    return [*figures, _labels(scores), _confusions(scores)]


def _figures(guesses: Sequence[Judged]) -> tuple[int | float | None, ...]:
    of_accuracy, of_f1 = intervals(guesses, seed=_SEED)
    return (
        len(guesses),
        accuracy(guesses),
        *_bounds(of_accuracy),
        macro_f1(guesses),
        *_bounds(of_f1),
        ece(guesses),
        accuracy_at(guesses, COVERAGE),
        *sure_ones(guesses),
    )


def _bounds(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high


def _labels(scores: Sequence[Score]) -> Table:
    rows = [
        (score.source, score.language, score.axis, label, score.model, _support(score.guesses, label), f1)
        for score in scores
        if score.is_ours
        for label, f1 in f1_by_class(score.guesses).items()
    ]
    return sorted_by(
        table(
            "reading labels",
            "Reading: F1 of each label",
            "n counts the messages whose truth it is. A label stands for few messages, so its F1 is for looking at and "
            "no ground for a regression.",
            ("source", "language", "axis", "label", "model"),
            (Column("n"), Column("F1")),
            rows,
        ),
        4,
    )


def _support(guesses: Sequence[Judged], label: str) -> int:
    return sum(guess.truth == label for guess in guesses)


def _confusions(scores: Sequence[Score]) -> Table:
    rows = [
        (score.source, score.language, score.axis, score.model, truth, label, count)
        for score in scores
        if score.is_ours
        for (truth, label), count in _wrong(score.guesses)
    ]
    return sorted_by(
        table(
            "reading confusions",
            "Reading: what is confused most",
            f"The {_MOST_CONFUSIONS} most frequent mistakes of each kind of ION.",
            ("source", "language", "axis", "model", "truth", "read as"),
            (Column("messages"),),
            rows,
        ),
        4,
    )


def _wrong(guesses: Sequence[Judged]) -> list[tuple[tuple[str, str], int]]:
    wrong = [(pair, count) for pair, count in confusion(guesses).items() if pair[0] != pair[1]]
    return wrong[:_MOST_CONFUSIONS]
