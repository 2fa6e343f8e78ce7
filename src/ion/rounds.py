"""Work that goes on in the background, round after round."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from ion.monitoring import log


async def go_round(
    work: Callable[[], Awaitable[object]], *, every: timedelta, name: str, sooner: asyncio.Event | None = None
) -> None:
    """Do this work now and from time to time, and at once when `sooner` is set, until cancelled.

    What fails is logged under this name, and tried again in the next round.
    """
    wake = sooner or asyncio.Event()
    while True:
        wake.clear()
        try:
            await work()
        except Exception as error:
            log.error("round.failed", work=name, kind=type(error).__name__)
        try:
            async with asyncio.timeout(every.total_seconds()):
                await wake.wait()
        except TimeoutError:
            continue
