"""How a message reads: tone, pace and intent, from its text alone."""

from ion.resonance.embedding import Embedder
from ion.resonance.features import Grams, grams_of
from ion.resonance.key import BadResonanceKey, Intent, Pace, ResonanceKey, Tone, every_key, part_of
from ion.resonance.loading import Loading
from ion.resonance.model import LinearModel
from ion.resonance.pace import Rhythm
from ion.resonance.reader import Axis, AxisReading, Kind, Reader, Reading, Span
from ion.resonance.text import MAX_CHARS, BrokenText, EmptyMessage, MessageTooLong, check_text
from ion.resonance.vocabulary import Floats, Vector, Vocabulary
from ion.resonance.words import WORDS

__all__ = [
    "MAX_CHARS",
    "WORDS",
    "Axis",
    "AxisReading",
    "BadResonanceKey",
    "BrokenText",
    "Embedder",
    "EmptyMessage",
    "Floats",
    "Grams",
    "Intent",
    "Kind",
    "LinearModel",
    "Loading",
    "MessageTooLong",
    "Pace",
    "Reader",
    "Reading",
    "ResonanceKey",
    "Rhythm",
    "Span",
    "Tone",
    "Vector",
    "Vocabulary",
    "check_text",
    "every_key",
    "grams_of",
    "part_of",
]
