"""`/sign-in/oidc`: to the organisation's identity provider, and back with who somebody is.

A form leads there and not a link, so that no other site can begin it. What answers is a page that goes on by itself,
and no redirect: browsers hold a form's redirects to the page's `form-action`, and a provider may send people on to
hosts that nobody here knows.
"""

from urllib.parse import quote, unquote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import (
    Admission,
    EmailUnverified,
    NotAdmitted,
    OrganisationNotFound,
    SignedIn,
    new_secret,
    system_randomness,
)
from ion.callers import services_of, session_cookie, visit_of
from ion.errors import IonError
from ion.oidc import (
    FLOW_LIFE,
    BadProvider,
    Flow,
    FlowUnknown,
    IdentityProvider,
    ProviderDenied,
    ProviderRefused,
    ProviderUnavailable,
)
from ion.settings import ServerSettings
from ion.web.cookies import set_cookie
from ion.web.forms import fields_of, refused_page
from ion.web.landing import own_path
from ion.web.pages.sign_in import form_of, go_on
from ion.web.preference import preferred_language
from ion.web.rendering import page

CALLBACK = "/sign-in/oidc/callback"
_SIGN_IN = "/sign-in"
# With it the cookie still fits into the 4096 bytes that browsers keep of one.
_LONGEST_PATH = 3_000


async def leave(request: Request) -> Response:
    """Send somebody to the provider, and give their browser what it is known again by."""
    provider, following = services_of(request).provider, own_path((await fields_of(request))["next"]) or ""
    if provider is None:
        return RedirectResponse(_SIGN_IN, 303)
    flow = Flow(new_secret(system_randomness))
    try:
        address = await provider.address(
            flow, redirect_uri=_redirect_uri(request), language=preferred_language(request)
        )
    except (BadProvider, ProviderUnavailable) as error:
        return refused_page(request, "sign_in.html", form_of(request, following=following), error)
    button = services_of(request).settings.oidc.button
    response = page(request, "sign_in_leaving.html", {"address": address, "provider": button})
    _hold_flow(request, response, _written(flow, following), int(FLOW_LIFE.total_seconds()))
    return response


async def come_back(request: Request) -> Response:
    """Sign in whom the provider names, if they left from this browser; else lead to `/sign-in`, which says why not.

    No page is shown at this address: it has a code in it.
    """
    provider = services_of(request).provider
    if provider is None:
        return RedirectResponse(_SIGN_IN, 303)
    flow, following = _held_flow(request)
    try:
        if flow is None or not flow.is_of(request.query_params.get("state", "")):
            raise FlowUnknown("You did not leave from this browser, or too long ago; begin again.")
        signed_in = await _signed_in(request, provider, flow)
    except FlowUnknown as error:
        return _refused(error, following)
    except OrganisationNotFound:
        response = _refused(BadProvider("ION_OIDC__ORGANISATION names no organisation."), following)
    except (
        BadProvider,
        EmailUnverified,
        NotAdmitted,
        ProviderDenied,
        ProviderRefused,
        ProviderUnavailable,
    ) as error:
        response = _refused(error, following)
    else:
        response = await go_on(request, signed_in, following)
    # One way there is one way back.
    _hold_flow(request, response, "", 0)
    return response


async def _signed_in(request: Request, provider: IdentityProvider, flow: Flow) -> SignedIn:
    services = services_of(request)
    chosen = services.settings.oidc
    identity = await provider.identity(request.query_params, flow, redirect_uri=_redirect_uri(request))
    admission = Admission(chosen.organisation or "", frozenset(chosen.domains))
    language = preferred_language(request)
    user = await services.accounts.identities.user_of(identity, admission, language=language)
    return await services.accounts.sign_in.with_identity(user, visit_of(request))


def _refused(error: IonError, following: str) -> Response:
    said = {"refused": error.code, "next": following} if following else {"refused": error.code}
    return RedirectResponse(f"{_SIGN_IN}?{urlencode(said)}", 303)


def _redirect_uri(request: Request) -> str:
    # Without an address of its own ION is reached at this machine's names alone: `OriginGuard` lets no other Host pass.
    origin = services_of(request).settings.server.public_url or f"{request.url.scheme}://{request.url.netloc}"
    return origin + CALLBACK


def _written(flow: Flow, following: str) -> str:
    path = quote(following, safe="")
    return f"{flow.secret}.{path}" if len(path) <= _LONGEST_PATH else f"{flow.secret}."


def _held_flow(request: Request) -> tuple[Flow | None, str]:
    """Return what the browser left with. Nothing in it has to be believed: the path is checked like any other."""
    secret, _, path = request.cookies.get(_cookie(services_of(request).settings.server), "").partition(".")
    return Flow(secret) if secret else None, own_path(unquote(path)) or ""


def _hold_flow(request: Request, response: Response, value: str, seconds: int) -> None:
    server = services_of(request).settings.server
    set_cookie(response, server, _cookie(server), value, seconds)


def _cookie(server: ServerSettings) -> str:
    return f"{session_cookie(server)}_oidc"
