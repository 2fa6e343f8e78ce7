"""What is recorded of one thing that was done or tried: names and numbers from closed lists, and nobody's words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ion.audit.actions import Action

Detail = str | int | bool

# What a detail can be about; a key that is not here is a mistake, so that no text comes in by the way.
DETAIL_KEYS = frozenset(
    {
        "permission",
        "route",
        "role",
        "role_before",
        "reason",
        "scopes",
        "proof",
        "method",
        "days",
        "count",
        "requests",
        "tokens",
        "at_once",
        "purpose",
        "version",
        "rows",
        "fault",
        "format",
        "since",
        "until",
        "setting",
        "master",
        "severity",
    }
)
# Names of permissions, roles, scopes and settings, moments, and templates of routes. No @, so no e-mail address.
_PLAIN = re.compile(r"[\w.,:/{} +-]{0,400}", re.ASCII)


class Outcome(StrEnum):
    """What came of it. Something failed where it was allowed and did not work, or was found to be wrong."""

    GRANTED = "granted"
    DENIED = "denied"
    FAILED = "failed"


class ActorKind(StrEnum):
    """Who did it. An operator is at the machine's command line; the system is ION itself."""

    USER = "user"
    OPERATOR = "operator"
    ANONYMOUS = "anonymous"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user by id, an operator by their name on the machine; `proof` is how they proved it.

    `key` is the id of the API key they came with.
    """

    kind: ActorKind
    id: str = field(default="", repr=False)
    proof: str = ""
    key: str = ""


ANONYMOUS = Actor(ActorKind.ANONYMOUS)
SYSTEM = Actor(ActorKind.SYSTEM)


class Target(NamedTuple):
    """What it was done to; `kind` is the name of its table. Of a `user` the row keeps an alias in place of the id."""

    kind: str = ""
    id: str = ""


NOTHING = Target()


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that was done or tried; who did it and where from is the current origin's, unless it is given here.

    `organisation` is empty for what concerns the whole installation. `network` is never a full address.

    Raises:
        ValueError: a detail has a key that is not in the list, or could be somebody's words.
    """

    action: Action
    organisation: str = ""
    outcome: Outcome = Outcome.GRANTED
    target: Target = NOTHING
    details: Mapping[str, Detail] = field(default_factory=dict)
    actor: Actor | None = None
    network: str | None = None

    def __post_init__(self) -> None:
        for key, value in self.details.items():
            if key not in DETAIL_KEYS or (isinstance(value, str) and not _PLAIN.fullmatch(value)):
                raise ValueError(f"{key!r} is no detail of an audit event, or its value could be somebody's words.")


def denial(permission: str, *, route: str, organisation: str = "") -> AuditEvent:
    """Return the event of a caller who lacks a permission; `route` is the template, e.g. `GET /api/v2/members/{id}`."""
    details = {"permission": permission, "route": route}
    return AuditEvent(Action.PERMISSION_DENIED, organisation, Outcome.DENIED, details=details)
