"""Consents in forms: a box for each, none of them ticked beforehand."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request

from ion.accounts import UserId
from ion.callers import services_of
from ion.rights import VERSIONS, Choice, NoticeNotAcknowledged, Purpose
from ion.web.forms import Fields

# Where a page was opened before a text changed, its boxes are about the earlier one: each names the version it shows.
_PREFIX = "consent-"


def field_of(purpose: Purpose) -> str:
    """Return the name of a box."""
    return f"{_PREFIX}{purpose}"


def choices_in(fields: Fields, purposes: Iterable[Purpose]) -> list[Choice]:
    """Return what was chosen; a box that is not ticked is a no."""
    chosen = {purpose: fields[field_of(purpose)] for purpose in purposes}
    return [
        Choice(purpose, int(version) if version.isdecimal() and len(version) < len("10000") else 0, bool(version))
        for purpose, version in chosen.items()
    ]


def check_notice(fields: Fields) -> None:
    """Make sure that the notice was acknowledged.

    Raises:
        NoticeNotAcknowledged: its box is not ticked.
    """
    if not fields[field_of(Purpose.NOTICE)]:
        raise NoticeNotAcknowledged("Tick the box about AI first.", field=field_of(Purpose.NOTICE))


def boxes(chosen: Iterable[Purpose] = ()) -> Mapping[str, object]:
    """Return what the boxes show."""
    return {"versions": VERSIONS, "agreed": frozenset(chosen)}


async def agreed_by(request: Request, user: UserId) -> frozenset[Purpose]:
    """Return what somebody agrees to as it is asked now."""
    said = await services_of(request).consents.of(user)
    return frozenset(purpose for purpose, consent in said.items() if consent.holds)
