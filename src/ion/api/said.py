"""The texts that a request brings, whatever its body is, to be looked at before the route does."""

import json
from collections.abc import Iterator
from typing import Any

from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

# As the page's forms are read.
_MAX_FIELDS, _MAX_FIELD_BYTES = 10, 4_000_000


async def body_of(receive: Receive) -> bytes | None:
    """Return the whole body; None where the sender is gone, or was refused, before it was complete."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body once more, and then goes on as before."""
    waiting = [body]

    async def receive_again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return receive_again


async def texts_in(body: bytes, scope: Scope) -> list[str]:
    """Return every text in a JSON document or a form; none where it is neither, which the route will say."""
    # Without an application Starlette says what is wrong with a form by an error that is not HTTP's yet.
    alone = {name: value for name, value in scope.items() if name != "app"}
    request = Request(alone, replayed(body, _nothing_more))
    if "form" in request.headers.get("content-type", ""):
        try:
            async with request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES) as form:
                fields = [value for _, value in form.multi_items() if isinstance(value, str)]
        except MultiPartException:
            return []
        return [field.replace("\r\n", "\n") for field in fields]
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    texts = list(_strings(document))
    # A message may come in several parts.
    return [*texts, "\n".join(texts)] if len(texts) > 1 else texts


def _strings(document: Any) -> Iterator[str]:
    match document:
        case str():
            yield document
        case list():
            for item in document:
                yield from _strings(item)
        case dict():
            for item in document.values():
                yield from _strings(item)


async def _nothing_more() -> Message:
    return {"type": "http.disconnect"}
