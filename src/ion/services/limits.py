"""What callers are counted by."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass

from ion.clock import Clock
from ion.db import Database
from ion.limits import (
    WINDOW_SECONDS,
    Agreement,
    Allowances,
    Budget,
    Limiter,
    MovingWindow,
    Streams,
    TokenStore,
    open_agreement,
)
from ion.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers are counted by."""

    limiter: Limiter
    streams: Streams
    allowances: Allowances
    budget: Budget


@asynccontextmanager
async def open_limits(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Limits]:
    """Open what callers are counted by; the Redis where processes agree, if one is set."""
    window, allowances = MovingWindow(WINDOW_SECONDS, time.monotonic), Allowances(database, time.monotonic)
    async with _agreement(settings) as agreement:
        yield Limits(
            Limiter(settings.limits.per_minute, window, agreement),
            Streams(settings.limits.streams),
            allowances,
            Budget(TokenStore(database), allowances, settings.limits.tokens_a_day, clock),
        )


def _agreement(settings: Settings) -> AbstractAsyncContextManager[Agreement | None]:
    redis = settings.redis
    if redis.url is None:
        return nullcontext()
    return open_agreement(
        redis.url.get_secret_value(),
        patience=redis.timeout,
        seconds=WINDOW_SECONDS,
        share=settings.limits.share,
        clock=time.monotonic,
    )
