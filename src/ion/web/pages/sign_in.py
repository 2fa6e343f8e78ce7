"""`/sign-in` and `/sign-out`: a password or an organisation's provider, then a code where a second factor is on."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import EmailUnverified, NotAdmitted, SessionEnded, SignedIn, SignInLocked, SignInRefused
from ion.callers import caller_of, services_of, visit_of
from ion.oidc import BadProvider, FlowUnknown, ProviderDenied, ProviderRefused, ProviderUnavailable
from ion.web.cookies import end, half_of, hold
from ion.web.forms import fields_of, fresh, refused_page
from ion.web.landing import home_of, own_path, wanted
from ion.web.rendering import page, texts_of

_SIGN_IN = "/sign-in"
_CODE = "/sign-in/code"
_SAID_HERE = {
    error.code
    for error in (
        BadProvider,
        EmailUnverified,
        FlowUnknown,
        NotAdmitted,
        ProviderDenied,
        ProviderRefused,
        ProviderUnavailable,
    )
}


async def show(request: Request) -> Response:
    """Show the form for address and password; whoever is signed in is led on."""
    if (caller := caller_of(request)) is not None:
        return RedirectResponse(wanted(request) or home_of(caller.role), 303)
    # What a provider's callback could not do is said here.
    said = request.query_params.get("refused", "")
    refused = texts_of(request)(f"refused.{said}") if said in _SAID_HERE else ""
    return page(
        request, "sign_in.html", {**form_of(request, following=wanted(request)), "refused": refused, "wrong": ""}
    )


async def sign_in(request: Request) -> Response:
    """Begin a session, or half of one where a second factor is on."""
    fields = await fields_of(request)
    email, following = fields["email"], own_path(fields["next"]) or ""
    try:
        signed_in = await services_of(request).accounts.sign_in.with_password(
            email, fields["password"], visit_of(request)
        )
    except (SignInRefused, SignInLocked) as error:
        return refused_page(request, "sign_in.html", form_of(request, email, following), error)
    return await go_on(request, signed_in, following)


async def ask_code(request: Request) -> Response:
    """Show the form for the code of the second factor, to whoever has given the password."""
    if half_of(request) is None:
        return RedirectResponse(_with_next(_SIGN_IN, wanted(request)), 303)
    return page(request, "sign_in_code.html", {"next": wanted(request), **fresh()})


async def take_code(request: Request) -> Response:
    """Make a whole session of half a one."""
    fields, half = await fields_of(request), half_of(request)
    following = own_path(fields["next"]) or ""
    if half is None:
        return RedirectResponse(_with_next(_SIGN_IN, following), 303)
    try:
        signed_in = await services_of(request).accounts.sign_in.with_code(half, fields["code"], visit_of(request))
    except SessionEnded as error:
        response = refused_page(request, "sign_in.html", form_of(request, following=following), error)
        await end(request, response)
        return response
    except (SignInRefused, SignInLocked) as error:
        return refused_page(request, "sign_in_code.html", {"next": following}, error)
    return await welcome(request, signed_in, following)


async def sign_out(request: Request) -> Response:
    """End the session, and have the browser forget what it kept of whoever had it."""
    response = RedirectResponse(_SIGN_IN, 303)
    await end(request, response)
    # Copies of pages, messages that wait and drafts; not the cookies of language and colours.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


async def go_on(request: Request, signed_in: SignedIn, following: str) -> Response:
    """Lead somebody on, or to the form for the code where a second factor is on."""
    if not signed_in.needs_second_factor:
        return await welcome(request, signed_in, following)
    response = RedirectResponse(_with_next(_CODE, following), 303)
    await hold(request, response, signed_in)
    return response


async def welcome(request: Request, signed_in: SignedIn, following: str = "") -> Response:
    """Give somebody the session that has just begun, and lead them on."""
    response = RedirectResponse(following or home_of(signed_in.user.role), 303)
    await hold(request, response, signed_in)
    return response


def form_of(request: Request, email: str = "", following: str = "") -> Mapping[str, object]:
    """Return what the form for signing in shows; `provider` is empty where there is none to sign in through."""
    services = services_of(request)
    provider = "" if services.provider is None else services.settings.oidc.button
    return {"email": email, "next": following, "provider": provider}


def _with_next(address: str, following: str) -> str:
    return f"{address}?{urlencode({'next': following})}" if following else address
