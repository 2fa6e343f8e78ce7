"""Where signing in leads: to the page that was asked for, and never to another site."""

import re

from starlette.requests import Request

from ion.accounts import Permission, Role, permissions_of

_LONGEST = 2_000
# Browsers read a backslash as a slash and leave tabs and line ends out, so that `/\evil` and `/<tab>/evil` name a host.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_SIGNING_IN = re.compile(r"/(sign-in|sign-out|invitation)(?![^/?#])")


def own_path(address: str) -> str | None:
    """Return an address if it is a path of ION that one can be led to after signing in."""
    if len(address) > _LONGEST or _PATH.fullmatch(address) is None or _SIGNING_IN.match(address):
        return None
    return address


def wanted(request: Request) -> str:
    """Return the path that was asked for before signing in; nothing where there is none, or none of ION's."""
    return own_path(request.query_params.get("next", "")) or ""


def home_of(role: Role) -> str:
    """Return the page that somebody begins at: auditors and operators have no mentor."""
    possible = permissions_of(role)
    if Permission.CONVERSATIONS_OWN in possible:
        return "/"
    return "/members" if Permission.MEMBERS_READ in possible else "/profile"
