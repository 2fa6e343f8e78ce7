"""ION for the pictures: what was said before, and a model that waits where a picture is taken."""

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvicorn

from bench.screenshots import texts
from ion.app import create_app
from ion.clock import system_clock
from ion.language import Language
from ion.llm import Chunk, Delta, Model, ModelError, Prompt, Usage
from ion.mentoring import Ask, ConversationId
from ion.services import Services, open_services
from ion.settings import DatabaseSettings, LimitsSettings, Settings

# More turns than a page shows at once.
LONG = 34


@dataclass
class Scripted:
    """A model that says what it is told to; where it waits, `go` lets it go on by one step."""

    scripts: Mapping[str, Sequence[object]]
    name: str = "openai:gpt-5-mini"
    steps: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def go(self) -> None:
        """Let it say more."""
        self.steps.release()

    def end(self) -> None:
        """Let it say all the rest, and wait again in what it says next."""
        for _ in range(10):
            self.steps.release()
        self.steps = asyncio.Semaphore(0)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Say what the script has for the newest message."""
        message, steps = prompt.messages[-1].content, self.steps
        script = next((script for name, script in self.scripts.items() if name in message), ("…",))
        for piece in script:
            if piece is texts.WAIT:
                await steps.acquire()
            elif piece is texts.FAIL:
                raise RuntimeError("the picture of a reply that breaks off")
            elif piece is texts.LATE:
                raise ModelError("timeout", transient=False)
            else:
                yield Delta(str(piece))
        yield Usage(7, 3, self.name)


@dataclass(frozen=True, slots=True)
class Kept:
    """Conversations that were held before the pictures are taken."""

    database: Path
    listed: tuple[ConversationId, ...]
    long: ConversationId
    cut_off: ConversationId


def settings_for(database: Path) -> Settings:
    """Return settings that differ from an operator's by the database alone."""
    return Settings(database=DatabaseSettings(url=f"sqlite:///{database}"), limits=LimitsSettings(per_minute=0))


async def keep(folder: Path, language: Language) -> Kept:
    """Hold the conversations of the list, at their times, by the pipeline itself."""
    database = folder / f"{language}.db"
    ago = timedelta()
    settings = settings_for(database)
    async with open_services(settings, clock=lambda: system_clock() - ago) as services:
        listed = []
        for days, message in texts.LISTED[language]:
            ago = timedelta(days=days)
            listed.append(await _held(services, language, [message]))
        ago = timedelta(days=3)
        lines = [texts.FIRST[language], *texts.lines(language, LONG).splitlines()]
        long = await _held(services, language, lines)
        ago = timedelta(days=2)
        cut_off = await _held(services, language, [texts.SLOW[language]])
    _cut_off(database, cut_off)
    return Kept(database, tuple(listed), long, cut_off)


def _cut_off(database: Path, conversation: ConversationId) -> None:
    """Leave the turn as a server leaves it that was killed before the first word."""
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE turn SET sealed_reply = NULL, engine = '{}', finished_at = NULL WHERE conversation_id = ?",
            [conversation],
        )


async def _held(services: Services, language: Language, messages: Sequence[str]) -> ConversationId:
    conversation = await services.pipeline.open_conversation(language)
    for message in messages:
        await services.pipeline.process(Ask(message, conversation.id))
    return conversation.id


class _Server(uvicorn.Server):
    """A server in the browser driver's own loop, which says when it takes requests; Ctrl+C is the driver's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(database: Path, *, model: Model | None = None) -> AsyncIterator[str]:
    """Serve on a free port and yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(settings_for(database), model=model),
            ws="none",
            log_level="critical",
            timeout_graceful_shutdown=2,
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        await server.is_up.wait()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
