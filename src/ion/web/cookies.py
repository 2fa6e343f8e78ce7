"""The cookies that hold a browser's session: one for a whole session, one for a half that lacks the second factor."""

from starlette.requests import Request
from starlette.responses import Response

from ion.accounts import HALF_LIFE, SessionId, SignedIn
from ion.callers import services_of, session_cookie
from ion.settings import ServerSettings


def half_cookie(server: ServerSettings) -> str:
    """Return the name of the cookie for a session that lacks the second factor; no route takes it for a session."""
    return f"{session_cookie(server)}_half"


def half_of(request: Request) -> SessionId | None:
    """Return the session that the browser has and that lacks the second factor, if there is one."""
    held = request.cookies.get(half_cookie(services_of(request).settings.server))
    return SessionId(held) if held else None


async def hold(request: Request, response: Response, signed_in: SignedIn) -> None:
    """Give the browser its session; one that it had before, of whomever, ends."""
    services = services_of(request)
    server = services.settings.server
    if signed_in.needs_second_factor:
        set_cookie(response, server, half_cookie(server), signed_in.session, int(HALF_LIFE.total_seconds()))
        return
    await end(request, response)
    life = services.accounts.life.absolute
    set_cookie(response, server, session_cookie(server), signed_in.session, int(life.total_seconds()))


async def end(request: Request, response: Response) -> None:
    """End the session that the browser has, and take both cookies away."""
    services = services_of(request)
    server = services.settings.server
    if held := request.cookies.get(session_cookie(server)):
        await services.accounts.sign_out(SessionId(held))
    for name in (session_cookie(server), half_cookie(server)):
        if name in request.cookies:
            set_cookie(response, server, name, "", 0)


def set_cookie(response: Response, server: ServerSettings, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie for so many seconds; 0 takes it away."""
    # No script can read it, and no other site's page can send it along with a form (RFC 6265bis, 4.1.2.7).
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=server.is_https)
