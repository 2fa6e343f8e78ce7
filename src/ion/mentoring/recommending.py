"""Whom a situation is for: the reading and the routing of a turn, without the turn."""

from dataclasses import dataclass

from ion.language import Language
from ion.resonance import Reader, Reading
from ion.routing import Choice, ResonanceRouter


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Who suits a situation, in the language it is told in, and how it reads."""

    language: Language
    reading: Reading
    choice: Choice


def recommend(scenario: str, language: Language, *, reader: Reader, router: ResonanceRouter) -> Recommendation:
    """Return who suits `scenario`; `language` counts where it has no letters.

    Raises:
        EmptyMessage, BrokenText, MessageTooLong: it cannot be read.
    """
    reading = reader.read(scenario, default_language=language)
    return Recommendation(reading.language, reading, router.route(reading.key))
