"""What several processes of ION agree on in a Redis or Valkey: how many requests each caller has made of them all."""

import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from limits.aio.storage import RedisStorage
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from ion.clock import system_clock
from ion.errors import Misconfigured
from ion.limits.window import Standing
from ion.monitoring import log

_PREFIX = "ion:limit"
# A Redis that does not answer is asked again after so many seconds; every request would wait for it otherwise.
_LEFT_ALONE = 2.0
_FEW_KEYS = 1_024
_ALSO_CALLED = {"valkey://": "redis://", "valkeys://": "rediss://"}


class BadRedisUrl(Misconfigured):
    """ION_REDIS__URL does not name a Redis."""

    code = "bad_redis_url"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all processes agreed on for one request."""

    is_let_in: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Last:
    """What was agreed on last for a key: when, the verdict, and up to how many this process may go by itself since."""

    at: float
    shared: Shared
    most: int


@dataclass(slots=True)
class Agreement:
    """Asks Redis for each request that this process would let in, and knows what to do while Redis does not answer.

    `share` is the part of a limit that one process may let through by itself then. `clock` is in seconds and never goes
    back; the moments in Redis are of the wall clock, which the machines of one installation have to agree on.
    """

    redis: Redis
    storage: RedisStorage
    seconds: int
    share: float
    clock: Callable[[], float]
    _away_until: float | None = None
    _last: dict[str, _Last] = field(default_factory=dict)
    _look_through_at: int = _FEW_KEYS

    @property
    def is_away(self) -> bool:
        """Tell whether Redis did not answer when it was asked last."""
        return self._away_until is not None

    async def ask(self, key: str, limit: int, *, here: int) -> Shared | None:
        """Let one more in, or not; None while Redis is away. `here` are those this process let in already."""
        last = self._last.get(key)
        if last is not None and (closed := self._still_closed(last, limit)) is not None:
            return closed
        if self._away_until is not None and self.clock() < self._away_until:
            return None
        try:
            shared = await self._asked(key, limit)
        except (RedisError, OSError) as error:
            self._lost(error)
            return None
        self._found()
        self._remember(key, _Last(self.clock(), shared, here + math.floor(self.share * shared.standing.remaining)))
        return shared

    def most(self, key: str, limit: int) -> int:
        """Return how many this process lets in by itself, of all within one window, while Redis is away.

        Soon after they last agreed, that is what it had let in and its share of what was left; later, its share of all.
        """
        last = self._last.get(key)
        is_fresh = last is not None and self.clock() - last.at < self.seconds
        return max(1, last.most if last is not None and is_fresh else math.floor(self.share * limit))

    async def ping(self) -> bool:
        """Tell whether Redis answers."""
        try:
            await self.redis.ping()
        except (RedisError, OSError) as error:
            self._lost(error)
            return False
        self._found()
        return True

    async def _asked(self, key: str, limit: int) -> Shared:
        is_let_in = await self.storage.acquire_entry(key, limit, self.seconds)
        oldest, count = await self.storage.get_moving_window(key, limit, self.seconds)
        remaining = max(0, limit - count) if is_let_in else 0
        return Shared(
            is_let_in, Standing(limit, remaining, max(0.0, oldest + self.seconds - system_clock().timestamp()))
        )

    def _still_closed(self, last: _Last, limit: int) -> Shared | None:
        """Return the refusal of a moment ago with what is left of its wait: Redis would say the same again."""
        passed, standing = self.clock() - last.at, last.shared.standing
        if last.shared.is_let_in or standing.limit != limit or passed >= standing.next_in:
            return None
        return Shared(False, Standing(limit, 0, standing.next_in - passed))

    def _remember(self, key: str, last: _Last) -> None:
        if key not in self._last and len(self._last) >= self._look_through_at:
            since = self.clock() - self.seconds
            self._last = {key: known for key, known in self._last.items() if known.at > since}
            self._look_through_at = max(_FEW_KEYS, 2 * len(self._last))
        self._last[key] = last

    def _lost(self, error: Exception) -> None:
        if self._away_until is None:
            log.warning("limits.redis_away", kind=type(error).__name__, share=self.share)
        self._away_until = self.clock() + _LEFT_ALONE

    def _found(self) -> None:
        if self._away_until is not None:
            log.info("limits.redis_back")
        self._away_until = None


def redis_url(url: str) -> str:
    """Return a URL of a Redis or Valkey as clients of Redis know it."""
    for other, usual in _ALSO_CALLED.items():
        url = url.replace(other, usual, 1) if url.startswith(other) else url
    return url


@asynccontextmanager
async def open_agreement(
    url: str, *, patience: float, seconds: int, share: float, clock: Callable[[], float]
) -> AsyncIterator[Agreement]:
    """Yield what agrees with other processes in the Redis at `url`; whether it answers shows when it is asked.

    Raises:
        BadRedisUrl: the URL does not name a Redis.
    """
    url = redis_url(url)
    try:
        # One more try at once, for a connection that has ended since it was last used.
        pool = ConnectionPool.from_url(
            url, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 1)
        )
    except ValueError:
        raise BadRedisUrl("ION_REDIS__URL: write redis://host:6379/0, rediss:// or unix://.") from None
    redis = Redis(connection_pool=pool)
    # It takes a URL of its own, and then connects by the pool.
    storage = RedisStorage("async+redis://", implementation="redispy", key_prefix=_PREFIX, connection_pool=pool)  # type: ignore[arg-type]
    try:
        yield Agreement(redis, storage, seconds, share, clock)
    finally:
        await pool.disconnect()
