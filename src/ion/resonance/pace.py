"""Pace: the rhythm of the writing, by four rules over words a sentence.

In order, where a word is what stands between spaces (an eojeol in Korean, which carries about as much as one and a
half English words):

1. at most `burst` words a sentence, in three or more sentences or with dense marks (!, ?!, ㅠㅠ, ㅋㅋ): burst
2. at least `contemplative` words a sentence, or at least `unhurried` with a pause for thought (... or …): contemplative
3. at least `flowing` words in two or more sentences: flowing
4. anything else: medium

The thresholds are those that agree best with labelled messages in both languages; docs/reading.md has the figures.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ion.language import Language
from ion.resonance.key import Pace

_PAUSE = re.compile(r"…|\.{2,}")
# A pause is not an end, and neither is the dot in 3.5 or example.com; a closing quote belongs to what it closes.
# A run of marks is looked at once, from its first: from each of them, a long run would take quadratic time.
_END = re.compile(r"(?:(?<![.!?。？！])[.!?。？！]+[\"'”’)\]]*|\n)(?=\s|$)")
_DENSE = re.compile(r"!|\?\?|[ㅠㅜ]{2,}|[ㅋㅎ]{2,}|~~")
_WORDLIKE = re.compile(r"\w")
# Two short plain sentences are not fragments yet, and how sure that is.
_FRAGMENTS, _PLAIN_SHORT = 3, 0.08
# How quickly certainty grows with the distance from a threshold (in natural logarithms); fitted to labelled messages.
_CERTAINTY = 14.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Words a sentence, but for `flowing`, which is words in all."""

    burst: float
    contemplative: float
    unhurried: float
    flowing: float


THRESHOLDS: Mapping[Language, Thresholds] = {
    "ko": Thresholds(burst=5, contemplative=22, unhurried=15, flowing=26),
    "en": Thresholds(burst=7, contemplative=24, unhurried=14, flowing=36),
}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What pace is judged by. `sentences` are (start, end) places in the text, end exclusive."""

    words: int
    sentences: tuple[tuple[int, int], ...]
    pauses: int
    dense: bool

    @property
    def words_per_sentence(self) -> float:
        """Mean length of a sentence in words."""
        return self.words / max(len(self.sentences), 1)


def rhythm_of(text: str) -> Rhythm:
    """Measure the rhythm of `text`."""
    # A pause at the very end only closes the message.
    body = text.rstrip().rstrip(".…") if _PAUSE.search(text.rstrip()[-3:]) else text
    spans, words, start = [], 0, 0
    for end in [match.end() for match in _END.finditer(_PAUSE.sub(lambda match: " " * len(match[0]), body))] + [
        len(body)
    ]:
        piece = body[start:end]
        if _WORDLIKE.search(piece):
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + len(piece.rstrip())))
            words += len(_PAUSE.sub(" ", piece).split())
        start = end
    return Rhythm(
        words=words, sentences=tuple(spans), pauses=len(_PAUSE.findall(body)), dense=bool(_DENSE.search(text))
    )


def judge_pace(rhythm: Rhythm, language: Language) -> dict[Pace, float]:
    """Return the probability of each pace; they sum to 1 and the rules' answer has the highest."""
    if rhythm.words == 0:
        return {pace: 0.7 if pace is Pace.MEDIUM else 0.1 for pace in Pace}
    bounds = THRESHOLDS[language]
    mean, words = rhythm.words_per_sentence, rhythm.words
    long_enough = bounds.unhurried if rhythm.pauses else bounds.contemplative
    # Only two or more sentences can flow on from one another.
    flows = math.log(words / bounds.flowing) if len(rhythm.sentences) > 1 else -math.inf
    below_burst, above_long = math.log(bounds.burst / mean), math.log(mean / long_enough)
    if below_burst >= 0:
        return _of_short_sentences(rhythm, below_burst)
    if above_long >= 0:
        return _sure_of(Pace.CONTEMPLATIVE, Pace.FLOWING, above_long)
    if flows >= 0:
        return _sure_of(Pace.FLOWING, *min((-above_long, Pace.CONTEMPLATIVE), (flows, Pace.MEDIUM))[::-1])
    other = min((-flows, Pace.FLOWING), (-below_burst, Pace.BURST), (-above_long, Pace.CONTEMPLATIVE))
    return _sure_of(Pace.MEDIUM, *other[::-1])


def _of_short_sentences(rhythm: Rhythm, distance: float) -> dict[Pace, float]:
    if rhythm.dense or len(rhythm.sentences) >= _FRAGMENTS:
        return _sure_of(Pace.BURST, Pace.MEDIUM, distance)
    return _sure_of(Pace.MEDIUM, Pace.BURST, _PLAIN_SHORT)


def _sure_of(label: Pace, runner_up: Pace, distance: float) -> dict[Pace, float]:
    """Half and half on the threshold; further away the label gains."""
    doubt = 0.48 * math.exp(-_CERTAINTY * distance) + 0.02
    rest = [pace for pace in Pace if pace not in (label, runner_up)]
    shares = {label: 1 - doubt, runner_up: doubt * 0.9} | {pace: doubt * 0.1 / len(rest) for pace in rest}
    return {pace: shares[pace] for pace in Pace}
