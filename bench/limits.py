"""What counting a request costs: `python -m bench.limits`."""

import asyncio
import json
import time
from ipaddress import ip_network
from itertools import count

from starlette.datastructures import Headers

from ion.anomalies import Lately
from ion.api.forwarded import Peer, peer_of
from ion.api.json_limit import check_json
from ion.api.routes_by_class import class_of
from ion.limits import Limiter, MovingWindow, RateClass

_ROUNDS = 20_000
_PROXIES = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
_BODY = json.dumps({"user_input": "How do I start a thesis? " * 20, "goals": ["write"], "context": {}}).encode()
_HEADERS = Headers({"Forwarded": "for=192.0.2.60;proto=https, for=10.0.0.2"})


async def main() -> None:
    """Print microseconds a request for each part."""
    limiter = Limiter(10**9, MovingWindow(60, time.monotonic))
    refusing = Limiter(1, MovingWindow(60, time.monotonic))
    subjects = [f"user:{number}" for number in range(500)]

    async def let_in(number: int) -> None:
        await limiter.ask(RateClass.CHAT, subjects[number % 500])

    async def refused(number: int) -> None:
        await refusing.ask(RateClass.CHAT, subjects[0])

    for name, step in (("let in", let_in), ("refused", refused)):
        started = time.process_time()
        for number in range(_ROUNDS):
            await step(number)
        print(f"{name:12} {(time.process_time() - started) / _ROUNDS * 1e6:6.2f} us")
    lately, numbers = Lately(time.monotonic, b"k" * 16), count()
    parts = {
        "watched": lambda: lately.add(subjects[next(numbers) % 500], str(next(numbers)), threshold=150),
        "class": lambda: class_of("POST", "/api/v2/process"),
        "class, last": lambda: class_of("DELETE", "/api/v2/conversations/abc"),
        f"JSON, {len(_BODY)} B": lambda: check_json(_BODY),
        "Forwarded": lambda: peer_of(Peer("127.0.0.1", "http"), _HEADERS, _PROXIES),
    }
    for name, part in parts.items():
        started = time.process_time()
        for _ in range(_ROUNDS):
            part()
        print(f"{name:12} {(time.process_time() - started) / _ROUNDS * 1e6:6.2f} us")


if __name__ == "__main__":
    asyncio.run(main())
