"""What every reader of messages looks like to the evaluation, be it ION's or a baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ion.evaluation.labelled import Message
from ion.resonance import Axis, AxisReading, Reader, Reading

OURS = "ION"


@dataclass(frozen=True, slots=True)
class Guesses:
    """Labels of one axis and the confidence in each, 0 to 1; `sure` is False where the model would rather not say."""

    labels: Sequence[str]
    confidences: Sequence[float]
    sure: Sequence[bool]


class Guesser(Protocol):
    """A model that labels texts on the axes it can; `name` stands in the report."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def fit(self, rows: Sequence[Message]) -> None:
        """Learn from labelled messages, of which the first label counts."""

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return the labels of the texts, on each axis it knows something of."""


class Ion:
    """ION as it is shipped: it learns nothing here, and says where it abstains."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = f"{OURS} {reader.kind}"

    def fit(self, rows: Sequence[Message]) -> None:
        """Learn nothing: the weights come with it."""

    def predict(self, texts: Sequence[str]) -> Mapping[Axis, Guesses]:
        """Return what `ion analyze` prints for each text."""
        readings = [self._reader.read(text) for text in texts]
        return {
            "tone": _guesses("tone", [reading.tone for reading in readings], readings),
            "intent": _guesses("intent", [reading.intent for reading in readings], readings),
            "pace": _guesses("pace", [reading.pace for reading in readings], readings),
        }


def _guesses(axis: Axis, found: Sequence[AxisReading], readings: Sequence[Reading]) -> Guesses:
    return Guesses(
        [each.label for each in found],
        [each.confidence for each in found],
        [axis not in reading.abstained for reading in readings],
    )
