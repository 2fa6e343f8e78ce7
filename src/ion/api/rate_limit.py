"""Counts requests, refuses those over a limit, and lets those in danger through; plain ASGI."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ion.accounts import Caller, Proof, network_of
from ion.api.routes_by_class import WITH_MESSAGES, class_of
from ion.api.said import body_of, replayed, texts_in
from ion.errors import TooMany
from ion.limits import BY_NETWORK, WINDOW_SECONDS, Allowances, RateClass, Verdict, for_danger_only, spending_for
from ion.monitoring import count_over_limit
from ion.safety import Screener
from ion.services import Services

# How a refusal looks to whoever asked: to a reader of the pages it is a page.
Refuse = Callable[[Scope, TooMany], Response]

_COMPLETIONS = "/v1/chat/completions"
_STREAMED = re.compile(rb'"stream"\s*:\s*true')


class RateLimit:
    """Lets each caller make so many requests of each class in any minute, and follow so many streams at once.

    Who asks is the Caller in `scope["state"]["caller"]`; without one, the network they come from. A message over a
    limit is read before it is refused: if it speaks of danger it is answered, and nothing else in its request is.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        kind = class_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if kind is None:
            await self._app(scope, receive, send)
            return
        services = cast(Services, scope["app"].state.services)
        limits, subject = services.limits, subject_of(scope, kind)
        verdict = await limits.limiter.ask(kind, subject, per_minute=await _own(scope, kind, limits.allowances))
        send = _with_headers(send, verdict)
        refusal: TooMany | None = None if verdict is None or verdict.is_let_in else verdict.refusal()
        receive, is_stream = await _looked_at(scope, receive)
        if refusal is None and is_stream:
            refusal = limits.streams.refusal(subject)
        if refusal is not None:
            await self._unless_in_danger(refusal, kind, services.mind.screener)(scope, receive, send)
            return
        with limits.streams.following(subject) if is_stream else nullcontext(), _spending(scope):
            await self._app(scope, receive, send)

    def _unless_in_danger(self, refusal: TooMany, kind: RateClass, screener: Screener) -> ASGIApp:
        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            body = await body_of(receive) if kind in WITH_MESSAGES else b""
            if body is None:
                # Whoever asked is gone, or was told that it is too much.
                return
            texts = await texts_in(body, scope)
            if await asyncio.to_thread(_speaks_of_danger, texts, screener):
                count_over_limit(RateClass.CRISIS)
                with for_danger_only(refusal):
                    await self._app(scope, replayed(body, receive), send)
                return
            count_over_limit(kind)
            await self._refuse(scope, refusal)(scope, receive, send)

        return refuse


def subject_of(scope: Scope, kind: RateClass) -> str:
    """Return for whom a request is counted: an API key, a user, or the network it comes from."""
    caller = caller_in(scope)
    if caller is None or kind in BY_NETWORK:
        client = scope.get("client")
        return f"network:{network_of(client[0] if client else '')}"
    return f"key:{caller.by}" if caller.proof is Proof.API_KEY else f"user:{caller.user}"


async def _own(scope: Scope, kind: RateClass, allowances: Allowances) -> int | None:
    """Return how many requests a minute are the key's or organisation's own; None where it is as for everybody."""
    caller = caller_in(scope)
    if caller is None or kind in BY_NETWORK:
        return None
    key = caller.by if caller.proof is Proof.API_KEY else None
    return await allowances.per_minute(key=key, organisation=caller.organisation)


def _spending(scope: Scope) -> AbstractContextManager[None]:
    caller = caller_in(scope)
    return nullcontext() if caller is None else spending_for(caller.organisation)


def caller_in(scope: Scope) -> Caller | None:
    """Return who asks, where somebody has shown who they are."""
    return cast(Caller | None, scope.get("state", {}).get("caller"))


def rate_headers(verdict: Verdict) -> Mapping[str, str]:
    """Return what tells a client where it stands.

    `RateLimit` and `RateLimit-Policy` are draft-ietf-httpapi-ratelimit-headers-10: q is how many requests are let in, w
    the window in seconds, r how many are left, t in how many seconds there will be more. The other three are what
    the drafts before the eighth called them, which is what most clients still read.
    """
    standing, resets = verdict.standing, verdict.retry_after
    return {
        "RateLimit-Policy": f'"{verdict.kind}";q={standing.limit};w={WINDOW_SECONDS}',
        "RateLimit": f'"{verdict.kind}";r={standing.remaining};t={resets}',
        "RateLimit-Limit": str(standing.limit),
        "RateLimit-Remaining": str(standing.remaining),
        "RateLimit-Reset": str(resets),
    }


def _with_headers(send: Send, verdict: Verdict | None) -> Send:
    if verdict is None:
        return send
    told = rate_headers(verdict)

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(told)
        await send(message)

    return send_with_headers


async def _looked_at(scope: Scope, receive: Receive) -> tuple[Receive, bool]:
    """Tell whether the answer will be a stream; OpenAI's clients say so in the body, which is given on."""
    if "text/event-stream" in Headers(scope=scope).get("accept", ""):
        return receive, True
    if scope["path"] != _COMPLETIONS:
        return receive, scope["method"] == "GET" and scope["path"].endswith("/events")
    body = await body_of(receive)
    if body is None:
        return _gone, False
    return replayed(body, receive), _STREAMED.search(body) is not None


async def _gone() -> Message:
    return {"type": "http.disconnect"}


def _speaks_of_danger(texts: Sequence[str], screener: Screener) -> bool:
    return any(screener.screen(text).crisis is not None for text in texts)
