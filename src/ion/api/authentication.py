"""Who is asking: found out once for each request, from what a program or a browser shows."""

from typing import Any, cast

from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ion.accounts import Caller, Permission, SessionEnded, SessionId, acting_as, is_api_key, network_of
from ion.api.errors import problem_of
from ion.api.rate_limit import rate_headers, subject_of
from ion.callers import admit, introduce, require
from ion.errors import Unauthenticated
from ion.limits import RateClass
from ion.monitoring import count_over_limit
from ion.services import Services

# Files that are the same for everybody: no look at the database for each of them.
_FOR_EVERYBODY = "/static/"
_BEARER = "bearer "
_DESCRIPTION = (
    "An API key, or an access token. Browsers that have signed in send the cookie of their session instead; an ION "
    "that runs for one person asks for nothing."
)


class Authenticate:
    """Introduces the caller to the routes: by API key, access token or a browser's session, or as the one person here.

    A key or a token that does not hold is refused here, as a program has to be told; with a session that has ended
    somebody is just not signed in.
    """

    def __init__(self, app: ASGIApp, *, sign_in: bool, cookie: str) -> None:
        self._app = app
        self._sign_in = sign_in
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        services: Services = scope["app"].state.services
        address = scope["client"][0] if scope.get("client") else ""
        request_id = str(scope.get("request_id", ""))
        try:
            with acting_as(None, address=address, request_id=request_id):
                caller = await self._caller(scope, services)
        except Unauthenticated as error:
            response = await _refusal(scope, error, services)
            await response(scope, receive, send)
            return
        introduce(scope, caller, services)
        with acting_as(caller, address=address, request_id=request_id):
            await self._app(scope, receive, send)

    async def _caller(self, scope: Scope, services: Services) -> Caller | None:
        if scope["path"].startswith(_FOR_EVERYBODY):
            return None
        headers = Headers(scope=scope)
        shown = headers.get("authorization", "")
        if shown[: len(_BEARER)].lower() == _BEARER:
            token = shown[len(_BEARER) :].strip()
            # OpenAI's clients have to show something, also to an ION that asks nobody who they are.
            if is_api_key(token):
                return await services.accounts.keys.caller(token)
            if self._sign_in:
                return await services.accounts.caller_of_token(token)
        if not self._sign_in:
            return cast(Caller, scope["app"].state.local_caller)
        session = cookie_parser(headers.get("cookie", "")).get(self._cookie)
        if not session or _is_from_elsewhere(headers):
            return None
        try:
            return await services.accounts.caller_of_session(SessionId(session))
        except SessionEnded:
            return None


async def _refusal(scope: Scope, error: Unauthenticated, services: Services) -> Response:
    """Return the answer to a key or token that does not hold; to too many of them from one network, that it is so.

    One that holds is let in however many others do not: they may be a neighbour's, behind the same address.
    """
    await services.accounts.watch.bad_key(network_of(scope["client"][0] if scope.get("client") else ""))
    kind = RateClass.UNAUTHENTICATED
    verdict = await services.limits.limiter.ask(kind, subject_of(scope, kind))
    if verdict is not None and not verdict.is_let_in:
        count_over_limit(kind)
        response = problem_of(Request(scope), verdict.refusal())
    else:
        response = problem_of(Request(scope), error)
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    response.headers.update({} if verdict is None else rate_headers(verdict))
    return response


def _is_from_elsewhere(headers: Headers) -> bool:
    """Tell whether another site's page asks: one that is let in shows a key, and never goes by the reader's cookie."""
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


class Needs(SecurityBase):
    """What a route asks of its caller: a permission, or None where it is enough to be signed in.

    The API's own description says so in the route's `security`, where OpenAPI 3.1 takes permissions for every scheme.
    """

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission
        self.scheme_name = "bearer"
        self.model = HTTPBearer(description=_DESCRIPTION)

    async def __call__(self, request: Request) -> Caller:
        """Return the caller.

        Raises:
            SignInRequired: nobody has signed in.
            NotAllowed: the caller lacks the permission.
        """
        if self.permission is None:
            return require(request)
        return await admit(request, self.permission, f"{request.method} {request.scope['route'].path}")


def needs(permission: Permission | None) -> Any:
    """Return what a route depends on."""
    return Security(Needs(permission), scopes=[] if permission is None else [permission.value])
