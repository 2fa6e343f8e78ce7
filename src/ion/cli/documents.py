"""What the command line says to programs, in the shapes of API v2.

The schemas bring the web framework with them, so commands load this module when JSON is asked for (`later.documents`).
"""

from ion.api import Performance, ReadingOut, RoutingOut, counsel_out, turn_out
from ion.language import Language
from ion.mentoring import Counsel, PersonaPipeline, Turn
from ion.personas import Catalogue
from ion.resonance import Reading
from ion.routing import Choice

_OF_A_REPLY = ("content", "persona_used", "resonance_key", "confidence", "routing", "engine", "reading", "crisis")


def of_choice(choice: Choice, catalogue: Catalogue, language: Language) -> dict[str, object]:
    """Return a key and who answers it."""
    return {"resonance_key": str(choice.key), **RoutingOut.of(choice, catalogue, language).model_dump(mode="json")}


def of_reading(reading: Reading, text: str) -> dict[str, object]:
    """Return how a text reads."""
    return ReadingOut.of(reading, text).model_dump(mode="json")


def of_turn(turn: Turn, pipeline: PersonaPipeline) -> dict[str, object]:
    """Return a turn of a conversation."""
    return turn_out(turn, pipeline).model_dump(mode="json")


def of_reply(turn: Turn, pipeline: PersonaPipeline, *, milliseconds: float) -> dict[str, object]:
    """Return a reply, who gave it and why, and how long it took."""
    out = of_turn(turn, pipeline)
    return {**{name: out[name] for name in _OF_A_REPLY}, "performance": _performance(milliseconds)}


def of_counsel(counsel: Counsel, pipeline: PersonaPipeline, *, milliseconds: float) -> dict[str, object]:
    """Return a reply that several mentors had a part in, and how long it took."""
    return {**counsel_out(counsel, pipeline).model_dump(mode="json"), "performance": _performance(milliseconds)}


def _performance(milliseconds: float) -> dict[str, object]:
    return Performance(execution_time_ms=round(milliseconds, 2)).model_dump(mode="json")
