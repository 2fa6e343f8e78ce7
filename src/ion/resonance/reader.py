"""Read a message: which key it carries, how sure that is, and which of its words decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ion.language import Language, language_of
from ion.resonance.features import grams_of
from ion.resonance.key import Intent, Pace, ResonanceKey, Tone
from ion.resonance.model import INTENTS, TONES, Judgement, LinearModel
from ion.resonance.pace import Rhythm, judge_pace, rhythm_of
from ion.resonance.text import check_text

Axis = Literal["tone", "pace", "intent"]

# Below these probabilities the reader says that it does not know. At 9 tones a guess is right one time in nine; the
# thresholds keep the readings that held up at least every other time on held-out messages.
TONE_THRESHOLD, INTENT_THRESHOLD = 0.30, 0.34
# What ION does with a message it cannot read: an even answer that helps to understand.
DEFAULT_KEY = ResonanceKey(Tone.CALM, Pace.MEDIUM, Intent.LEARNING)
_MAX_SPANS = 3
# Long pastes are read by their beginning and end: people say what they want there.
_READ_CHARS = 6_000
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the message that decided: `text[start:end]`, for which axis, and its share of the support (0 to 1)."""

    axis: Axis
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class AxisReading:
    """One axis: the label used, its probability, and the probability of every label."""

    label: str
    confidence: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a message reads.

    `abstained` names the axes on which ION was not sure enough; their label in `key` is the default
    (calm, medium, learning) and their scores show what was weighed.
    """

    key: ResonanceKey
    language: Language
    tone: AxisReading
    pace: AxisReading
    intent: AxisReading
    evidence: tuple[Span, ...]
    rhythm: Rhythm
    abstained: tuple[Axis, ...]


class Reader:
    """Reads messages with a trained model; holds nothing of what it has read."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    def read(self, text: str, *, default_language: Language = "en") -> Reading:
        """Return how `text` reads; `default_language` is for texts without letters.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the text cannot be read.
        """
        check_text(text)
        language = language_of(text, default=default_language)
        head, tail, skipped = _parts(text)
        grams = grams_of(head + tail)
        tone, intent = self._model.tone_of(grams), self._model.intent_of(grams)
        rhythm = rhythm_of(text)
        # Emoji and punctuation alone say nothing that could be defended.
        worded = rhythm.words > 0
        readings = {
            "tone": _reading(TONES, tone, default=DEFAULT_KEY.tone, sure=worded and _peak(tone) >= TONE_THRESHOLD),
            "intent": _reading(
                INTENTS, intent, default=DEFAULT_KEY.intent, sure=worded and _peak(intent) >= INTENT_THRESHOLD
            ),
        }
        shares = judge_pace(rhythm, language)
        pace = max(shares, key=shares.__getitem__)
        abstained: list[Axis] = [axis for axis in ("tone", "intent") if not readings[axis][1]]
        spans = [
            *(_spans("tone", tone, text, skipped) if "tone" not in abstained else ()),
            *(_spans("intent", intent, text, skipped) if "intent" not in abstained else ()),
            *_pace_spans(pace, rhythm),
        ]
        return Reading(
            key=ResonanceKey(Tone(readings["tone"][0].label), pace, Intent(readings["intent"][0].label)),
            language=language,
            tone=readings["tone"][0],
            pace=AxisReading(pace, shares[pace], {str(name): share for name, share in shares.items()}),
            intent=readings["intent"][0],
            evidence=tuple(spans),
            rhythm=rhythm,
            abstained=tuple(abstained) + (() if worded else ("pace",)),
        )


def _parts(text: str) -> tuple[str, str, int]:
    """Return the beginning, the end and the number of characters between them that are not read."""
    if len(text) <= _READ_CHARS:
        return text, "", 0
    half = _READ_CHARS // 2
    return text[:half], text[-half:], len(text) - 2 * half


def _peak(judgement: Judgement) -> float:
    return float(judgement.probabilities.max())


def _reading(labels: Sequence[str], judgement: Judgement, *, default: str, sure: bool) -> tuple[AxisReading, bool]:
    scores = {str(label): float(share) for label, share in zip(labels, judgement.probabilities, strict=True)}
    label = max(scores, key=scores.__getitem__) if sure else str(default)
    return AxisReading(label, scores[label], scores), sure


def _spans(axis: Axis, judgement: Judgement, text: str, skipped: int) -> list[Span]:
    """Return the few words that carry most of the support, in the order of the text, neighbours joined."""
    places = _words(text, skipped)
    weights = _weights(judgement.support(len(text) - skipped), places, skipped)
    total = sum(weight for weight in weights if weight > 0)
    if total <= 0:
        return []
    best = sorted(sorted(range(len(places)), key=lambda index: -weights[index])[:_MAX_SPANS])
    return _joined([Span(axis, *places[index], weights[index] / total) for index in best if weights[index] > 0])


def _words(text: str, skipped: int) -> list[tuple[int, int]]:
    """Return the places of the words that were read whole."""
    half = _READ_CHARS // 2
    places = (match.span() for match in _WORD.finditer(text))
    return [(start, end) for start, end in places if not skipped or end <= half or start >= half + skipped]


def _weights(support: NDArray[np.float32], places: Sequence[tuple[int, int]], skipped: int) -> list[float]:
    """Return each word's support; what follows the part that was not read stands `skipped` places earlier there."""
    half = _READ_CHARS // 2
    moved = ((start - skipped, end - skipped) if start >= half + skipped else (start, end) for start, end in places)
    return [float(support[start:end].sum()) for start, end in moved]


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end + 1 == span.start:
            joined[-1] = replace(joined[-1], end=span.end, weight=joined[-1].weight + span.weight)
        else:
            joined.append(span)
    return joined


def _pace_spans(pace: Pace, rhythm: Rhythm) -> list[Span]:
    """Point at the shortest sentences of a burst or the longest of a contemplative message."""
    if pace not in (Pace.BURST, Pace.CONTEMPLATIVE) or not rhythm.sentences:
        return []
    by_length = sorted(rhythm.sentences, key=lambda place: place[1] - place[0])
    picked = by_length[:2] if pace is Pace.BURST else by_length[-1:]
    return [Span("pace", start, end, 1 / len(picked)) for start, end in sorted(picked)]
