"""A model that plays scripts, and small ways to read a stream."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from ion.llm import Chunk, Delta, Message, Model, ModelError, Prompt, Reason, Usage

PROMPT = Prompt("You are kind.", (Message("user", "I am stuck."),), max_output_tokens=40)
HELLO: tuple[Chunk, ...] = (Delta("Hel"), Delta("lo"), Usage(7, 2, "scripted:model"))


class Hang:
    """A step that waits until the stream is cancelled."""


Step = Chunk | Exception | Hang


def failed(reason: Reason, *, transient: bool = True, retry_after: float | None = None) -> ModelError:
    return ModelError(reason, transient=transient, retry_after=retry_after)


@dataclass
class ScriptedModel:
    """Plays one script per stream, the last one again and again; `endings` tells how each stream ended."""

    scripts: Sequence[Sequence[Step]]
    name: str = "scripted:model"
    prompts: list[Prompt] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(prompt)
        script = self.scripts[min(len(self.prompts), len(self.scripts)) - 1]
        try:
            for step in script:
                if isinstance(step, Hang):
                    self.hanging.set()
                    await asyncio.Event().wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        except BaseException as error:
            self.endings.append(type(error).__name__)
            raise
        self.endings.append("whole")


def scripted(*scripts: Sequence[Step], name: str = "scripted:model") -> ScriptedModel:
    return ScriptedModel(scripts, name)


async def collect(model: Model, prompt: Prompt = PROMPT) -> list[Chunk]:
    async with aclosing(model.stream(prompt)) as answer:
        return [chunk async for chunk in answer]


async def collect_failure(model: Model, prompt: Prompt = PROMPT) -> tuple[list[Chunk], ModelError]:
    """Return what was said before the error, and the error."""
    said: list[Chunk] = []
    try:
        async with aclosing(model.stream(prompt)) as answer:
            async for chunk in answer:
                said.append(chunk)
    except ModelError as error:
        return said, error
    raise AssertionError(f"The stream ended as if it were whole, after {said}.")


def text_of(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, Delta))
