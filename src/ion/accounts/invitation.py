"""Invitations: a secret link that makes one account."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from ion.accounts.permissions import Role
from ion.accounts.user import OrganisationId, UserId
from ion.errors import NotFound

InvitationId = NewType("InvitationId", str)
LASTS = timedelta(days=7)


class InvitationNotFound(NotFound):
    """There is no such invitation, or it was used, or it is too old."""

    code = "invitation_not_found"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is kept of an invitation; `by` is who gave it, None where it was made at the command line."""

    id: InvitationId
    organisation: OrganisationId
    email: str = field(repr=False)
    role: Role
    created_at: datetime
    expires_at: datetime
    by: UserId | None = None
    used_at: datetime | None = None


def not_invited() -> InvitationNotFound:
    """Return the error for every invitation that does not hold."""
    return InvitationNotFound("There is no such invitation; it may have been used, or be too old. Ask for a new one.")
