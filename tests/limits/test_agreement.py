import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

import httpx2
import pytest
import structlog

from ion.limits import Agreement, BadRedisUrl, Limiter, MovingWindow, RateClass, Verdict, open_agreement
from ion.settings import LimitsSettings, RedisSettings, Settings
from tests.conftest import client_of
from tests.llm.test_breaker import ManualClock
from tests.servers.ion import free_port
from tests.servers.valkey import valkey_server

LIMIT = 100


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with valkey_server() as url:
        yield url


@asynccontextmanager
async def process(url: str, clock: ManualClock | None = None, *, share: float = 0.5) -> AsyncIterator[Limiter]:
    """What one process of ION has: windows of its own, and a Redis for all."""
    now = clock or time.monotonic
    # The machine may be slow; that Redis is gone is noticed at once all the same.
    async with open_agreement(url, patience=10, seconds=60, share=share, clock=now) as agreement:
        yield Limiter(LIMIT, MovingWindow(60, now), agreement)


async def ask(limiter: Limiter, subject: str) -> Verdict:
    verdict = await limiter.ask(RateClass.CHAT, subject)
    assert verdict is not None
    return verdict


def agreement_of(limiter: Limiter) -> Agreement:
    assert limiter.agreement is not None
    return limiter.agreement


def let_in(verdicts: list[Verdict]) -> int:
    return sum(verdict.is_let_in for verdict in verdicts)


class TestTwoProcesses:
    async def test_let_in_the_limit_together_however_many_ask_at_once(self, valkey: str) -> None:
        async with process(valkey) as one, process(valkey) as other:

            async def client(limiter: Limiter) -> list[Verdict]:
                return [await ask(limiter, "mina") for _ in range(6)]

            verdicts = [
                verdict
                for several in await asyncio.gather(*(client(limiter) for limiter in (one, other) * 25))
                for verdict in several
            ]

        assert let_in(verdicts) == LIMIT
        assert {verdict.standing.limit for verdict in verdicts} == {LIMIT}

    async def test_tell_the_same_of_what_is_left(self, valkey: str) -> None:
        async with process(valkey) as one, process(valkey) as other:
            standings = [(await ask(limiter, "june")).standing for limiter in (one, other, one)]

        assert [standing.remaining for standing in standings] == [99, 98, 97]
        assert all(55 < standing.next_in <= 60 for standing in standings)

    async def test_do_not_ask_again_what_was_refused_a_moment_ago(self, valkey: str) -> None:
        async with process(valkey) as one, process(valkey) as other:
            for _ in range(LIMIT):
                await ask(one, "nora")
            refused = await ask(other, "nora")
            before = (await agreement_of(other).redis.info("stats"))["total_commands_processed"]
            again = [await ask(limiter, "nora") for limiter in (one, other) * 10]
            after = (await agreement_of(other).redis.info("stats"))["total_commands_processed"]

        assert not refused.is_let_in
        assert let_in(again) == 0
        assert all(50 < verdict.retry_after <= 60 for verdict in again)
        assert after - before == 1

    async def test_leave_nothing_of_who_asked_in_redis(self, valkey: str) -> None:
        async with process(valkey) as one:
            await ask(one, "network:203.0.113.0/24")
            keys = [str(key) for key in await agreement_of(one).redis.keys("*")]

        assert keys
        assert all("ion:limit" in key for key in keys)
        assert not any("network" in key or "203.0.113" in key for key in keys)

    async def test_remember_only_those_who_came_lately(self, valkey: str) -> None:
        clock = ManualClock()
        async with process(valkey, clock) as one:
            for number in range(1_100):
                clock.now += 1
                await ask(one, f"somebody {number}")
            remembered = len(agreement_of(one)._last)

        assert remembered < 200


class TestRedisGoesAway:
    async def test_and_each_goes_on_with_its_part_until_it_is_back(self) -> None:
        port = free_port()
        with ExitStack() as servers:
            stop = servers.enter_context(ExitStack())
            url = stop.enter_context(valkey_server(port))
            async with AsyncExitStack() as stack:
                clock = ManualClock()
                both = [await stack.enter_async_context(process(url, clock)) for _ in range(2)]
                together = [await ask(limiter, "mina") for limiter in both * 20]
                stop.close()
                with structlog.testing.capture_logs() as logs:
                    alone = [await ask(limiter, "mina") for limiter in both * 100]
                    strangers = [await ask(both[0], "june") for _ in range(LIMIT)]
                    is_well = await agreement_of(both[0]).ping()
                clock.now += 61
                later = [await ask(limiter, "mina") for limiter in both * 100]
                servers.enter_context(valkey_server(port))
                clock.now += 61
                again = [await ask(limiter, "mina") for limiter in both * 100]

        assert let_in(together) == 40
        # Each had a half of the 60 or 61 that were left.
        assert 58 <= let_in(alone) <= 60
        assert let_in(strangers) == LIMIT // 2
        assert let_in(later) == let_in(again) == LIMIT
        assert Counter(entry["event"] for entry in logs) == {"limits.redis_away": 2}
        assert not is_well
        assert not agreement_of(both[0]).is_away

    async def test_shows_in_health_and_nobody_is_locked_out(self, settings: Settings) -> None:
        nowhere = RedisSettings.model_validate({"url": f"redis://127.0.0.1:{free_port()}"})
        away = settings.model_copy(update={"redis": nowhere, "limits": LimitsSettings(per_minute=10)})
        async with client_of(away) as client:
            statuses = [(await client.get("/api/v2/personas")).status_code for _ in range(8)]
            health = await client.get("/api/v2/health")

        assert statuses == [200] * 5 + [429] * 3
        assert health.status_code == 200
        assert (health.json()["service_status"], health.json()["dependencies"]["redis"]) == ("degraded", False)


class TestUrl:
    async def test_may_name_a_valkey(self, valkey: str, settings: Settings) -> None:
        url = valkey.replace("redis://", "valkey://")
        here = settings.model_copy(update={"redis": RedisSettings.model_validate({"url": url, "timeout": 10})})
        async with client_of(here) as client:
            response: httpx2.Response = await client.get("/api/v2/health")

        assert response.json()["dependencies"] == {"database": True, "redis": True}

    @pytest.mark.parametrize("url", ["http://127.0.0.1:6379", "nonsense", "redis://127.0.0.1:port"])
    async def test_that_names_none_is_refused(self, url: str) -> None:
        with pytest.raises(BadRedisUrl):
            async with process(url):
                pass
