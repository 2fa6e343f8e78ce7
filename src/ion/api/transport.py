"""How requests reach ION: by declared proxies, over HTTPS, from other origins; plain ASGI."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ion.api.errors import problem_of
from ion.api.forwarded import UNKNOWN, Networks, Peer, peer_of
from ion.api.middleware import FOR_PROGRAMS
from ion.errors import Forbidden

# Whoever looks after the process asks it directly.
_ALSO_PLAIN = {"/api/v2/health", "/metrics"}
_TO_LOOK = {"GET", "HEAD"}
# A year, in seconds.
_HSTS = "max-age=31536000"


class HttpsRequired(Forbidden):
    """The request came by plain HTTP, where others can read it."""

    code = "https_required"


class Transport:
    """Puts the true client and scheme into `scope`, and keeps to HTTPS where `https` is the address of it."""

    def __init__(self, app: ASGIApp, proxies: Networks, https: str | None) -> None:
        self._app = app
        self._proxies = proxies
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or send it where it is safe."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._proxies:
            self._look_behind_proxies(scope)
        if scope["scheme"] == "https":
            send = _with_hsts(send)
        elif self._https and scope["path"] not in _ALSO_PLAIN:
            await _to_https(self._https, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _look_behind_proxies(self, scope: Scope) -> None:
        address, port = scope.get("client") or (UNKNOWN, 0)
        nearest = Peer(address, scope["scheme"])
        peer = peer_of(nearest, Headers(scope=scope), self._proxies)
        scope["client"] = (peer.address, port if peer.address == address else 0)
        scope["scheme"] = peer.scheme


class Cors:
    """Lets pages of these origins, and of no other, use the APIs; with keys, as cookies stay with ION's own page."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-None-Match",
                "Last-Event-ID",
                "Prefer",
            ],
            expose_headers=["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer a browser's question before it."""
        if scope["type"] != "http" or not scope["path"].startswith(FOR_PROGRAMS):
            await self._app(scope, receive, send)
            return

        async def send_varied(message: Message) -> None:
            if message["type"] == "http.response.start":
                # A cache must not give one origin what was meant for another.
                MutableHeaders(scope=message).add_vary_header("Origin")
            await send(message)

        await self._shared(scope, receive, send_varied)


def _to_https(public_url: str, scope: Scope) -> Response:
    if scope["method"] in _TO_LOOK and not scope["path"].startswith(FOR_PROGRAMS):
        path = scope.get("raw_path") or scope["path"].encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        return RedirectResponse(public_url + (path.split(b"?")[0] + query).decode("latin-1"), 308)
    # What was sent has been seen; to send it on would hide that.
    return problem_of(Request(scope), HttpsRequired(f"Ask by HTTPS: {public_url}"))


def _with_hsts(send: Send) -> Send:
    async def send_with_hsts(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Strict-Transport-Security"] = _HSTS
        await send(message)

    return send_with_hsts
