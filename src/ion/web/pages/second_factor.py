"""`/profile/second-factor`: turn it on with an authenticator app, and off again; new recovery codes."""

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import Enrolment, SecondFactorOff, SecondFactorOn, SignInLocked, User, WrongCode
from ion.callers import services_of
from ion.web.forms import WrongPassword, check_present_password, fields_of, fresh, refused_page
from ion.web.pages.profile import go_on
from ion.web.person import user_of
from ion.web.rendering import page
from ion.web.sidebar import sidebar

_HERE = "/profile/second-factor"
_APP = f"{_HERE}/app"
_GROUP = 4


async def show(request: Request) -> Response:
    """Show whether it is on, and the form that turns it on or off."""
    return page(request, "second_factor.html", {**await _values(request, await user_of(request)), **fresh()})


async def begin(request: Request) -> Response:
    """Draw a secret for the app: with a session alone somebody else could lock its owner out with it."""
    user, fields = await user_of(request), await fields_of(request)
    try:
        await check_present_password(request, user, fields["present"])
        await services_of(request).accounts.second_factors.begin(user)
    except (SecondFactorOn, SignInLocked, WrongPassword) as error:
        return refused_page(request, "second_factor.html", await _values(request, user), error)
    return RedirectResponse(_APP, 303)


async def show_app(request: Request) -> Response:
    """Show what the app is to be given, and the form for its first code."""
    enrolment = await services_of(request).accounts.second_factors.pending(await user_of(request))
    if enrolment is None:
        return RedirectResponse(_HERE, 303)
    return page(request, "authenticator.html", {**await sidebar(request), **_of(enrolment), **fresh()})


async def confirm(request: Request) -> Response:
    """Turn it on, and show the recovery codes, this once."""
    user, fields = await user_of(request), await fields_of(request)
    factors = services_of(request).accounts.second_factors
    try:
        codes = await factors.confirm(user, fields["code"])
    except WrongCode as error:
        enrolment = await factors.pending(user)
        if enrolment is None:
            return RedirectResponse(_HERE, 303)
        return refused_page(request, "authenticator.html", {**await sidebar(request), **_of(enrolment)}, error)
    return page(request, "recovery_codes.html", {**await sidebar(request), "codes": codes, "is_new": True})


async def renew_codes(request: Request) -> Response:
    """Draw new recovery codes, and show them, this once."""
    user, fields = await user_of(request), await fields_of(request)
    try:
        await check_present_password(request, user, fields["present"])
        codes = await services_of(request).accounts.second_factors.renew_codes(user)
    except (SecondFactorOff, SignInLocked, WrongPassword) as error:
        return refused_page(request, "second_factor.html", await _values(request, user), error)
    return page(request, "recovery_codes.html", {**await sidebar(request), "codes": codes, "is_new": False})


async def turn_off(request: Request) -> Response:
    """Turn it off."""
    user, fields = await user_of(request), await fields_of(request)
    try:
        await check_present_password(request, user, fields["present"])
    except (SignInLocked, WrongPassword) as error:
        return refused_page(request, "second_factor.html", await _values(request, user), error)
    return await go_on(request, await services_of(request).accounts.second_factors.turn_off(user))


async def _values(request: Request, user: User) -> Mapping[str, object]:
    left = await services_of(request).accounts.users.recovery_codes_left(user)
    return {**await sidebar(request), "user": user, "left": left}


def _of(enrolment: Enrolment) -> Mapping[str, object]:
    secret = enrolment.secret
    grouped = " ".join(secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP))
    # ION's own drawing, of shapes and attributes alone: no style and no script, which the page's policy would stop.
    return {"picture": Markup(enrolment.qr_code()), "secret": grouped, "uri": enrolment.uri}  # nosec B704  # noqa: S704
