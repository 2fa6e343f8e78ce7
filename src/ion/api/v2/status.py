"""`GET /api/v2/status`: how ION has been doing, for whoever operates it."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from ion import __version__
from ion.api.deps import OPERATES, RecentDep, ServicesDep
from ion.api.v2.condition import ServiceState, condition_of
from ion.api.v2.schemas import Schema
from ion.llm import BreakerState, ModelState
from ion.monitoring import WINDOW

router = APIRouter(tags=["operations"], dependencies=[OPERATES])


class ModelOut(Schema):
    """A language model; its breaker is `open` while it is left alone, for `retry_after` seconds more."""

    name: str
    breaker: BreakerState
    retry_after: float | None


class EngineStatus(Schema):
    """What writes replies while all is well, and the language models, the preferred one first."""

    name: Literal["model", "playbooks"]
    models: list[ModelOut]


class RepliesOut(Schema):
    """How many replies are being written, and how many more could be begun now."""

    writing: int
    room_left: int
    limit: int


class RequestsOut(Schema):
    """Requests that this process answered in the last `seconds`, and those it answered with 5xx.

    Asking for `health`, `status` and `metrics` is not counted.
    """

    seconds: int
    total: int
    failed: int


class Status(Schema):
    """How ION is and has been. `error_rate` is the share of `requests` that failed, 0 to 1."""

    status: ServiceState
    version: str
    timestamp: datetime
    uptime_ms: int
    error_rate: float = Field(ge=0, le=1)
    requests: RequestsOut
    engine: EngineStatus
    replies: RepliesOut


@router.get("/status", summary="Ask how ION has been doing")
async def status(services: ServicesDep, recent: RecentDep) -> Status:
    """Return how ION is and has been, as this process knows it; 200 also where it cannot serve."""
    writer = services.pipeline.writer
    condition, tally = await condition_of(services, recent), recent.tally()
    return Status(
        status=condition.state,
        version=__version__,
        timestamp=services.clock(),
        uptime_ms=round(recent.uptime * 1000),
        error_rate=round(tally.error_rate, 4),
        requests=RequestsOut(seconds=WINDOW, total=tally.requests, failed=tally.failed),
        engine=EngineStatus(name=writer.engine.name, models=[_model(state) for state in condition.models]),
        replies=RepliesOut(writing=writer.writing, room_left=writer.left, limit=writer.limit),
    )


def _model(state: ModelState) -> ModelOut:
    waits = None if state.retry_after is None else round(state.retry_after, 1)
    return ModelOut(name=state.name, breaker=state.breaker, retry_after=waits)
