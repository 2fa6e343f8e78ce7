"""Server-sent events: numbered, and never silent for long."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Self

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from ion.errors import IonError
from ion.monitoring import log

# Proxies and phones give up on a connection that says nothing for half a minute or so.
HEARTBEAT_SECONDS = 15.0
# A proxy that gathers a response before it passes it on would hold the events back.
UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
# A place is made of an id and a number; a reader may send back anything.
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come: event `number` of the run `run`; written as `run-number`."""

    run: str
    number: int

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Return the place that a reader names; None where it is none, so that they start over."""
        run, _, number = (text or "").rpartition("-")
        return cls(run, int(number)) if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS else None

    def __str__(self) -> str:
        return f"{self.run}-{self.number}"


def event(name: str, data: Mapping[str, object], place: Place | None = None) -> bytes:
    """Return one event as it goes over the wire."""
    shown = None if place is None else str(place)
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False), id=shown)


async def with_heartbeat(events: AsyncIterator[bytes], *, every: float = HEARTBEAT_SECONDS) -> AsyncIterator[bytes]:
    """Pass events on, with a comment wherever nothing came for `every` seconds; a failure becomes an `error` event."""
    upcoming = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({upcoming}, timeout=every)
            if not done:
                yield KEEPALIVE_COMMENT
                continue
            try:
                yield upcoming.result()
            except StopAsyncIteration:
                return
            except Exception as error:
                yield event("error", _told(error))
                return
            upcoming = asyncio.ensure_future(anext(events))
    finally:
        upcoming.cancel()


def _told(error: Exception) -> dict[str, object]:
    """Say what a reader may know of an error once the response has begun."""
    if isinstance(error, IonError):
        return {"code": error.code, "message": error.message}
    log.error("stream.failed", kind=type(error).__name__)
    return {"code": "internal", "message": "Something went wrong on our side."}
