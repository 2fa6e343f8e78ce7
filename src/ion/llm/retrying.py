"""A model that is asked again when that may help."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from random import Random

from ion.llm.port import Chunk, Model, ModelError, Prompt


@dataclass(frozen=True, slots=True)
class RetryingModel:
    """Asks up to `retries` more times after a transient error, as long as nothing of an answer has been passed on.

    Waits a random time up to `base_delay` seconds, doubling each time up to `max_delay` ("full jitter": callers that
    failed together do not come back together), and never less than the provider asks for. A provider that asks for
    more than `max_delay` is not asked again: nobody waits that long for a reply.
    """

    inner: Model
    retries: int
    base_delay: float
    max_delay: float
    rng: Random
    sleep: Callable[[float], Awaitable[None]]

    @property
    def name(self) -> str:
        """The name of the model it holds."""
        return self.inner.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as the inner model does.

        Raises:
            ModelError: the last try's.
        """
        failed = 0
        while True:
            begun = False
            try:
                async with aclosing(self.inner.stream(prompt)) as answer:
                    async for chunk in answer:
                        begun = True
                        yield chunk
                return
            except ModelError as error:
                delay = self._delay(error, failed)
                if begun or delay is None:
                    raise
            failed += 1
            await self.sleep(delay)

    def _delay(self, error: ModelError, failed: int) -> float | None:
        asked = error.retry_after or 0.0
        if not error.transient or failed == self.retries or asked > self.max_delay:
            return None
        return max(asked, self.rng.uniform(0, min(self.max_delay, self.base_delay * 2**failed)))
