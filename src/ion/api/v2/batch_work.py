"""Answering the lines of batches, as the API answers messages, for as long as the application runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from ion.api.errors import ErrorDetail
from ion.api.v2.batch_lines import BatchLine, answered_row, failed_row, message_key
from ion.api.v2.process import ask_of, response_of
from ion.batches import Answered, BatchWorker, Bell, Claimed
from ion.errors import IonError, Unavailable
from ion.mentoring import OwnerId
from ion.monitoring import log
from ion.services import Services, new_id
from ion.statuses import status_of

# What fails so often by no fault of its own, or ends the process each time, is given up.
_MOST_TRIES = 5
_INTERNAL = ErrorDetail(code="internal", message="Something went wrong on our side.", field=None)


@dataclass(frozen=True, slots=True)
class LineAnswers:
    """Answers lines as those who sent them; each outcome is a value, so that none ends the others."""

    services: Services

    async def answer(self, line: Claimed) -> Answered:
        """Answer a line, or say why not.

        Raises:
            Unavailable: what ION depends on does not answer just now; the line is tried again.
        """
        ask = _ask_in(line)
        if ask is None or line.tries > _MOST_TRIES:
            return self._failed(line, ask, _INTERNAL, 500)
        try:
            return Answered(await self._answered(line, ask), is_answered=True)
        except IonError as error:
            if isinstance(error, Unavailable) and line.tries < _MOST_TRIES:
                raise
            detail = ErrorDetail(code=error.code, message=error.message, field=error.field)
            return self._failed(line, ask, detail, status_of(error))
        except Exception as error:
            log.error("batch.line_not_answered", kind=type(error).__name__)
            return self._failed(line, ask, _INTERNAL, 500)

    async def _answered(self, line: Claimed, ask: BatchLine) -> str:
        started = time.perf_counter()
        bulk = self.services.as_owner(OwnerId(line.owner)).bulk
        turn = await bulk.process(ask_of(ask, message_key(line.batch, line.number)))
        at = self.services.clock()
        return answered_row(
            line.batch,
            line.number,
            ask,
            lambda name: response_of(turn, ask, bulk.pipeline, started=started, at=at, request_id=name),
        )

    def _failed(self, line: Claimed, ask: BatchLine | None, detail: ErrorDetail, status: int) -> Answered:
        name = None if ask is None else ask.custom_id
        row = failed_row(line.batch, line.number, name, detail, status=status, at=self.services.clock())
        return Answered(row, is_answered=False)


@asynccontextmanager
async def working_on_batches(services: Services) -> AsyncIterator[BatchWorker]:
    """Yield what does the lines of batches in this process, until the block ends."""
    worker = worker_of(services)
    task = asyncio.create_task(worker.keep_on())
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def worker_of(services: Services) -> BatchWorker:
    """Return what does the lines of batches in this process, once it is begun."""
    batches, redis = services.settings.batches, services.settings.redis.url
    return BatchWorker(
        queue=services.batch_queue,
        answer=LineAnswers(services).answer,
        bell=Bell(None if redis is None else redis.get_secret_value()),
        clock=services.clock,
        holder=new_id(),
        parallel=batches.parallel,
        lease=timedelta(seconds=batches.lease_seconds),
        kept_for=timedelta(days=batches.days),
    )


def _ask_in(line: Claimed) -> BatchLine | None:
    """Return what a line asks; None where it cannot be opened, or an older ION took it and this one does not."""
    if line.ask is None:
        return None
    try:
        return BatchLine.model_validate_json(line.ask)
    except ValidationError:
        return None
