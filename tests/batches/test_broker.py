"""The bell: heard in this process, or in one of those that share a Redis; and nobody waits for a Redis that is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from ion.batches import Bell
from tests.servers.ion import free_port
from tests.servers.valkey import valkey_server


@pytest.fixture(scope="module")
def valkey() -> Iterator[str]:
    with valkey_server() as url:
        yield url


@asynccontextmanager
async def heard_by(bell: Bell, *, most: int = 1) -> AsyncIterator[asyncio.Queue[str]]:
    """Yield what is put into whenever the bell is heard; whoever hears it has it in their hands for a moment."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def work() -> None:
        heard.put_nowait("ding")
        await asyncio.sleep(0.3)

    task = asyncio.create_task(bell.listen(work, most=most))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def next_of(heard: asyncio.Queue[str]) -> str:
    async with asyncio.timeout(20):
        return await heard.get()


class TestAlone:
    async def test_it_is_heard_in_the_same_process(self) -> None:
        bell = Bell()
        async with heard_by(bell) as heard:
            await asyncio.sleep(0)
            await bell.ring(2)
            assert [await next_of(heard) for _ in range(2)] == ["ding", "ding"]

    async def test_where_nobody_listens_nothing_happens(self) -> None:
        await Bell().ring(1)


class TestShared:
    async def test_whoever_has_a_hand_free_hears_it(self, valkey: str) -> None:
        here = Bell(valkey)
        async with heard_by(here) as one, heard_by(Bell(valkey)) as other:
            async with asyncio.timeout(30):
                while one.empty() or other.empty():
                    await here.ring(2)
                    await asyncio.sleep(0.2)

        assert one.get_nowait() == other.get_nowait() == "ding"

    async def test_away_it_keeps_nobody_waiting(self) -> None:
        url = f"redis://127.0.0.1:{free_port()}/0"
        with capture_logs() as logs:
            bell = Bell(url)
            async with asyncio.timeout(10), heard_by(bell) as heard:
                await bell.ring(1)
                await asyncio.sleep(0.3)

        assert heard.empty()
        assert {entry["event"] for entry in logs} == {"batches.not_rung", "batches.bell_lost"}
