"""A turn in the making: it goes on whether or not anyone is listening."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from ion.llm import Delta
from ion.mentoring.conversation import Turn
from ion.mentoring.engine import SteppedDown

Event = Delta | SteppedDown


@dataclass(eq=False)
class Run:
    """A turn whose reply is being written; any number of readers can follow it, from the beginning.

    `id` tells the pieces of one run from those of another of the same turn: after a restart a reply is written anew.
    """

    id: str
    turn: Turn
    reason: str
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _events: list[Event] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _over: bool = False
    _failure: BaseException | None = None

    @property
    def so_far(self) -> str:
        """What has been written up to now."""
        return "".join(event.text for event in self._events if isinstance(event, Delta))

    @property
    def stepped_down(self) -> str | None:
        """Why a lesser engine took over, by the last time that one did; None where the wanted one writes."""
        return next((event.reason for event in reversed(self._events) if isinstance(event, SteppedDown)), None)

    @property
    def told(self) -> int:
        """The number of the newest piece."""
        return len(self._events)

    async def events(self, *, after: int = 0) -> AsyncGenerator[tuple[int, Event]]:
        """Yield the numbered pieces of the reply from number `after` + 1 on, until it is complete."""
        last, over = after, False
        while not over:
            seen = last
            fresh, last, over = await self.further(seen)
            for number, event in enumerate(fresh, seen + 1):
                yield number, event

    async def further(self, after: int) -> tuple[list[Event], int, bool]:
        """Wait for pieces after number `after`; return them, the number of the last, and whether they are the last.

        Raises:
            BaseException: whatever kept the reply from being written or stored, once its pieces have been returned.
        """
        async with self._changed:
            while after >= len(self._events) and not self._over:
                await self._changed.wait()
            fresh, over = self._events[after:], self._over
        if self._failure is not None and not fresh:
            raise self._failure
        return fresh, after + len(fresh), over and self._failure is None

    async def finished(self) -> Turn:
        """Wait for the complete turn.

        Raises:
            BaseException: whatever kept the reply from being written or stored.
        """
        async for _ in self.events():
            pass
        return self.turn

    async def add(self, event: Event) -> None:
        """Tell every reader of a further piece."""
        async with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    async def end(self, turn: Turn, failure: BaseException | None = None) -> None:
        """Tell every reader that this is all."""
        async with self._changed:
            self.turn, self._failure, self._over = turn, failure, True
            self._changed.notify_all()


async def ended(run: Run, turn: Turn) -> Run:
    """Return the run, ended with a turn whose reply is complete."""
    await run.add(Delta(turn.reply))
    await run.end(turn)
    return run
