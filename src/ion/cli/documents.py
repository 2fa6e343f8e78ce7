"""What the command line says to programs, in the shapes of API v2.

The schemas bring the web framework with them, so commands load this module when JSON is asked for (`later.documents`).
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from ion.api import (
    Performance,
    ReadingOut,
    RoutingOut,
    batch_out,
    counsel_out,
    read_lines,
    turn_out,
    working_on_batches,
)
from ion.batches import Batch, Line
from ion.language import Language
from ion.mentoring import Counsel, PersonaPipeline, Turn
from ion.personas import Catalogue
from ion.resonance import Reading
from ion.routing import Choice
from ion.services import Services
from ion.settings import BatchesSettings

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


def of_batch(batch: Batch, settings: BatchesSettings) -> dict[str, object]:
    """Return a batch, and how far it is."""
    return batch_out(batch, settings).model_dump(mode="json")


def lines_in(content: bytes, batch: str, settings: BatchesSettings, *, at: datetime) -> list[Line]:
    """Return the lines of a new batch. Raises what `read_lines` raises."""
    return read_lines(content, most=settings.lines, batch=batch, at=at)


def working(services: Services) -> AbstractAsyncContextManager[object]:
    """Do the lines of batches here, beside whoever else does, until the block ends."""
    return working_on_batches(services)


def _performance(milliseconds: float) -> dict[str, object]:
    return Performance(execution_time_ms=round(milliseconds, 2)).model_dump(mode="json")
