"""How a message reads: tone, pace and intent, from its text alone."""

from ion.resonance.features import Grams, grams_of
from ion.resonance.key import BadResonanceKey, Intent, Pace, ResonanceKey, Tone, every_key, part_of
from ion.resonance.model import Floats, LinearModel, vector_of
from ion.resonance.pace import Rhythm
from ion.resonance.reader import Axis, AxisReading, Reader, Reading, Span
from ion.resonance.text import MAX_CHARS, BrokenText, EmptyMessage, MessageTooLong, check_text
from ion.resonance.words import WORDS

__all__ = [
    "MAX_CHARS",
    "WORDS",
    "Axis",
    "AxisReading",
    "BadResonanceKey",
    "BrokenText",
    "EmptyMessage",
    "Floats",
    "Grams",
    "Intent",
    "LinearModel",
    "MessageTooLong",
    "Pace",
    "Reader",
    "Reading",
    "ResonanceKey",
    "Rhythm",
    "Span",
    "Tone",
    "check_text",
    "every_key",
    "grams_of",
    "part_of",
    "vector_of",
]
