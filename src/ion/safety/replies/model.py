"""A language model whose replies hold nothing that they may not."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from ion.llm import Chunk, Delta, Model, ModelError, Prompt
from ion.monitoring import log
from ion.safety.replies.addresses import Told
from ion.safety.replies.guard import Guard


@dataclass(frozen=True, slots=True)
class GuardedModel:
    """Asks `inner`, and takes out of its answer what a reply may not hold."""

    inner: Model

    @property
    def name(self) -> str:
        """The name of the model that is asked."""
        return self.inner.name

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as `inner` does; what may become something to take out waits for the next piece.

        Raises:
            ModelError: as `inner` does, after all that it said.
        """
        guard = Guard(prompt.secret, Told("\n".join((prompt.system, *(one.content for one in prompt.messages)))))
        try:
            async with aclosing(self.inner.stream(prompt)) as answer:
                async for chunk in answer:
                    if shown := guard.feed(chunk.text) if isinstance(chunk, Delta) else guard.rest():
                        yield Delta(shown)
                    if not isinstance(chunk, Delta):
                        yield chunk
        except ModelError:
            if rest := guard.rest():
                yield Delta(rest)
            raise
        finally:
            for what in sorted(guard.removed):
                log.warning("reply.guarded", removed=what)
        if rest := guard.rest():
            yield Delta(rest)
