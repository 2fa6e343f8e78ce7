"""Fifty clients at once against real servers: one alone, and two that share a real Valkey."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.servers.ion import ion_server
from tests.servers.valkey import valkey_server

LIMIT, CLIENTS, EACH = 100, 50, 4
FAST = {"ION_RESONANCE__MODEL": "fast", "ION_LIMITS__PER_MINUTE": "100"}


async def statuses(addresses: list[str]) -> Counter[int]:
    """Return how clients at once, each with a connection of its own, were answered."""

    async def client(number: int) -> list[int]:
        async with httpx2.AsyncClient(base_url=addresses[number % len(addresses)], timeout=60) as http:
            answers = [await http.get("/api/v2/personas") for _ in range(EACH)]
        assert all(int(answer.headers["Retry-After"]) <= 60 for answer in answers if answer.status_code == 429)
        return [answer.status_code for answer in answers]

    return Counter(status for several in await asyncio.gather(*map(client, range(CLIENTS))) for status in several)


async def test_one_process_lets_in_exactly_the_limit(tmp_path: Path) -> None:
    with ion_server(tmp_path, FAST) as server:
        answered = await statuses([server.address])

    assert answered == {200: LIMIT, 429: CLIENTS * EACH - LIMIT}


async def test_two_processes_with_a_redis_let_in_no_more_than_the_limit_together(tmp_path: Path) -> None:
    with ExitStack() as stack:
        environ = {**FAST, "ION_REDIS__URL": stack.enter_context(valkey_server()), "ION_REDIS__TIMEOUT": "10"}
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir()
        servers = [stack.enter_context(ion_server(folder, environ)) for folder in folders]
        answered = await statuses([server.address for server in servers])

    assert answered[200] + answered[429] == CLIENTS * EACH
    # No more than the limit and one in a hundred.
    assert LIMIT <= answered[200] <= LIMIT * 1.01
