"""Writes replies in the background: who asked for one may leave, come back, follow it again, or have it stopped."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ion.clock import Clock
from ion.errors import TooMany
from ion.llm import Delta
from ion.mentoring.conversation import EngineUsed, Turn, TurnId
from ion.mentoring.engine import Engine, EngineAsk, SteppedDown
from ion.mentoring.run import Run
from ion.mentoring.turn_store import TurnStore
from ion.monitoring import count_turn, log

_Result = TypeVar("_Result")


class TooManyReplies(TooMany):
    """As many replies as ION writes at once are being written."""

    code = "too_many_replies"


# By then one of the replies that are being written has usually ended.
_COME_BACK_SECONDS = 5


@dataclass(eq=False)
class Writer:
    """The replies that are being written, by their turns; at most `limit` at once."""

    engine: Engine
    turns: TurnStore
    clock: Clock
    new_id: Callable[[], str]
    limit: int
    _running: dict[TurnId, Run] = field(default_factory=dict)
    _promised: int = 0
    _waiting: list[asyncio.Event] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def running(self, turn_id: TurnId) -> Run | None:
        """Return the run of this turn, if its reply is being written."""
        return self._running.get(turn_id)

    @property
    def writing(self) -> int:
        """How many replies are being written."""
        return len(self._running)

    @property
    def left(self) -> int:
        """How many further replies could be begun now."""
        return max(0, self.limit - len(self._running) - self._promised)

    async def until_room(self) -> None:
        """Wait until a further reply could be begun; somebody else may still be faster."""
        while not self.left:
            freed = asyncio.Event()
            self._waiting.append(freed)
            await freed.wait()

    @contextmanager
    def room(self, replies: int = 1) -> Iterator[int]:
        """Hold room for further replies, until they are begun; yields how many of them may be written at once.

        Raises:
            TooManyReplies: as many as ION writes at once are being written, or would be with these.
        """
        # Where ION may write fewer than are asked for, they take all the room there is, one after the other.
        taken = min(replies, self.limit)
        if taken > self.left:
            raise TooManyReplies("ION is writing as many replies as it can. Try again in a moment.", _COME_BACK_SECONDS)
        self._promised += taken
        try:
            yield taken
        finally:
            self._promised -= taken
            self._let_in()

    def start(self, turn: Turn, reason: str, ask: EngineAsk) -> Run:
        """Begin to write the reply of a turn; where that is being done already, it goes on."""
        running = self._running.get(turn.id)
        if running is not None:
            return running
        run = self._running[turn.id] = Run(self.new_id(), turn, reason)
        # The task belongs to the writer, not to the reader: a closed browser ends nothing.
        task = asyncio.create_task(self._write(run, ask))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    async def close(self, *, patience: float) -> None:
        """Let replies that are being written finish, for at most `patience` seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _write(self, run: Run, ask: EngineAsk) -> None:
        try:
            turn = await self._written(run, ask)
        except BaseException as failure:
            log.error("turn.failed", kind=type(failure).__name__, conversation=run.turn.conversation_id)
            self._is_written(run)
            await run.end(run.turn, failure)
            if not isinstance(failure, Exception):
                raise
        else:
            self._is_written(run)
            await run.end(turn)

    def _is_written(self, run: Run) -> None:
        del self._running[run.turn.id]
        self._let_in()

    def _let_in(self) -> None:
        """Let those look who wait for room: all of them, as whoever is told may have left."""
        for freed in self._waiting:
            freed.set()
        self._waiting.clear()

    async def _written(self, run: Run, ask: EngineAsk) -> Turn:
        used = await _unless(run.stopped, self._said(run, ask)) or self.engine.used_until_stopped(run.stepped_down)
        turn = replace(run.turn, reply=run.so_far.strip(), engine=used, finished_at=self.clock())
        if turn.conversation_id is not None:
            await self.turns.finish(turn.id, reply=turn.reply, engine=used, at=turn.finished_at or self.clock())
        count_turn(persona=ask.persona.slug, engine=used.name, degraded=used.degraded, language=ask.language)
        log.info(
            "turn.answered", persona=ask.persona.slug, engine=used.name, degraded=used.degraded, reason=used.reason
        )
        return turn

    async def _said(self, run: Run, ask: EngineAsk) -> EngineUsed:
        """Pass on what the engine says, and return what it used."""
        used = EngineUsed(self.engine.name)
        async with aclosing(self.engine.stream(ask)) as pieces:
            async for piece in pieces:
                match piece:
                    case Delta() | SteppedDown():
                        await run.add(piece)
                    case EngineUsed():
                        used = piece
        return used


async def _unless(stopped: asyncio.Event, speaking: Coroutine[None, None, _Result]) -> _Result | None:
    """Return what the coroutine returns; None once `stopped` is set, which cancels it wherever it waits."""
    # A task of its own, so that a model's stream is opened, read and closed in one and the same.
    task = asyncio.create_task(speaking)
    stop = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
    finally:
        task.cancel()
        stop.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)
    return None
