"""Work that ends when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from starlette.requests import Request

_Result = TypeVar("_Result")


class Gone(Exception):
    """Who asked has left before the answer was there."""


async def unless_gone(request: Request, work: Coroutine[None, None, _Result]) -> _Result:
    """Return what `work` returns; it is cancelled when the client goes. The request's body has to be read.

    Raises:
        Gone: the client went first.
    """
    task = asyncio.create_task(work)
    # After a whole body nothing can come from the client but that it leaves.
    gone = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Gone
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)
