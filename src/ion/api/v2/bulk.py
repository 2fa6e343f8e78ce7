"""`POST /api/v2/bulk-process`: up to a hundred messages in one request."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, StrictBool

from ion.api.deps import TALKS, BulkDep, ServicesDep
from ion.api.errors import ErrorDetail, request_id_of
from ion.api.leaving import Gone, unless_gone
from ion.api.once import IN_FLIGHT, OnceDep, OnceHere
from ion.api.v2.examples import BULK
from ion.api.v2.process import ProcessRequest, ProcessResponse, ask_of, response_of
from ion.api.v2.schemas import Schema
from ion.clock import Clock
from ion.errors import IonError, TooLarge
from ion.mentoring import Bulk
from ion.monitoring import log
from ion.statuses import status_of

router = APIRouter(tags=["process"], dependencies=[TALKS])

MAX_REQUESTS = 100
# What servers answer with where the client has gone; nobody sees it.
_CLIENT_GONE = 499


class BulkTooLarge(TooLarge):
    """There are more messages in one request than ION takes."""

    code = "bulk_too_large"


class BulkRequest(Schema):
    """Messages to answer, each as `process` takes it; with `parallel` a few at once, else one after the other."""

    # The limit is told, and checked by hand: what is over it is too large, not malformed.
    requests: list[ProcessRequest] = Field(min_length=1, json_schema_extra={"maxItems": MAX_REQUESTS})
    parallel: StrictBool = False


class BulkResult(ProcessResponse):
    """The answer to the message at `index`, counted from 0."""

    index: int


class BulkError(Schema):
    """Why the message at `index`, counted from 0, was not answered; `status` is what it would be on its own."""

    index: int
    request_id: str
    status: int
    error: ErrorDetail


class BulkResponse(Schema):
    """What became of each message, in the order of the requests. `success` says that all were answered."""

    success: bool
    total: int
    successful: int
    failed: int
    results: list[BulkResult]
    errors: list[BulkError]
    timestamp: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class _Items:
    """Answers the messages of one request; each outcome is a value, so that none ends the others."""

    bulk: Bulk
    once: OnceHere
    clock: Clock
    request_id: str

    async def all(self, body: BulkRequest) -> BulkResponse:
        """Answer every message."""
        if body.parallel:
            outcomes = await asyncio.gather(*(self.one(index, item) for index, item in enumerate(body.requests)))
        else:
            outcomes = [await self.one(index, item) for index, item in enumerate(body.requests)]
        return self._summary(outcomes)

    async def one(self, index: int, item: ProcessRequest) -> BulkResult | BulkError:
        """Answer the message at `index`, or say why not."""
        request_id = f"{self.request_id}-{index}"
        try:
            answered = await self._answered(index, item, request_id)
        except IonError as error:
            detail = ErrorDetail(code=error.code, message=error.message, field=error.field)
            return BulkError(index=index, request_id=request_id, status=status_of(error), error=detail)
        except Exception as error:
            log.error("bulk.item_failed", kind=type(error).__name__)
            detail = ErrorDetail(code="internal", message="Something went wrong on our side.", field=None)
            return BulkError(index=index, request_id=request_id, status=500, error=detail)
        return BulkResult(**answered.model_dump(), index=index)

    async def _answered(self, index: int, item: ProcessRequest, request_id: str) -> ProcessResponse:
        started = time.perf_counter()
        turn = await self.bulk.process(ask_of(item, self.once.message_key(index)))
        pipeline = self.bulk.pipeline
        return response_of(turn, item, pipeline, started=started, at=self.clock(), request_id=request_id)

    def _summary(self, outcomes: Sequence[BulkResult | BulkError]) -> BulkResponse:
        results = [outcome for outcome in outcomes if isinstance(outcome, BulkResult)]
        errors = [outcome for outcome in outcomes if isinstance(outcome, BulkError)]
        return BulkResponse(
            success=not errors,
            total=len(outcomes),
            successful=len(results),
            failed=len(errors),
            results=results,
            errors=errors,
            timestamp=self.clock(),
            request_id=self.request_id,
        )


@router.post("/bulk-process", response_model=BulkResponse, responses=IN_FLIGHT, summary="Answer many messages")
async def bulk_process(
    body: Annotated[BulkRequest, Body(openapi_examples=BULK)],
    request: Request,
    bulk: BulkDep,
    services: ServicesDep,
    once: OnceDep,
) -> Response:
    """Answer up to a hundred messages; one that fails does not keep the others from being answered.

    It answers 200 once all have been tried, with `success` false where any failed. Whoever leaves before that has
    nothing further begun for them.
    """
    if len(body.requests) > MAX_REQUESTS:
        raise BulkTooLarge(f"There are {len(body.requests):,} messages; at most {MAX_REQUESTS} go at once.")
    items = _Items(bulk, once, services.clock, request_id_of(request))
    try:
        return await once.answer(body, lambda: unless_gone(request, items.all(body)))
    except Gone:
        return Response(status_code=_CLIENT_GONE)
