"""`/keys`: one's own API keys."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import (
    DEFAULT_DAYS,
    KEY_SCOPES,
    MOST_DAYS,
    ApiKeyNotFound,
    BadKeyLife,
    BadName,
    BadScope,
    Permission,
    permissions_of,
)
from ion.callers import require, services_of
from ion.web.forms import Fields, fields_of, fresh, refused_page
from ion.web.person import user_of
from ion.web.rendering import id_in, page
from ion.web.sidebar import sidebar

_MOST_DIGITS = 4


async def show(request: Request) -> Response:
    """Show somebody's keys, and the form that makes one."""
    form = {"name": "", "lasting": str(DEFAULT_DAYS), "chosen": [Permission.CONVERSATIONS_OWN.value]}
    return page(request, "keys.html", {**await _values(request), **form, **fresh()})


async def make(request: Request) -> Response:
    """Make a key, and show it, this once."""
    user, fields = await user_of(request), await fields_of(request)
    name, chosen = fields["name"], fields.all("scope")
    try:
        key, text = await services_of(request).accounts.keys.make(user, name=name, scopes=chosen, days=_days_in(fields))
    except (BadKeyLife, BadName, BadScope) as error:
        form = {"name": name, "lasting": fields["days"], "chosen": chosen}
        return refused_page(request, "keys.html", {**await _values(request), **form}, error)
    return page(request, "key_made.html", {**await sidebar(request), "key": key, "text": text})


async def revoke(request: Request) -> Response:
    """Let one of one's own keys hold no longer.

    Raises:
        ApiKeyNotFound: there is none with this prefix, or it is somebody else's.
    """
    caller, keys = require(request), services_of(request).accounts.keys
    key = await keys.store.with_prefix(id_in(request, "prefix"), organisation=caller.organisation)
    if not caller.owns(key.user):
        raise ApiKeyNotFound("There is no such API key.", field="key")
    await keys.revoke(key)
    return RedirectResponse("/keys", 303)


async def _values(request: Request) -> Mapping[str, object]:
    caller, services = require(request), services_of(request)
    possible = permissions_of(caller.role, KEY_SCOPES)
    return {
        **await sidebar(request),
        "keys": await services.accounts.keys.store.of_user(caller.user),
        "scopes": [scope for scope in Permission if scope in possible],
        "most_days": MOST_DAYS,
        "now": services.clock(),
    }


def _days_in(fields: Fields) -> int:
    """Return the days that were asked for; what is no number is too few."""
    days = fields["days"].strip()
    return int(days) if days.isdecimal() and len(days) <= _MOST_DIGITS else 0
