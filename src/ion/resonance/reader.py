"""Read a message: which key it carries, how sure that is, and which of its words decided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ion.language import Language, language_of
from ion.resonance.embedding import Embedder
from ion.resonance.features import grams_of
from ion.resonance.key import Intent, Pace, ResonanceKey, Tone
from ion.resonance.loading import Loading
from ion.resonance.model import INTENTS, TONES, Judgement, LinearModel
from ion.resonance.pace import Rhythm, judge_pace, rhythm_of
from ion.resonance.text import check_text
from ion.resonance.vocabulary import Floats, Integers

Axis = Literal["tone", "pace", "intent"]
# "full" reads n-grams and meaning, "fast" n-grams alone.
Kind = Literal["full", "fast"]

# Below this probability the reader says that it does not know. A misreading costs one; an even answer, with the mentee
# told why, is set at two thirds of that, so that a guess pays from a probability of one third on.
THRESHOLD = 1 / 3
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
    """Reads messages; holds nothing of what it has read.

    `meaning`, if given, embeds texts for the model as soon as it is loaded; a message waits for it at most `patience`
    seconds and is then read by its n-grams alone.
    """

    def __init__(self, model: LinearModel, meaning: Loading[Embedder] | None = None, *, patience: float = 2.0) -> None:
        self._model, self._meaning, self._patience = model, meaning, patience

    @property
    def kind(self) -> Kind:
        """How messages are read now; waits as a message does."""
        return "full" if self._meaning and self._meaning.wait(self._patience) else "fast"

    @property
    def features(self) -> int:
        """How many n-grams are known."""
        return len(self._model.vocabulary.idf)

    def read(self, text: str, *, default_language: Language = "en") -> Reading:
        """Return how `text` reads; `default_language` is for texts without letters.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the text cannot be read.
        """
        check_text(text)
        language = language_of(text, default=default_language)
        head, tail, skipped = _parts(text)
        rhythm = rhythm_of(text)
        judged = self._judged(head + tail, language)
        tone, intent = judged["tone"], judged["intent"]
        # Emoji and punctuation alone say nothing that could be defended.
        worded = rhythm.words > 0
        readings = {
            "tone": _reading(TONES, tone, default=DEFAULT_KEY.tone, sure=worded and _peak(tone) >= THRESHOLD),
            "intent": _reading(INTENTS, intent, default=DEFAULT_KEY.intent, sure=worded and _peak(intent) >= THRESHOLD),
        }
        shares = judge_pace(rhythm, language)
        pace = max(shares, key=shares.__getitem__)
        abstained: list[Axis] = [axis for axis in ("tone", "intent") if not readings[axis][1]]
        words = _words(text, skipped)
        spans = [
            *(_spans("tone", tone, words, skipped, len(text)) if "tone" not in abstained else ()),
            *(_spans("intent", intent, words, skipped, len(text)) if "intent" not in abstained else ()),
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

    def _judged(self, text: str, language: Language) -> Mapping[str, Judgement]:
        embedder = self._meaning.wait(self._patience) if self._meaning else None
        meaning = embedder.embed(text) if embedder else None
        return self._model.judge(self._model.vocabulary.vector(grams_of(text)), language, meaning)


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


def _spans(axis: Axis, judgement: Judgement, words: Integers, skipped: int, length: int) -> list[Span]:
    """Return the few words that carry most of the support, in the order of the text, neighbours joined."""
    support = _support(judgement.support(length - skipped), words, skipped)
    total = support[support > 0].sum()
    best = np.sort(np.argsort(-support, kind="stable")[:_MAX_SPANS])
    telling = [(*words[index].tolist(), float(support[index] / total)) for index in best if support[index] > 0]
    return _joined([Span(axis, start, end, weight) for start, end, weight in telling])


def _words(text: str, skipped: int) -> Integers:
    """Return the places of the words that were read whole, shape (words, 2)."""
    half = _READ_CHARS // 2
    places = [match.span() for match in _WORD.finditer(text)]
    if skipped:
        places = [(start, end) for start, end in places if end <= half or start >= half + skipped]
    return np.array(places, dtype=np.int64).reshape(-1, 2)


def _support(characters: Floats, words: Integers, skipped: int) -> Floats:
    """Return each word's support; what follows the part that was not read stands `skipped` places earlier there."""
    edges = words - skipped * (words >= _READ_CHARS // 2 + skipped) if skipped else words
    sums = np.concatenate([[0.0], np.cumsum(characters)])
    support: Floats = sums[edges[:, 1]] - sums[edges[:, 0]]
    return support


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
