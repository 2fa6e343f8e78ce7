"""Refuses JSON that would cost more to read than any message is worth, before it is parsed; plain ASGI."""

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ion.api.errors import problem_of
from ion.api.middleware import BATCHES
from ion.api.said import body_of, replayed
from ion.errors import TooLarge

# The API's own documents are six deep.
MAX_DEPTH = 32
# A hundred messages with two hundred earlier ones each are 80,000.
MAX_VALUES = 100_000

# A string, also one that does not end: each byte is looked at once, whatever the sender thinks of.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = frozenset(b"[{")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class JsonTooDeep(TooLarge):
    """A JSON document is nested deeper than ION reads."""

    code = "json_too_deep"


class JsonTooMany(TooLarge):
    """A JSON document holds more values than ION reads."""

    code = "json_too_many"


def check_json(body: bytes) -> None:
    """Look at a document's brackets and commas, without parsing it; what is no JSON at all is for the parser to say.

    Raises:
        JsonTooDeep: it is nested deeper than MAX_DEPTH.
        JsonTooMany: it holds more than MAX_VALUES values.
    """
    bare = _STRING.sub(b"", body)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAX_VALUES:
        raise JsonTooMany(f"The JSON document holds over {MAX_VALUES:,} values.")
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > MAX_DEPTH:
            raise JsonTooDeep(f"The JSON document is nested over {MAX_DEPTH} deep.")


class JsonLimit:
    """Reads bodies that are no forms, and refuses JSON that is too deep or holds too many values.

    Each line of a batch is a document of its own, which the route looks at.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http" or scope["method"] not in _WITH_BODY or _is_for_the_route(scope):
            await self._app(scope, receive, send)
            return
        body = await body_of(receive)
        if body is None:
            # Whoever asked is gone, or was told that it is too much.
            return
        try:
            check_json(body)
        except TooLarge as error:
            await problem_of(Request(scope), error)(scope, receive, send)
            return
        await self._app(scope, replayed(body, receive), send)


def _is_for_the_route(scope: Scope) -> bool:
    return scope["path"] == BATCHES or "form" in Headers(scope=scope).get("content-type", "")
