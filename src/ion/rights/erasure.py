"""What it is to ask to be erased, and what is told of it afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ion.accounts import OrganisationId, UserId
from ion.errors import Conflict, NotFound


class ErasureNotFound(NotFound):
    """Nobody asked for this erasure, or it was taken back."""

    code = "erasure_not_found"


class ErasureBegun(Conflict):
    """The grace period is over, so an erasure cannot be taken back."""

    code = "erasure_begun"


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody who asked to be erased; with the secret `receipt` they can look up what became of it."""

    user: UserId
    organisation: OrganisationId
    receipt: str = field(repr=False)
    digest: str
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased so far, by kind; all of it once there is a `done_at`. It names nobody."""

    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    erased: Mapping[str, int]


def no_erasure() -> ErasureNotFound:
    """Return the error for an erasure that there is not."""
    return ErasureNotFound("There is no such erasure; it was never asked for, or was taken back.")
