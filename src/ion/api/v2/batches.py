"""`/api/v2/batches`: many messages at once, answered in the background."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from ion.api.deps import TALKS, BatchesDep, BatchWorkerDep, ServicesDep
from ion.api.errors import PROBLEMS, problem
from ion.api.once import OnceDep
from ion.api.v2.batch_lines import BatchLine, BatchResult, read_lines
from ion.api.v2.examples import BATCH
from ion.api.v2.schemas import Schema
from ion.batches import Batch, BatchCursor, BatchId, BatchStatus, Result, SentUnder, new_batch
from ion.callers import require
from ion.services import Services, new_id
from ion.settings import BatchesSettings

router = APIRouter(prefix="/batches", tags=["batches"], dependencies=[TALKS])

JSON_LINES = "application/jsonl"
_TAKEN = (JSON_LINES, "application/x-ndjson", "application/ndjson", "application/json-lines")

BatchPath = Annotated[BatchId, Path(max_length=36, pattern=r"^[\w-]+$")]


class BatchOut(Schema):
    """A batch, and how far it is: of `total` lines `done` were answered and `failed` could not be.

    `queued` and `running` it goes on; `done`, `cancelled` and `failed`, where not one line was answered, it has ended,
    and what came of it can be fetched until `kept_until`.
    """

    id: str
    status: BatchStatus
    total: int
    done: int
    failed: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None


class BatchList(Schema):
    """Batches, the newest first; `next`, given as `before`, leads to those that follow."""

    items: list[BatchOut]
    next: str | None


class JsonLines(StreamingResponse):
    """JSON documents, one a line."""

    media_type = JSON_LINES


def _line_schema() -> dict[str, Any]:
    """Return what a line is; its parts are described where `process` is."""
    schema = BatchLine.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: value for name, value in schema.items() if name != "$defs"}


_LINES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "JSON Lines: each line is a message as `process` takes it, with a `custom_id` if you like.",
        "content": {JSON_LINES: {"schema": _line_schema(), "examples": BATCH}},
    }
}
_RESULTS: dict[int | str, dict[str, Any]] = {
    200: {"model": BatchResult, "description": "JSON Lines, one for each line of the batch, in their order."}
}
_SENT: dict[int | str, dict[str, Any]] = {
    202: {
        "headers": {"Location": {"description": "Where the batch is.", "schema": {"type": "string"}}},
        "description": "It is kept, and will be answered.",
    },
    415: PROBLEMS[415],
}


@router.post(
    "", status_code=202, response_model=BatchOut, responses=_SENT, openapi_extra=_LINES, summary="Send a batch"
)
async def send(
    request: Request, services: ServicesDep, batches: BatchesDep, worker: BatchWorkerDep, once: OnceDep
) -> Response:
    """Have many messages answered in the background; sent again with the same `Idempotency-Key`, it is the first batch.

    Lines that cannot be read are told of in the results, and keep the others from nothing.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TAKEN:
        message = f"Send JSON Lines, as {JSON_LINES} or application/x-ndjson."
        return problem(request, status=415, code="unsupported_media_type", message=message)
    body = await request.body()
    sent = None if once.key is None else SentUnder(once.key.place, once.key.fingerprint(body))
    if sent is not None and (before := await batches.sent_before(sent)) is not None:
        return _accepted(before, services, again=True)
    batch_id, now = BatchId(new_id()), services.clock()
    lines = await asyncio.to_thread(read_lines, body, most=services.settings.batches.lines, batch=batch_id, at=now)
    caller = require(request)
    new = new_batch(batch_id, caller.user, caller.organisation, lines, at=now)
    batch = await batches.add(new, lines, sent)
    worker.ring()
    return _accepted(batch, services, again=batch.id != new.id)


@router.get("", summary="List batches")
async def latest(
    batches: BatchesDep,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> BatchList:
    """Return the caller's batches, the newest first."""
    cursor = None if before is None else BatchCursor.parse(before)
    found = await batches.latest(limit=limit + 1, before=cursor)
    shown = found[:limit]
    more = str(BatchCursor(shown[-1].created_at, shown[-1].id)) if len(found) > limit else None
    return BatchList(items=[batch_out(batch, services.settings.batches) for batch in shown], next=more)


@router.get("/{batch_id}", summary="Ask how far a batch is")
async def read(batch_id: BatchPath, batches: BatchesDep, services: ServicesDep) -> BatchOut:
    """Return a batch, and how far it is."""
    return batch_out(await batches.with_id(batch_id), services.settings.batches)


@router.get("/{batch_id}/results", response_class=JsonLines, responses=_RESULTS, summary="Fetch what came of a batch")
async def results(
    batch_id: BatchPath,
    batches: BatchesDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="The line to go on behind.")] = 0,
) -> Response:
    """Return what came of the lines so far, in their order, without a gap: ask again for those behind the last one."""
    await batches.with_id(batch_id)
    found = batches.all_results(batch_id, after=after)
    # The first ones are opened here: what cannot be is told by the status.
    first: list[Result] = await anext(found, [])
    return JsonLines(_texts(first, found))


@router.post("/{batch_id}/cancel", summary="Cancel a batch")
async def cancel(batch_id: BatchPath, batches: BatchesDep, services: ServicesDep) -> BatchOut:
    """Let nothing more come of a batch; what came of it so far can be fetched. One that has ended stays as it is."""
    return batch_out(await batches.cancel(batch_id), services.settings.batches)


@router.delete("/{batch_id}", status_code=204, summary="Delete a batch")
async def delete(batch_id: BatchPath, batches: BatchesDep) -> None:
    """Erase a batch with all that came of it, for good; one that has not ended ends so."""
    await batches.delete(batch_id)


def batch_out(batch: Batch, settings: BatchesSettings) -> BatchOut:
    """Return a batch as the API says it."""
    kept_for = timedelta(days=settings.days)
    return BatchOut(
        id=batch.id,
        status=batch.status,
        total=batch.total,
        done=batch.done,
        failed=batch.failed,
        created_at=batch.created_at,
        started_at=batch.started_at,
        ended_at=batch.ended_at,
        kept_until=None if batch.ended_at is None else batch.ended_at + kept_for,
    )


def _accepted(batch: Batch, services: Services, *, again: bool) -> Response:
    headers = {"Location": f"/api/v2/batches/{batch.id}"} | ({"Idempotency-Replayed": "true"} if again else {})
    body = batch_out(batch, services.settings.batches).model_dump_json()
    return Response(body, status_code=202, headers=headers, media_type="application/json")


async def _texts(first: list[Result], others: AsyncIterator[list[Result]]) -> AsyncIterator[str]:
    yield _text(first)
    async for found in others:
        yield _text(found)


def _text(found: list[Result]) -> str:
    return "".join(f"{result.text}\n" for result in found)
