"""The resonance key (파동키): tone, pace and intent of one message, e.g. `frustrated-burst-seek_advice`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar

from ion.errors import Invalid


class Tone(StrEnum):
    """How a message reads; never what its author feels."""

    FRUSTRATED = "frustrated"
    PLAYFUL = "playful"
    ANXIOUS = "anxious"
    ANALYTICAL = "analytical"
    CALM = "calm"
    CURIOUS = "curious"
    URGENT = "urgent"
    CONFUSED = "confused"
    COLLABORATIVE = "collaborative"


class Pace(StrEnum):
    """The rhythm of the writing."""

    BURST = "burst"
    FLOWING = "flowing"
    CONTEMPLATIVE = "contemplative"
    MEDIUM = "medium"


class Intent(StrEnum):
    """What the author wants from a mentor."""

    SEEK_ADVICE = "seek_advice"
    PROBLEM_SOLVING = "problem_solving"
    LEARNING = "learning"
    VALIDATION = "validation"
    PLANNING = "planning"
    REFLECTION = "reflection"


class BadResonanceKey(Invalid):
    """The text is not a resonance key."""

    code = "bad_resonance_key"


# Spellings that older clients send, beside `-` for `_` which is always understood.
_OLD_INTENTS = {"seeking_advice": Intent.SEEK_ADVICE}
# Tone and pace never hold a separator, so whatever follows the second one is the intent.
_SHAPE = re.compile(r"\s*([^\s_-]+)-([^\s_-]+)-(\S+?)\s*", re.ASCII)
_Part = TypeVar("_Part", Tone, Pace, Intent)


@dataclass(frozen=True, slots=True, order=True)
class ResonanceKey:
    """Tone, pace and intent of a message; one of 9 x 4 x 6 = 216."""

    tone: Tone
    pace: Pace
    intent: Intent

    def __str__(self) -> str:
        return f"{self.tone}-{self.pace}-{self.intent}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `tone-pace-intent`; case does not matter and old spellings of intents are understood.

        Raises:
            BadResonanceKey: the shape is wrong or a part is unknown; the message lists what is allowed.
        """
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise BadResonanceKey(
                f"{text[:80]!r} is not a resonance key; write tone-pace-intent, e.g. 'calm-medium-learning'. "
                f"Tones: {', '.join(Tone)}; paces: {', '.join(Pace)}; intents: {', '.join(Intent)}.",
                field="resonance_key",
            )
        tone, pace, intent = (part.lower() for part in match.groups())
        return cls(part_of(Tone, tone), part_of(Pace, pace), part_of(Intent, intent))


def part_of(kind: type[_Part], text: str) -> _Part:
    """Return the tone, pace or intent with this name, in any spelling that was ever in use.

    Raises:
        BadResonanceKey: there is none; the message lists what is allowed.
    """
    name = text.strip().lower().replace("-", "_")
    if kind is Intent and name in _OLD_INTENTS:
        name = _OLD_INTENTS[name]
    try:
        return kind(name)
    except ValueError:
        axis = kind.__name__.lower()
        allowed = ", ".join(kind)
        raise BadResonanceKey(f"Unknown {axis} {text[:40]!r}; allowed: {allowed}.", field=axis) from None


def every_key() -> Iterator[ResonanceKey]:
    """Yield all 216 keys, tones outermost and intents innermost."""
    for tone in Tone:
        for pace in Pace:
            for intent in Intent:
                yield ResonanceKey(tone, pace, intent)
