"""Telling workers that there is work: those of this process, or of all that share a Redis, through its streams.

A message says no more than that. Which lines are done, by whom and for whom is decided by the rows in the database, so
that nothing is lost or done twice where a message is.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ion.limits import redis_url
from ion.monitoring import log

Work = Callable[[], Awaitable[None]]

_TASK = "ion.batches.work"
_STREAM, _GROUP = "ion:batches", "ion"
# Rings that nobody has heard; more of them say nothing new.
_MOST_KEPT = 1_000
# Seconds.
_TRY_AGAIN = 5.0
_BLOCK_MS = 1_000
_LOCKED = 5.0


@dataclass(eq=False)
class Bell:
    """Rings for workers, over the Redis at `url`, or in this process where there is none.

    taskiq brings much along, so it is loaded when the first batch comes, or at once where processes share their work.
    """

    url: str | None = None
    _work: Work | None = None
    _task: Any = field(default=None, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def ring(self, hands: int) -> None:
        """Ask for so many hands. Nobody comes at once where Redis does not answer; then workers look by themselves."""
        try:
            task = await self._opened()
            for _ in range(hands):
                await task.kiq()
        except Exception as error:
            log.warning("batches.not_rung", kind=type(error).__name__)

    async def listen(self, work: Work, *, most: int) -> None:
        """Do this work whenever it rings, at most so often at once, until cancelled."""
        self._work = work
        try:
            while self.url is not None:
                try:
                    await self._hear(most)
                except Exception as error:
                    log.warning("batches.bell_lost", kind=type(error).__name__)
                await asyncio.sleep(_TRY_AGAIN)
            await asyncio.Event().wait()
        finally:
            self._work = None
            if self._task is not None:
                await self._task.broker.shutdown()

    async def _hear(self, most: int) -> None:
        task = await self._opened()
        receiver = importlib.import_module("taskiq.receiver").Receiver(
            task.broker, max_async_tasks=most, run_startup=False, ack_type=_acknowledged()
        )
        await receiver.listen(asyncio.Event())

    async def _opened(self) -> Any:
        """Return the task that is sent, once the broker is ready."""
        async with self._opening:
            if self._task is None:
                broker = await asyncio.to_thread(_broker, self.url)
                await broker.startup()

                async def heard() -> None:
                    if self._work is not None:
                        await self._work()

                self._task = broker.task(task_name=_TASK)(heard)
            return self._task


def _broker(url: str | None) -> Any:
    if url is None:
        return importlib.import_module("taskiq").InMemoryBroker()
    return importlib.import_module("taskiq_redis").RedisStreamBroker(
        redis_url(url),
        queue_name=_STREAM,
        consumer_group_name=_GROUP,
        maxlen=_MOST_KEPT,
        xread_count=1,
        xread_block=_BLOCK_MS,
        unacknowledged_lock_timeout=_LOCKED,
    )


def _acknowledged() -> Any:
    # At once: were it heard again after a crash, the rows would say the same.
    return importlib.import_module("taskiq.acks").AcknowledgeType.WHEN_RECEIVED
