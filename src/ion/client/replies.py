"""A reply as it is being written."""

from collections.abc import AsyncGenerator, Generator
from types import TracebackType
from typing import Self

from ion.client.events import Event
from ion.client.following import Hearing
from ion.client.values import Turn


class _Heard:
    """What has been heard of a reply."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing

    @property
    def text(self) -> str:
        """The text so far."""
        return self._hearing.text

    @property
    def turn(self) -> Turn | None:
        """The turn as it was told last: whole once the reply is done, None before it has started."""
        return self._hearing.turn

    def _whole(self) -> Turn:
        if self._hearing.turn is None or not self._hearing.is_over:
            message = "The reply was left before its end."
            raise RuntimeError(message)
        return self._hearing.turn


class Reply(_Heard):
    """The events of a reply, once; after a broken connection it goes on where it was.

    Leaving it closes the connection; ION writes on and keeps the reply.
    """

    def __init__(self, hearing: Hearing, events: Generator[Event]) -> None:
        super().__init__(hearing)
        self._events = events

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._events.close()

    def finished(self) -> Turn:
        """Pass over the events that are left, and return the whole turn.

        Raises:
            ClientError: the reply could not be followed to its end.
            RuntimeError: it was closed before.
        """
        for _ in self:
            pass
        return self._whole()


class AsyncReply(_Heard):
    """The events of a reply, once; after a broken connection it goes on where it was.

    Leaving it closes the connection; ION writes on and keeps the reply.
    """

    def __init__(self, hearing: Hearing, events: AsyncGenerator[Event]) -> None:
        super().__init__(hearing)
        self._events = events

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        return await anext(self._events)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        await self._events.aclose()

    async def finished(self) -> Turn:
        """Pass over the events that are left, and return the whole turn.

        Raises:
            ClientError: the reply could not be followed to its end.
            RuntimeError: it was closed before.
        """
        async for _ in self:
            pass
        return self._whole()
