"""Who sent a request, and what is open to them: found out once, before any route."""

from typing import cast

from starlette.requests import Request
from starlette.types import Scope

from ion.accounts import Caller, NotAllowed, Permission, SignInRequired, Visit
from ion.audit import denial
from ion.mentoring import NOBODY, OwnerId
from ion.services import Services
from ion.settings import ServerSettings


def session_cookie(server: ServerSettings) -> str:
    """Return the name of the cookie that holds a browser's session.

    Over https its prefix makes browsers refuse it from a neighbouring host, or without `Secure` (RFC 6265bis, 4.1.3).
    """
    return "__Host-ion_session" if server.is_https else "ion_session"


def introduce(scope: Scope, caller: Caller | None, services: Services) -> None:
    """Let every route of this request know who asks, and see what is theirs alone; without a caller nobody's."""
    owner = NOBODY if caller is None else OwnerId(caller.user)
    scope.setdefault("state", {}).update(caller=caller, services=services.as_owner(owner))


def services_of(request: Request) -> Services:
    """Return what is open to the caller."""
    return cast(Services, request.state.services)


def caller_of(request: Request) -> Caller | None:
    """Return who is asking; None where nobody has signed in."""
    # Nobody was introduced to what is asked without the middleware.
    return cast(Caller | None, getattr(request.state, "caller", None))


def require(request: Request, permission: Permission | None = None) -> Caller:
    """Return who is asking, if they may; without a permission everybody may who is signed in.

    Raises:
        SignInRequired: nobody has signed in.
        NotAllowed: the caller lacks the permission.
    """
    caller = caller_of(request)
    if caller is None:
        raise SignInRequired("Sign in first, or show an API key or a token as `Authorization: Bearer ...`.")
    if permission is not None:
        caller.require(permission)
    return caller


async def admit(request: Request, permission: Permission, route: str) -> Caller:
    """Return who is asking, if they may; that somebody may not is recorded. `route` is a method and a template.

    Raises what `require` raises.
    """
    try:
        return require(request, permission)
    except NotAllowed:
        organisation = require(request).organisation
        await services_of(request).audit.note(denial(permission, route=route, organisation=organisation))
        raise


def visit_of(request: Request) -> Visit:
    """Return where somebody signs in from."""
    address = "" if request.client is None else request.client.host
    return Visit(address, request.headers.get("user-agent", ""))
