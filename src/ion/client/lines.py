"""The two ways in which the steps of a call are taken: waiting, and in an event loop."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import TypeVar

import httpx2

from ion.client.call import Call, Pages, Wait, Watch
from ion.client.events import Event
from ion.client.following import Following, Listen, Open, Step, Tell, Told
from ion.client.outcomes import Answer, Broken, Outcome
from ion.client.replies import AsyncReply, Reply
from ion.client.signed_in import SignedIn
from ion.client.steps import Manner, Pause, Send, performed

T = TypeVar("T")
_Tale = Generator[Step, Outcome | Told | None, None]

# A whole turn is one event: the message, the reply and their earlier drafts.
_LONGEST_EVENT = 64 * 1024 * 1024
# Seconds.
_TO_CONNECT = 10.0


@dataclass(frozen=True, slots=True)
class Wire:
    """Where ION is, and what every request carries.

    `timeout` is the longest silence in seconds while one reply is waited for.
    """

    address: str
    headers: Mapping[str, str]
    timeout: float

    def request(
        self, http: httpx2.Client | httpx2.AsyncClient, call: Call[object], signed_in: SignedIn
    ) -> httpx2.Request:
        """Return a call as it goes over the wire."""
        who = {} if call.anonymous else signed_in.headers
        headers = {"Accept": "application/json", **self.headers, **who, **call.headers}
        if (content := call.content) is not None:
            headers["Content-Type"] = call.media_type
        return http.build_request(
            call.method,
            f"{self.address}/api/v2{call.path}",
            params=call.query or None,
            headers=headers,
            content=content,
            timeout=httpx2.Timeout(
                self.timeout, connect=min(self.timeout, _TO_CONNECT), read=self.timeout * call.replies
            ),
        )


@dataclass(frozen=True)
class Line:
    """Takes the steps of calls, and waits for each."""

    http: httpx2.Client
    wire: Wire
    manner: Manner
    sleep: Callable[[float], None]

    def perform(self, call: Call[T]) -> T:
        """Make a call and return its result.

        Raises:
            ClientError: ION refused, cannot be reached or is not what answered.
        """
        steps = performed(call, self.manner)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as ended:
                result: T = ended.value
                return result
            outcome = self._take(step)

    def pages(self, pages: Pages[T]) -> Iterator[T]:
        """Yield what is on all pages; each is asked for when it is come to."""
        call = pages.first
        while True:
            page = self.perform(call)
            yield from page.items
            if (further := pages.after(page)) is None:
                return
            call = further

    def wait(self, wait: Wait[T]) -> T:
        """Return how something is once that is its end."""
        while not wait.is_over(found := self.perform(wait.first)):
            self.sleep(wait.every)
        return found

    def watch(self, watch: Watch) -> Reply:
        """Return a reply to follow; nothing is sent before its first event is asked for."""
        following = Following(watch, self.manner)
        return Reply(following.hearing, self._told(following.steps()))

    def request(self, call: Call[object]) -> httpx2.Request:
        """Return a call as it goes over the wire now."""
        return self.wire.request(self.http, call, self.manner.signed_in)

    def _take(self, step: Send | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            self.sleep(step.seconds)
            return None
        try:
            response = self.http.send(self.request(step.call), follow_redirects=False)
        except httpx2.RequestError as error:
            return _broken(error)
        return Answer(response.status_code, response.headers, response.content)

    def _told(self, tale: _Tale) -> Generator[Event]:
        with closing(tale), closing(_Listening(self)) as listening:
            outcome: Outcome | Told | None = None
            while True:
                try:
                    step = tale.send(outcome)
                except StopIteration:
                    return
                outcome = None
                match step:
                    case Tell(event):
                        yield event
                    case Pause(seconds):
                        self.sleep(seconds)
                    case Send():
                        outcome = self._take(step)
                    case Open(call):
                        outcome = listening.open(call)
                    case Listen():
                        outcome = listening.listen()


class _Listening:
    """At most one stream at a time."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._response: httpx2.Response | None = None
        self._events: Iterator[httpx2.ServerSentEvent] = iter(())

    def open(self, call: Call[object]) -> Outcome:
        """Send the call; what refuses it is read whole."""
        self.close()
        try:
            response = self._line.http.send(self._line.request(call), stream=True, follow_redirects=False)
            self._response = response
            body = b"" if response.status_code in call.fine else response.read()
        except httpx2.RequestError as error:
            return _broken(error)
        self._events = iter(httpx2.EventSource(response, _LONGEST_EVENT))
        return Answer(response.status_code, response.headers, body)

    def listen(self) -> Told | Broken:
        """Wait for the next event."""
        try:
            event = next(self._events, None)
        except httpx2.RequestError as error:
            return _broken(error)
        return Broken(arrived=True) if event is None else Told(event.event, event.data, event.id)

    def close(self) -> None:
        """Hang up."""
        if self._response is not None:
            self._response.close()


