"""A model that plays its part take by take, and what is needed to let it play before an audience."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from ion.llm import Chunk, Delta, Model, Prompt, StepDown, Usage
from ion.mentoring import ConversationId
from ion.services import Services, open_services
from ion.settings import ServerSettings
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import prepared

ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
DANGER = "그냥 다 끝내고 싶어요. 더는 살고 싶지 않아요."

Piece = str | Exception | asyncio.Event | StepDown


class Actor:
    """A model with one take for every time it is asked, the last one again and again; an event is waited for."""

    name = "test:actor"

    def __init__(self, *takes: tuple[Piece, ...]) -> None:
        self.takes = takes
        self.prompts: list[Prompt] = []
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.prompts.append(prompt)
        self.asked.set()
        try:
            for piece in self.takes[min(len(self.prompts), len(self.takes)) - 1]:
                match piece:
                    case Exception():
                        raise piece
                    case asyncio.Event():
                        await piece.wait()
                    case StepDown():
                        yield piece
                    case _:
                        yield Delta(piece)
            yield Usage(7, 3, "actor-1")
        finally:
            self.left.set()

    @property
    def system(self) -> str:
        """What the newest prompt says beside the messages."""
        return self.prompts[-1].system

    @property
    def messages(self) -> list[str]:
        """The messages of the newest prompt."""
        return [message.content for message in self.prompts[-1].messages]


@asynccontextmanager
async def open_at(url: str, *, model: Model | None = None, replies: int = 32) -> AsyncIterator[Services]:
    """Open services on the database at `url`, which is brought up to date."""
    settings = sealing_settings(await prepared(url)).model_copy(update={"server": ServerSettings(replies=replies)})
    async with open_services(settings, model=model) as opened:
        yield opened


async def started(services: Services, *, persona: str | None = None) -> ConversationId:
    return (await services.pipeline.open_conversation("en", persona=persona)).id
