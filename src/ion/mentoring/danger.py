"""Danger that a mentee speaks of where no turn of a conversation is answered."""

from ion.language import Language
from ion.monitoring import count_crisis, log
from ion.safety import CrisisReason, Screener


def danger_in(text: str, language: Language, screener: Screener) -> CrisisReason | None:
    """Return what a text in danger speaks of, and count that help lines were given for it."""
    crisis = screener.screen(text).crisis
    if crisis is not None:
        count_crisis(crisis, language)
        log.warning("crisis.answered", reason=crisis, language=language, conversation=None)
    return crisis
