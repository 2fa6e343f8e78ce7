"""A real HTTP server that speaks the providers' streaming protocols, well or badly, as each test tells it.

The path decides the protocol: `/v1/chat/completions` is OpenAI's, `/v1/messages` Anthropic's, and
`...:streamGenerateContent` Google's. It runs in a thread of its own, so it serves tests of any kind, and child
processes too.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

# What a provider says in its errors, to be looked for where it must not appear.
PROVIDERS_WORDS = "words-of-the-provider sk-live-0123456789"
SERVED_MODEL = "the-servers-own-name-for-it"


# By OpenAI's.
_ANTHROPICS_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
_GOOGLES_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, streamed; `before` and `between` are seconds ahead of the first and of each further piece.

    After `cut_after` pieces the connection breaks within a chunk: closed, or with `reset` by a TCP reset. After
    `hang_after` pieces nothing more is sent until the client leaves.
    """

    pieces: tuple[str, ...] = ("Hello", " there", ".")
    finish_reason: str | None = "stop"
    usage: tuple[int, int] | None = (11, 3)
    done: bool = True
    before: float = 0.0
    between: float = 0.0
    cut_after: int | None = None
    reset: bool = False
    hang_after: int | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """A response sent as it stands."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


Reply = Answer | Raw


def failing(status: int, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> Raw:
    """Return an error in OpenAI's form, in the provider's words."""
    body = {"error": {"message": PROVIDERS_WORDS, "type": "error", "code": code, "param": None}}
    return Raw(status, json.dumps(body), headers or {})


def streaming(*events: str) -> Raw:
    """Return a stream of these events, each as it stands."""
    return Raw(200, "".join(f"data: {event}\n\n" for event in events), content_type="text/event-stream")


WELL = Answer()
SILENT = Answer(hang_after=0)
STALLING = Answer(hang_after=2)
CUT = Answer(cut_after=2)
RESET = Answer(cut_after=2, reset=True)
ENDS_EARLY = Answer(finish_reason=None, usage=None, done=False)
EMPTY = Answer(pieces=())
SERVER_ERROR = failing(500)
UNKNOWN_MODEL = failing(404, code="model_not_found")
WRONG_KEY = failing(401, code="invalid_api_key")
BAD_JSON = streaming('{"choices": [' + PROVIDERS_WORDS)


def rate_limited(retry_after: str | None = None) -> Raw:
    """Return a 429; `retry_after` is the header's value: seconds or an HTTP date."""
    return failing(429, headers={} if retry_after is None else {"Retry-After": retry_after})


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked; header names are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class MisbehavingServer:
    """Gives its replies in order, the last one again and again, and keeps the requests."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.client_left = threading.Event()
        self.port = 0

    @property
    def address(self) -> str:
        """The server's root, for Anthropic's and Google's clients."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """The address an OpenAI client is given."""
        return f"{self.address}/v1"

    async def serve(self, started: "Future[Callable[[], None]]") -> None:
        """Serve until what `started` receives is called, from any thread."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(stopped.set)

        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set_result(stop)
        await stopped.wait()
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A client that leaves in the middle is what some tests are about.
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._reply(reader, writer)
            writer.close()
        except asyncio.CancelledError:  # the server stops
            writer.transport.abort()

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, Raw):
            body = reply.body.encode()
            writer.write(_head(reply.status, reply.content_type, {**reply.headers, "Content-Length": str(len(body))}))
            writer.write(body)
        else:
            await self._stream(reply, _events(request.path, reply), reader, writer)
        await writer.drain()

    async def _stream(
        self, answer: Answer, events: "_Events", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(_head(200, "text/event-stream", {"Transfer-Encoding": "chunked"}))
        writer.writelines(map(_chunk, events.first))
        for number, event in enumerate([*events.pieces, b""]):
            if number == answer.cut_after:
                await _cut(writer, reset=answer.reset)
                return
            if number == answer.hang_after:
                await self._hang(reader, writer)
                return
            await asyncio.sleep(answer.between if number else answer.before)
            if event:
                writer.write(_chunk(event))
                await writer.drain()
        writer.writelines(map(_chunk, events.last))
        writer.write(b"0\r\n\r\n")

    async def _hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        with suppress(ConnectionError):
            await reader.read()
        self.client_left.set()


@contextmanager
def misbehaving_server(*replies: Reply) -> Iterator[MisbehavingServer]:
    """Serve `replies` on a free port of 127.0.0.1."""
    server = MisbehavingServer(replies or (WELL,))
    started: Future[Callable[[], None]] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(started)), daemon=True)
    thread.start()
    stop = started.result(timeout=10)
    try:
        yield server
    finally:
        stop()
        thread.join(timeout=10)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(first.split(" ")[1], headers, json.loads(body or b"{}"))


def _head(status: int, content_type: str, headers: Mapping[str, str]) -> bytes:
    lines = {"Content-Type": content_type, "Connection": "close", **headers}
    return "\r\n".join([f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in lines.items()), "", ""]).encode("latin-1")


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def _cut(writer: asyncio.StreamWriter, *, reset: bool) -> None:
    writer.write(b"ff\r\ndata: {")
    await writer.drain()
    if reset:
        writer.transport.abort()


@dataclass(frozen=True, slots=True)
class _Events:
    first: Sequence[bytes]
    pieces: Sequence[bytes]
    last: Sequence[bytes]


def _events(path: str, answer: Answer) -> _Events:
    if path.endswith("/chat/completions"):
        return _openai(answer)
    if path.startswith("/v1/messages"):
        return _anthropic(answer)
    return _google(answer)


def _event(data: object, name: str | None = None) -> bytes:
    line = f"event: {name}\n" if name else ""
    return f"{line}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def _openai(answer: Answer) -> _Events:
    def chunk(choices: list[object], **more: object) -> bytes:
        frame = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": SERVED_MODEL}
        return _event({**frame, "choices": choices, **more})

    def choice(delta: Mapping[str, str], finish_reason: str | None = None) -> list[object]:
        return [{"index": 0, "delta": delta, "finish_reason": finish_reason}]

    last = [chunk(choice({}, answer.finish_reason))] if answer.finish_reason else []
    if answer.usage:
        tokens_in, tokens_out = answer.usage
        last.append(chunk([], usage={"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": 0}))
    if answer.done:
        last.append(_event("[DONE]"))
    pieces = [chunk(choice({"content": piece})) for piece in answer.pieces]
    return _Events([chunk(choice({"role": "assistant", "content": ""}))], pieces, last)


def _anthropic(answer: Answer) -> _Events:
    def event(name: str, **fields: object) -> bytes:
        return _event({"type": name, **fields}, name)

    tokens_in, tokens_out = answer.usage or (0, 0)
    message = {"id": "m", "type": "message", "role": "assistant", "model": SERVED_MODEL, "content": []}
    usage = {"input_tokens": tokens_in, "output_tokens": 1}
    first = [
        event("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage}),
        event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    ]
    pieces = [
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece}) for piece in answer.pieces
    ]
    last = [event("content_block_stop", index=0)]
    if answer.finish_reason:
        delta = {"stop_reason": _ANTHROPICS_REASONS[answer.finish_reason], "stop_sequence": None}
        last.append(event("message_delta", delta=delta, usage={"output_tokens": tokens_out}))
    if answer.done:
        last.append(event("message_stop"))
    return _Events(first, pieces, last)


def _google(answer: Answer) -> _Events:
    def chunk(text: str, **candidate: object) -> dict[str, object]:
        content = {"role": "model", "parts": [{"text": text}]}
        return {"candidates": [{"content": content, "index": 0, **candidate}], "modelVersion": SERVED_MODEL}

    last: list[bytes] = []
    if answer.finish_reason:
        final = chunk("", finishReason=_GOOGLES_REASONS[answer.finish_reason])
        tokens_in, tokens_out = answer.usage or (0, 0)
        usage = {"promptTokenCount": tokens_in, "candidatesTokenCount": tokens_out, "totalTokenCount": 0}
        last.append(_event({**final, "usageMetadata": usage}))
    return _Events([], [_event(chunk(piece)) for piece in answer.pieces], last)
