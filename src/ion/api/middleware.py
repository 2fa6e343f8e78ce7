"""What happens to every request before and after its route; plain ASGI, so that it costs microseconds."""

import re
import time
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ion.api.errors import problem
from ion.monitoring import Recent

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_LOOPBACK = {"localhost", "127.0.0.1", "::1", "testserver"}
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_FOR_OPERATORS = {"/api/v2/health", "/api/v2/status", "/metrics"}
_SERVER_ERROR = 500
# Where the APIs are.
FOR_PROGRAMS = ("/api/", "/v1/", "/.well-known/")
# The longest message is 100,000 characters, up to four bytes each, and JSON may spell each of them out as \uXXXX.
MAX_BODY_BYTES = 2_000_000
# Where batches are sent to, which are longer, and whose JSON is looked at line by line.
BATCHES = "/api/v2/batches"
# What a page may load and run: its own files. Server HTML becomes nodes through one trusted-types policy, `ion`.
_CONTENT_SECURITY = (
    "default-src 'none'",
    *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect", "manifest", "worker")),
    "font-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types ion",
)
# What browsers can do that no page of ION needs.
_SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join((*(f"{feature}=()" for feature in _SWITCHED_OFF), "clipboard-write=(self)")),
    "Content-Security-Policy": "; ".join(_CONTENT_SECURITY),
}


class RequestId:
    """Gives each request an id (the caller's `X-Request-ID` if it is a plain one), its time and the safe headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = request_id
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class CountRequests:
    """Counts in `recent` how requests were answered; those of who only looks after ION say nothing of it."""

    def __init__(self, app: ASGIApp, recent: Recent) -> None:
        self._app = app
        self._recent = recent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in _FOR_OPERATORS:
            await self._app(scope, receive, send)
            return
        counted = False

        async def send_and_count(message: Message) -> None:
            nonlocal counted
            if message["type"] == "http.response.start":
                counted = True
                self._recent.count(failed=message["status"] >= _SERVER_ERROR)
            await send(message)

        try:
            await self._app(scope, receive, send_and_count)
        except Exception:
            # It is answered with 500 further out.
            if not counted:
                self._recent.count(failed=True)
            raise


class OriginGuard:
    """Keeps other web sites out.

    A page anywhere on the web can make a browser send requests to ION, with the mentee's cookies or to their own
    127.0.0.1. So the Host has to be one of ION's own names (a rebound DNS name is not), and what changes something has
    to come from ION's own page or from a program, which sends no Origin; to the APIs, also from one of the `others`
    that the operator lets in.
    """

    def __init__(self, app: ASGIApp, public_host: str | None = None, others: Sequence[str] = ()) -> None:
        self._app = app
        self._others = frozenset(others)
        self._hosts = _LOOPBACK if public_host is None else {*_LOOPBACK, public_host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "http" and not self._is_welcome(Headers(scope=scope), scope["method"], scope["path"]):
            message = "Only ION's own pages, and programs, may ask it, by its own name."
            await problem(Request(scope), status=403, code="forbidden", message=message)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_welcome(self, headers: Headers, method: str, path: str) -> bool:
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            if urlsplit(f"//{host}").hostname not in self._hosts:
                return False
            if method in _SAFE_METHODS:
                return True
            if origin is None:
                return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
            if path.startswith(FOR_PROGRAMS) and origin in self._others:
                return True
            return urlsplit(origin).netloc == host
        except ValueError:
            # A bracket too few or too many: that names no host.
            return False


class BodyLimit:
    """Refuses bodies over MAX_BODY_BYTES, by their stated length or as soon as more than that has come.

    A batch may have `batch_bytes`.
    """

    def __init__(self, app: ASGIApp, batch_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._batch_bytes = batch_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._batch_bytes if scope["path"] == BATCHES else MAX_BODY_BYTES
        stated = Headers(scope=scope).get("content-length", "0")
        if not stated.isdecimal() or int(stated) > most:
            await _too_large(scope, most)(scope, receive, send)
            return
        received = 0
        refused = False

        async def receive_some() -> Message:
            nonlocal received, refused
            message = await receive()
            received += len(message.get("body", b""))
            if received > most and not refused:
                refused = True
                await _too_large(scope, most)(scope, receive, send)
            return {"type": "http.disconnect"} if refused else message

        async def send_unless_refused(message: Message) -> None:
            if not refused:
                await send(message)

        await self._app(scope, receive_some, send_unless_refused)


def _too_large(scope: Scope, most: int) -> Response:
    message = f"The body is over {most:,} bytes."
    return problem(Request(scope), status=413, code="too_large", message=message)
