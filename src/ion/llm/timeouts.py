"""A model that is given up when it takes too long."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ion.llm.port import Chunk, Model, ModelError, Prompt


@dataclass(frozen=True, slots=True)
class TimedModel:
    """Waits `first_token` seconds for the first chunk, and `total` seconds for all, counted from the same moment."""

    inner: Model
    first_token: float
    total: float

    @property
    def name(self) -> str:
        """The name of the model it holds."""
        return self.inner.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as the inner model does.

        Raises:
            ModelError: of the inner model, or `timeout`; the inner stream has then been cancelled.
        """
        begun = asyncio.get_running_loop().time()
        end = begun + self.total
        deadline = min(begun + self.first_token, end)
        async with aclosing(self.inner.stream(prompt)) as answer:
            while (chunk := await _next(answer, deadline)) is not None:
                deadline = end
                yield chunk


async def _next(answer: AsyncGenerator[Chunk, None], deadline: float) -> Chunk | None:
    # The deadline is held around one step only: across a `yield` it would cancel whoever reads the stream.
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(answer, None)
    except TimeoutError:
        raise ModelError("timeout", transient=True) from None
