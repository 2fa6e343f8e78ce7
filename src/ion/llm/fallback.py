"""Models in order of preference: the next one answers where the one before says nothing."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ion.llm.port import Chunk, Model, ModelError, Prompt, StepDown


@dataclass(frozen=True, slots=True)
class FallbackModel:
    """Asks the first of `models` (at least one), and each next one only while nothing has been said.

    Half an answer is never continued by another model: its error is raised, and the caller decides.
    """

    models: tuple[Model, ...]

    @property
    def name(self) -> str:
        """The names of its models, in order."""
        return " > ".join(model.name for model in self.models)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as the first model that answers does, after a `StepDown` for each one that did not.

        Raises:
            ModelError: of the model that broke off, or of the last one.
        """
        *preferred, last = self.models
        for model in preferred:
            begun = False
            try:
                async with aclosing(model.stream(prompt)) as answer:
                    async for chunk in answer:
                        begun = True
                        yield chunk
                return
            except ModelError as error:
                if begun:
                    raise
                reason = error.reason
            yield StepDown(model.name, reason)
        async with aclosing(last.stream(prompt)) as answer:
            async for chunk in answer:
                yield chunk
