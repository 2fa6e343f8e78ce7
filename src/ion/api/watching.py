"""Tells the watch what callers ask for and are denied, once they have their answer; plain ASGI."""

import re
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ion.accounts import Caller, Proof, network_of
from ion.anomalies import Watch
from ion.api.rate_limit import caller_in
from ion.services import Services

_CONVERSATION = re.compile(r"/(?:api/v2/conversations|c)/([^/]{1,64})")
_DENIED = (403, 404)
_PROGRAMS = (Proof.API_KEY, Proof.TOKEN)


class Watching:
    """Has what each caller does counted; without a caller there is nobody to count it for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and count what came of it."""
        caller = caller_in(scope) if scope["type"] == "http" else None
        if caller is None or caller.proof is Proof.LOCAL:
            await self._app(scope, receive, send)
            return
        # The pages put their own application there.
        watch = cast(Services, scope["app"].state.services).accounts.watch
        status = 0

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, send_and_look)
        await _count(scope, caller, status, watch)


async def _count(scope: Scope, caller: Caller, status: int, watch: Watch) -> None:
    if caller.proof in _PROGRAMS and caller.by is not None:
        network = network_of(scope["client"][0] if scope.get("client") else "")
        await watch.used(caller.by, user=caller.user, organisation=caller.organisation, network=network)
    if status in _DENIED:
        await watch.denied(caller.user, organisation=caller.organisation)
    if (found := _CONVERSATION.match(scope["path"])) is not None:
        await watch.asked_for(found[1], caller.user, organisation=caller.organisation)
