"""One test for both clients: what AsyncIon gives is awaited, and what Ion gives is there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

import httpx2

from ion.client import AsyncIon, Event, Ion, Reply, Retries

T = TypeVar("T")
Kind = Literal["Ion", "AsyncIon"]


@dataclass
class Asking:
    """A client, called Ion whichever it is, and the pauses it was to make; `at_pause` is done in their place."""

    ion: Ion
    waits: list[float]
    _runner: asyncio.Runner
    at_pause: Callable[[], None] = field(default=lambda: None)

    def do(self, asked: T) -> T:
        """Return what was asked for."""
        if asyncio.iscoroutine(asked):
            return cast(T, self._runner.run(asked))
        return asked

    def all(self, items: Iterable[T]) -> Iterator[T]:
        """Go through what comes one by one; a reply is left open."""
        if isinstance(items, AsyncIterator):
            while True:
                try:
                    yield self._runner.run(_next(items))
                except StopAsyncIteration:
                    return
        # Not `yield from`, which would close what is left open.
        for item in items:  # noqa: UP028
            yield item

    def until(self, reply: Reply, last: Callable[[Event], bool]) -> list[Event]:
        """Hear a reply up to an event."""
        heard: list[Event] = []
        for event in self.all(reply):
            heard.append(event)
            if last(event):
                break
        return heard

    def leave(self, reply: Reply) -> None:
        """Leave a reply before its end."""
        self.do(cast(Any, reply).close())


@contextmanager
def asking(
    kind: Kind, address: str, *, at_answer: Callable[[str], None] | None = None, **options: Any
) -> Iterator[Asking]:
    """Open a client that does not wait; `at_answer` is told the path of each request whose answer begins."""
    waits: list[float] = []
    with asyncio.Runner() as runner, ExitStack() as stack:

        async def tell_async(response: httpx2.Response) -> None:
            tell(response)

        def tell(response: httpx2.Response) -> None:
            assert at_answer is not None
            at_answer(response.request.url.path)

        if at_answer is not None and kind == "Ion":
            options["http"] = stack.enter_context(httpx2.Client(event_hooks={"response": [tell]}))
        elif at_answer is not None:
            options["http"] = httpx2.AsyncClient(event_hooks={"response": [tell_async]})
            stack.callback(lambda: runner.run(options["http"].aclose()))

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            opened.at_pause()

        async def sleep_async(seconds: float) -> None:
            waits.append(seconds)
            await asyncio.to_thread(opened.at_pause)

        if kind == "Ion":
            with Ion(address, sleep=sleep, **options) as ion:
                opened = Asking(ion, waits, runner)
                yield opened
        else:
            client = AsyncIon(address, sleep=sleep_async, **options)
            opened = Asking(cast(Ion, client), waits, runner)
            yield opened
            runner.run(client.close())


async def _next(items: AsyncIterator[T]) -> T:
    return await anext(items)


ONE_TRY = Retries(most=0)
