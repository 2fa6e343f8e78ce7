import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

import pytest

from ion.llm import Chunk, Delta, Prompt, Usage
from tests.servers.proxy import Proxy, proxy_to
from tests.web.conftest import Piece, serve, settings_in

PATIENCE = 30.0


@dataclass
class Actor:
    """A model that plays its takes one after the other, the last one again and again; an event is waited for."""

    takes: list[tuple[Piece, ...]] = field(default_factory=list)
    asked: int = 0
    name: str = "test:actor"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        take = self.takes[min(self.asked, len(self.takes) - 1)]
        self.asked += 1
        for piece in take:
            match piece:
                case str():
                    yield Delta(piece)
                case Exception():
                    raise piece
                case _:
                    await asyncio.to_thread(piece.wait, PATIENCE)
        yield Usage(len(prompt.messages), 3, self.name)


@dataclass(frozen=True)
class Stage:
    """A server whose model says what the test has it say."""

    address: str
    actor: Actor
    cues: list[threading.Event] = field(default_factory=list)

    def play(self, *takes: tuple[Piece, ...]) -> None:
        """Let the model say the first take when it is asked next, and so on."""
        self.actor.takes, self.actor.asked = list(takes), 0

    def cue(self) -> threading.Event:
        """Return what a take waits for, until it is set."""
        self.cues.append(threading.Event())
        return self.cues[-1]


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    actor = Actor([("Well then.",)])
    with serve(settings_in(tmp_path_factory.mktemp("theatre")), model=actor) as running:
        yield Stage(running, actor)


@pytest.fixture
def stage(theatre: Stage) -> Iterator[Stage]:
    yield theatre
    for cue in theatre.cues:
        cue.set()
    theatre.cues.clear()


@pytest.fixture
def line(address: str) -> Iterator[Proxy]:
    """A line to the server without a language model."""
    with proxy_to(address) as proxy:
        yield proxy


@pytest.fixture
def stage_line(stage: Stage) -> Iterator[Proxy]:
    """A line to the server whose model says what the test has it say."""
    with proxy_to(stage.address) as proxy:
        yield proxy
