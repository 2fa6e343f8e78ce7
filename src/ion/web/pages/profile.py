"""`/profile`: what somebody is called, their language, their password, and where they are signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import BadName, Proof, Session, SignInLocked, User, Visit, WeakPassword, name_of
from ion.audit import Action, AuditEvent, Target
from ion.callers import require, services_of, visit_of
from ion.language import LANGUAGES, Language
from ion.web.browsers import browser_name
from ion.web.cookies import hold
from ion.web.forms import WrongPassword, check_present_password, fields_of, fresh, refused_page
from ion.web.person import user_of
from ion.web.preference import forget_language
from ion.web.rendering import page
from ion.web.sidebar import sidebar

# A session begins a moment after what was noticed about it.
_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that somebody is signed in."""

    browser: str
    system: str
    network: str
    begun_at: datetime
    used_at: datetime
    is_here: bool
    is_new: bool


async def show(request: Request) -> Response:
    """Show what is kept of somebody, and what they can change about it."""
    user = await user_of(request)
    return page(request, "profile.html", {**await _values(request, user), **fresh()})


async def change(request: Request) -> Response:
    """Change name and language."""
    user, fields = await user_of(request), await fields_of(request)
    language: Language = next((each for each in LANGUAGES if each == fields["language"]), user.language)
    try:
        name = name_of(fields["name"])
    except BadName as error:
        values = {**await _values(request, user), "typed": fields["name"], "chosen": language}
        return refused_page(request, "profile.html", values, error)
    await services_of(request).accounts.users.set_profile(user, name=name, language=language)
    response = RedirectResponse("/profile", 303)
    # What was just said here is newer than what was once chosen with the switch.
    forget_language(request, response)
    return response


async def ask_password(request: Request) -> Response:
    """Show the form for a new password."""
    return page(request, "password.html", {**await _password_values(request, await user_of(request)), **fresh()})


async def change_password(request: Request) -> Response:
    """Change the password, which ends all sessions, and go on with a new one here."""
    user, fields = await user_of(request), await fields_of(request)
    try:
        await check_present_password(request, user, fields["present"])
        await services_of(request).accounts.members.set_password(user, fields["password"])
    except (SignInLocked, WeakPassword, WrongPassword) as error:
        return refused_page(request, "password.html", await _password_values(request, user), error)
    return await go_on(request, user)


async def end_others(request: Request) -> Response:
    """Sign somebody out everywhere but here."""
    caller = require(request)
    await services_of(request).accounts.end_sessions(await user_of(request), but=caller.by)
    return RedirectResponse("/profile#sessions", 303)


async def go_on(request: Request, user: User) -> Response:
    """Give somebody whose sessions have just ended a new one, in place of the one they had here."""
    proof: Proof = require(request).proof
    visit: Visit = visit_of(request)
    response = RedirectResponse("/profile", 303)
    await hold(request, response, await services_of(request).accounts.sign_in.as_user(user, proof, visit))
    return response


async def _values(request: Request, user: User) -> Mapping[str, object]:
    services, caller = services_of(request), require(request)
    accounts, now = services.accounts, services.clock()
    sessions = [
        _place(session, is_here=session.digest == caller.by, is_new=await _was_new(request, session))
        for session in await accounts.sessions.of(user.id)
        if session.proof is not Proof.HALF and session.holds(accounts.life, now=now)
    ]
    return {
        **await sidebar(request),
        "user": user,
        "organisation": await accounts.organisations.with_id(user.organisation),
        "typed": user.name,
        "chosen": user.language,
        "places": sorted(sessions, key=lambda place: not place.is_here),
    }


async def _password_values(request: Request, user: User) -> Mapping[str, object]:
    return {**await sidebar(request), "user": user}


async def _was_new(request: Request, session: Session) -> bool:
    """Tell whether ION told of the network that a session was begun from, when it was begun."""
    told = AuditEvent(Action.SECURITY_NEW_NETWORK, target=Target("user", session.user), network=session.network)
    return await services_of(request).audit.was_seen(told, since=session.created_at - _AT_ONCE)


def _place(session: Session, *, is_here: bool, is_new: bool) -> Place:
    browser, system = browser_name(session.user_agent)
    used_at = session.last_used_at.astimezone()
    return Place(browser, system, session.network, session.created_at.astimezone(), used_at, is_here, is_new)
