"""Read server-sent events as they arrive."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2


async def events_of(response: httpx2.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Yield each event's name and data; comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and fields:
            yield fields["event"], json.loads(fields["data"])
            fields = {}
