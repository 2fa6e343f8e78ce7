"""`/profile`: what somebody is called, their language, their password, and where they are signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import (
    BadName,
    Family,
    FamilyId,
    Permission,
    Proof,
    Session,
    SignInLocked,
    User,
    Visit,
    WeakPassword,
    name_of,
)
from ion.audit import Action, AuditEvent, Target
from ion.callers import require, services_of, visit_of
from ion.language import LANGUAGES, Language
from ion.rights import OPTIONAL, ConsentOutdated, Purpose
from ion.web.browsers import browser_name
from ion.web.consents import agreed_by, boxes, choices_in
from ion.web.cookies import hold
from ion.web.forms import WrongPassword, check_present_password, fields_of, fresh, refused_page
from ion.web.person import user_of
from ion.web.preference import forget_language, preferred_language
from ion.web.rendering import page
from ion.web.sidebar import sidebar

# A session begins a moment after what was noticed about it.
_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that somebody is signed in; `digest` is that of the session."""

    digest: str
    browser: str
    system: str
    network: str
    begun_at: datetime
    used_at: datetime
    is_here: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Program:
    """A program that somebody signed in with, for tokens; `name` is what it says of itself."""

    id: FamilyId
    name: str
    network: str
    begun_at: datetime
    used_at: datetime


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


async def change_consents(request: Request) -> Response:
    """Take what somebody agrees to, and what no longer; the notice, once acknowledged, stays so."""
    user, fields = await user_of(request), await fields_of(request)
    agreed = await agreed_by(request, user.id)
    choices = choices_in(fields, (*OPTIONAL, *({Purpose.NOTICE} - agreed)))
    wanted = [choice for choice in choices if choice.is_given or choice.purpose is not Purpose.NOTICE]
    consents, language = services_of(request).consents, preferred_language(request)
    try:
        await consents.choose(user.id, user.organisation, wanted, language=language)
    except ConsentOutdated as error:
        return refused_page(request, "profile.html", await _values(request, user), error)
    return RedirectResponse("/profile#consents", 303)


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
    """Sign somebody out everywhere but here, programs with tokens among it."""
    caller = require(request)
    await services_of(request).accounts.sign_out_everywhere(await user_of(request), but=caller.by)
    return RedirectResponse("/profile#sessions", 303)


async def end_one(request: Request) -> Response:
    """End one session, or all tokens of one program; one that has ended stays so."""
    user, fields, accounts = await user_of(request), await fields_of(request), services_of(request).accounts
    if program := fields["program"]:
        await accounts.tokens.end(user, FamilyId(program))
    else:
        await accounts.end_session(user, fields["session"])
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
    accounts, now, erasure = services.accounts, services.clock(), await services.erasures.of(user.id)
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
        **boxes(await agreed_by(request, user.id)),
        "owns_data": caller.may(Permission.DATA_OWN),
        "erased_at": None if erasure is None else erasure.due_at.astimezone(),
        "programs": [_program(family) for family in await accounts.tokens.of(user)],
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
    return Place(
        digest=session.digest,
        browser=browser,
        system=system,
        network=session.network,
        begun_at=session.created_at.astimezone(),
        used_at=session.last_used_at.astimezone(),
        is_here=is_here,
        is_new=is_new,
    )


def _program(family: Family) -> Program:
    # A library calls itself by its name and version, with more behind it.
    name = browser_name(family.user_agent)[0] or family.user_agent.partition(" ")[0]
    return Program(family.id, name, family.network, family.created_at.astimezone(), family.last_used_at.astimezone())
