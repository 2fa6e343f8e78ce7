"""`/members`: who is in the organisation, and for admins: invite, change, disable, and their API keys."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import (
    ApiKey,
    BadEmail,
    Caller,
    EmailTaken,
    InvitationId,
    Permission,
    Role,
    User,
    UserId,
    may_grant,
)
from ion.callers import require, services_of
from ion.errors import Invalid
from ion.web.forms import fields_of, fresh, refused_page
from ion.web.rendering import id_in, page
from ion.web.sidebar import sidebar

_HERE = "/members"


class UnknownRole(Invalid):
    """There is no such role."""

    code = "unknown_role"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the organisation, and whether whoever looks may change what they are."""

    user: User
    is_changeable: bool
    is_oneself: bool


async def show(request: Request) -> Response:
    """Show who is in the organisation, and who is invited."""
    return page(request, "members.html", {**await _values(request), "email": "", "role": Role.MENTEE, **fresh()})


async def invite(request: Request) -> Response:
    """Invite somebody, and show the link, this once."""
    caller, fields = require(request), await fields_of(request)
    role = _role(fields["role"])
    services = services_of(request)
    try:
        invitation, secret = await services.accounts.members.invite(
            caller.organisation, fields["email"], role, by=caller
        )
    except (BadEmail, EmailTaken) as error:
        values = {**await _values(request), "email": fields["email"], "role": role}
        return refused_page(request, "members.html", values, error)
    address = services.settings.server.public_url or f"{request.url.scheme}://{request.url.netloc}"
    values = {"invitation": invitation, "link": f"{address}/invitation#{secret}"}
    return page(request, "invited.html", {**await sidebar(request), **values})


async def withdraw(request: Request) -> Response:
    """Let an invitation hold no longer."""
    invitation, organisation = InvitationId(id_in(request, "invitation_id")), require(request).organisation
    await services_of(request).accounts.members.withdraw(invitation, organisation=organisation)
    return RedirectResponse(_HERE, 303)


async def set_role(request: Request) -> Response:
    """Change what somebody is."""
    members, role = services_of(request).accounts.members, _role((await fields_of(request))["role"])
    return await _changed(request, lambda user, caller: members.set_role(user, role, by=caller))


async def disable(request: Request) -> Response:
    """Keep somebody out."""
    members = services_of(request).accounts.members
    return await _changed(request, lambda user, caller: members.disable(user, by=caller))


async def enable(request: Request) -> Response:
    """Let somebody in again."""
    members = services_of(request).accounts.members
    return await _changed(request, lambda user, caller: members.enable(user, by=caller))


async def reset_second_factor(request: Request) -> Response:
    """Turn off the second factor of somebody who has lost it."""
    members = services_of(request).accounts.members
    return await _changed(request, lambda user, caller: members.reset_second_factor(user, by=caller))


async def revoke_key(request: Request) -> Response:
    """Let a member's API key hold no longer."""
    keys, organisation = services_of(request).accounts.keys, require(request).organisation
    await keys.revoke(await keys.store.with_prefix(id_in(request, "prefix"), organisation=organisation))
    return RedirectResponse(f"{_HERE}#keys", 303)


async def _changed(request: Request, change: Callable[[User, Caller], Awaitable[User]]) -> Response:
    caller, users = require(request), services_of(request).accounts.users
    member = UserId(id_in(request, "member_id"))
    await change(await users.with_id(member, organisation=caller.organisation), caller)
    return RedirectResponse(f"{_HERE}#{member}", 303)


async def _values(request: Request) -> Mapping[str, object]:
    caller, services = require(request), services_of(request)
    accounts, now = services.accounts, services.clock()
    manages = caller.may(Permission.MEMBERS_MANAGE)
    users = await accounts.users.of(caller.organisation)
    return {
        **await sidebar(request),
        "organisation": await accounts.organisations.with_id(caller.organisation),
        "members": [_member(user, caller) for user in users],
        "manages": manages,
        "roles": [role for role in Role if may_grant(caller.role, role)],
        "invitations": await accounts.invitations.open_of(caller.organisation, now=now) if manages else [],
        "keys": await _keys(request, caller, users),
    }


async def _keys(request: Request, caller: Caller, users: list[User]) -> list[tuple[ApiKey, str]]:
    """Return the keys that hold, each with the name of whose it is, for whoever may revoke them."""
    if not caller.may(Permission.KEYS_MANAGE):
        return []
    services = services_of(request)
    names, now = {user.id: user.name for user in users}, services.clock()
    found = await services.accounts.keys.store.of(caller.organisation)
    return [(key, names.get(key.user, "")) for key in found if key.holds(now=now)]


def _member(user: User, caller: Caller) -> Member:
    is_changeable = caller.may(Permission.MEMBERS_MANAGE) and may_grant(caller.role, user.role)
    return Member(user, is_changeable, caller.owns(user.id))


def _role(name: str) -> Role:
    role = next((each for each in Role if each == name), None)
    if role is None:
        raise UnknownRole("There is no such role.", field="role")
    return role
