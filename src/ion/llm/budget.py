"""A model that is asked only as long as there are tokens left for whoever asks."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from ion.llm.port import Chunk, Delta, Model, ModelError, Prompt, Usage


class Purse(Protocol):
    """What tokens are taken from."""

    async def is_spent(self) -> bool:
        """Tell whether nothing is left for whoever asks now."""
        ...

    async def spend(self, tokens: int) -> None:
        """Take what an answer took; it may be more than was left."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetedModel:
    """Asks `inner` while there is something in the purse; `estimate` counts tokens where the provider does not say."""

    inner: Model
    purse: Purse
    estimate: Callable[[str], int]

    @property
    def name(self) -> str:
        """The model's own name."""
        return self.inner.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the model's answer, and take from the purse what it took; also where it was stopped or broke off.

        Raises:
            ModelError: the purse is empty, or the model does not answer.
        """
        if await self.purse.is_spent():
            raise ModelError("over_budget", transient=False)
        written: list[str] = []
        told: Usage | None = None
        try:
            async with aclosing(self.inner.stream(prompt)) as chunks:
                async for chunk in chunks:
                    match chunk:
                        case Delta():
                            written.append(chunk.text)
                        case Usage():
                            told = chunk
                    yield chunk
        finally:
            # A provider that said nothing took nothing.
            if told is not None:
                await self.purse.spend(told.input_tokens + told.output_tokens)
            elif written:
                given = [prompt.system, *(message.content for message in prompt.messages)]
                await self.purse.spend(sum(map(self.estimate, (*given, "".join(written)))))
