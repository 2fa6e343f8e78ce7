"""Doing what batches ask for: a few lines at a time, whoever's turn it is, in as many processes as there are."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta

from ion.batches.batch import Claimed
from ion.batches.broker import Bell
from ion.batches.queue import At, BatchQueue
from ion.clock import Clock
from ion.limits import spending_for
from ion.monitoring import log
from ion.rounds import go_round

# Seconds that lines which are being answered are given when ION stops; what takes longer is begun anew later.
_PATIENCE = 2.0
# A lease is put off well before it ends.
_ROUNDS_A_LEASE = 3
_LONGEST_ROUND = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a line, as it is kept; `is_answered` unless that is why it could not be answered."""

    text: str = field(repr=False)
    is_answered: bool


# Answers a line as its owner; what it raises is tried again later.
AnswerLine = Callable[[Claimed], Awaitable[Answered]]


@dataclass(eq=False)
class BatchWorker:
    """Does lines in this process, at most `parallel` at once; `holder` is the process's own id.

    A line is held for `lease` and longer while it is worked on, so that those of a process that was killed are done by
    another one soon. Results are kept for `kept_for` after a batch has ended.
    """

    queue: BatchQueue
    answer: AnswerLine
    bell: Bell
    clock: Clock
    holder: str
    parallel: int
    lease: timedelta
    kept_for: timedelta
    _hands: set[asyncio.Task[None]] = field(default_factory=set)
    _ringing: set[asyncio.Task[None]] = field(default_factory=set)
    _working: set[At] = field(default_factory=set)
    _is_closing: bool = False

    async def keep_on(self) -> None:
        """Work until cancelled; what is being answered then is given a moment to end."""
        every = min(self.lease / _ROUNDS_A_LEASE, _LONGEST_ROUND)
        listening = asyncio.create_task(self.bell.listen(self.work, most=self.parallel))
        try:
            await go_round(self.round, every=every, name="batches")
        finally:
            listening.cancel()
            await self._stop()
            await asyncio.gather(listening, return_exceptions=True)

    async def round(self) -> None:
        """Go on holding what is being worked on, erase what is too old, and take up what nobody does."""
        now = self.clock()
        if self._working:
            await self.queue.hold(self.holder, tuple(self._working), until=now + self.lease)
        await self.queue.purge(ended_before=now - self.kept_for)
        if len(self._hands) < self.parallel and await self.queue.has_work(now=now):
            for _ in range(self.parallel - len(self._hands)):
                self._begin()

    def ring(self) -> None:
        """Have what was just sent begun at once, by whoever has a hand free; whoever sent it need not wait for that."""
        task = asyncio.create_task(self.bell.ring(self.parallel))
        self._ringing.add(task)
        task.add_done_callback(self._ringing.discard)

    async def work(self) -> None:
        """Do lines until none is left, if this process has a hand free for it."""
        if len(self._hands) < self.parallel:
            await asyncio.wait([self._begin()])

    def _begin(self) -> asyncio.Task[None]:
        # In a context of its own: this is done for whoever sent the lines, not for whoever asked for something now.
        task = asyncio.create_task(self._all(), context=Context())
        self._hands.add(task)
        task.add_done_callback(self._hands.discard)
        return task

    async def _all(self) -> None:
        try:
            while not self._is_closing and (line := await self._next()) is not None:
                await self._do(line)
        except Exception as error:
            # What it held is free again once its lease is over.
            log.error("batch.line_failed", kind=type(error).__name__)

    async def _next(self) -> Claimed | None:
        now = self.clock()
        return await self.queue.claim(self.holder, now=now, until=now + self.lease)

    async def _do(self, line: Claimed) -> None:
        at = (line.batch, line.number)
        self._working.add(at)
        try:
            with spending_for(line.organisation):
                answered = await self.answer(line)
            await self.queue.finish(line, answered.text, is_answered=answered.is_answered, at=self.clock())
        finally:
            self._working.discard(at)

    async def _stop(self) -> None:
        self._is_closing = True
        for task in self._ringing:
            task.cancel()
        if self._hands:
            _, late = await asyncio.wait(self._hands, timeout=_PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # Where the database does not answer any more their leases end by themselves.
        with suppress(Exception):
            await self.queue.release(self.holder)
