"""What may stand between a browser and ION: a line that can be cut and mended, and a proxy with a mind of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_WITHIN = 15.0


@dataclass(frozen=True, slots=True)
class Says:
    """The proxy answers by itself."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = "<!doctype html><title>Somebody else</title><h1>Not ION</h1>"


@dataclass(frozen=True, slots=True)
class LosesAnswer:
    """The request reaches the server, and the line breaks before its answer is back."""


# Told the method and the path; None lets the request pass.
Rule = Callable[[str, str], Says | LosesAnswer | None]


def passes(_method: str, _path: str) -> None:
    """Let every request pass."""


@dataclass
class Proxy:
    """A line to the server at `upstream`; one request a connection, so that it can be told of each."""

    upstream: str
    rule: Rule = passes
    address: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break what is open, and refuse what comes."""
        self._do(self._cut())

    def mend(self) -> None:
        """Let requests come again, at the same address."""
        self._do(self._listen())

    @property
    def posts(self) -> list[str]:
        """The paths that something was posted to."""
        return [path for method, path in self.requests if method == "POST"]

    def run(self) -> None:
        """Serve in this thread until `end`."""
        self._loop.run_forever()
        self._loop.run_until_complete(self._leave())
        self._loop.close()

    def end(self) -> None:
        """Serve no longer."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_WITHIN)

    async def _listen(self) -> None:
        port = urlsplit(self.address).port or 0
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _cut(self) -> None:
        if self._server is not None:
            for listening in self._server.sockets:
                self._loop.remove_reader(listening.fileno())
            await self._drop()  # a server that is closed lets go of what it accepted last, without closing it
            self._server.close()
            self._server = None
        await self._drop()

    async def _leave(self) -> None:
        await self._cut()
        while left := asyncio.all_tasks() - {asyncio.current_task()}:
            await self._drop()
            for task in left:
                task.cancel()
            await asyncio.wait(left)
        await self._drop()

    async def _drop(self) -> None:
        # What the system has accepted has a task before it has a writer here; a transport lets go a turn after.
        for _ in range(3):
            for writer in self._open:
                writer.transport.abort()
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer(reader, writer)
        finally:
            self._open.discard(writer)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await _request(reader)
        method, path, _ = head.split("\r\n", 1)[0].split(" ", 2)
        self.requests.append((method, path))
        match self.rule(method, path):
            case Says() as said:
                writer.write(_response(said))
            case LosesAnswer():
                await self._pass(head, body, None)
                writer.transport.abort()
                return
            case None:
                await self._pass(head, body, writer)
        await writer.drain()

    async def _pass(self, head: str, body: bytes, back: asyncio.StreamWriter | None) -> None:
        server = urlsplit(self.upstream)
        answer, to_server = await asyncio.open_connection(server.hostname, server.port)
        self._open.add(to_server)
        try:
            lines = [line for line in head.split("\r\n") if line and not line.lower().startswith("connection:")]
            to_server.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
            while piece := await answer.read(65_536):
                if back is not None:
                    back.write(piece)
                    await back.drain()
        finally:
            self._open.discard(to_server)
            to_server.close()


@contextmanager
def proxy_to(upstream: str) -> Iterator[Proxy]:
    """Stand in front of a server, on a free port."""
    proxy = Proxy(upstream)
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    proxy.mend()
    try:
        yield proxy
    finally:
        proxy.end()
        thread.join(_WITHIN)


async def _request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = dict(line.lower().split(":", 1) for line in head.split("\r\n")[1:] if ":" in line)
    return head, await reader.readexactly(int(fields.get("content-length", "0")))


def _response(said: Says) -> bytes:
    body = said.body.encode()
    own = (("Content-Type", "text/html"), ("Content-Length", str(len(body))), ("Connection", "close"))
    lines = [f"HTTP/1.1 {said.status} -", *(f"{name}: {value}" for name, value in (*said.headers, *own)), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