@dataclass(frozen=True)
class AsyncLine:
    """Takes the steps of calls in an event loop."""

    http: httpx2.AsyncClient
    wire: Wire
    manner: Manner
    sleep: Callable[[float], Awaitable[None]]

    async def perform(self, call: Call[T]) -> T:
        """Make a call and return its result.

        Raises:
            ClientError: ION refused, cannot be reached or is not what answered.
        """
        steps = performed(call, self.manner)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as ended:
                result: T = ended.value
                return result
            outcome = await self._take(step)

    async def pages(self, pages: Pages[T]) -> AsyncIterator[T]:
        """Yield what is on all pages; each is asked for when it is come to."""
        call = pages.first
        while True:
            page = await self.perform(call)
            for item in page.items:
                yield item
            if (further := pages.after(page)) is None:
                return
            call = further

    async def wait(self, wait: Wait[T]) -> T:
        """Return how something is once that is its end."""
        while not wait.is_over(found := await self.perform(wait.first)):
            await self.sleep(wait.every)
        return found

    def watch(self, watch: Watch) -> AsyncReply:
        """Return a reply to follow; nothing is sent before its first event is asked for."""
        following = Following(watch, self.manner)
        return AsyncReply(following.hearing, self._told(following.steps()))

    def request(self, call: Call[object]) -> httpx2.Request:
        """Return a call as it goes over the wire now."""
        return self.wire.request(self.http, call, self.manner.signed_in)

    async def _take(self, step: Send | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            await self.sleep(step.seconds)
            return None
        try:
            response = await self.http.send(self.request(step.call), follow_redirects=False)
        except httpx2.RequestError as error:
            return _broken(error)
        return Answer(response.status_code, response.headers, response.content)

    async def _told(self, tale: _Tale) -> AsyncGenerator[Event]:
        with closing(tale):
            async with aclosing(_AsyncListening(self)) as listening:
                outcome: Outcome | Told | None = None
                while True:
                    try:
                        step = tale.send(outcome)
                    except StopIteration:
                        return
                    outcome = None
                    match step:
                        case Tell(event):
                            yield event
                        case Pause(seconds):
                            await self.sleep(seconds)
                        case Send():
                            outcome = await self._take(step)
                        case Open(call):
                            outcome = await listening.open(call)
                        case Listen():
                            outcome = await listening.listen()


class _AsyncListening:
    """At most one stream at a time."""

    def __init__(self, line: AsyncLine) -> None:
        self._line = line
        self._response: httpx2.Response | None = None
        self._events: AsyncIterator[httpx2.ServerSentEvent] | None = None

    async def open(self, call: Call[object]) -> Outcome:
        """Send the call; what refuses it is read whole."""
        await self.aclose()
        try:
            response = await self._line.http.send(self._line.request(call), stream=True, follow_redirects=False)
            self._response = response
            body = b"" if response.status_code in call.fine else await response.aread()
        except httpx2.RequestError as error:
            return _broken(error)
        self._events = aiter(httpx2.EventSource(response, _LONGEST_EVENT))
        return Answer(response.status_code, response.headers, body)

    async def listen(self) -> Told | Broken:
        """Wait for the next event."""
        assert self._events is not None
        try:
            event = await anext(self._events, None)
        except httpx2.RequestError as error:
            return _broken(error)
        return Broken(arrived=True) if event is None else Told(event.event, event.data, event.id)

    async def aclose(self) -> None:
        """Hang up."""
        if self._response is not None:
            await self._response.aclose()


def _broken(error: httpx2.RequestError) -> Broken:
    never_sent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    return Broken(arrived=not isinstance(error, never_sent), cause=error)
