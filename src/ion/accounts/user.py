"""Organisations, and the people in them."""

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NewType

from ion.accounts.permissions import Role
from ion.errors import Invalid
from ion.language import Language

OrganisationId = NewType("OrganisationId", str)
UserId = NewType("UserId", str)

# Of whoever runs ION alone on their own machine. The migration makes both, so that one code path serves both modes.
LOCAL_ORGANISATION = OrganisationId("local")
LOCAL_USER = UserId("local")

# Longest time that an organisation may set; who wants more keeps conversations without end.
MOST_KEPT_DAYS = 3650
_KEEP = "keep_conversations_days"

# Longest address that mail can have (RFC 5321, 4.5.3.1.3, less the two brackets).
_MAX_EMAIL = 254
_MAX_NAME = 80
_EMAIL = re.compile(r"[^@\s\x00-\x20\x7f]{1,64}@[^@\s\x00-\x20\x7f]+")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


class BadEmail(Invalid):
    """This is no e-mail address."""

    code = "bad_email"


class BadName(Invalid):
    """A name of a user, an organisation or a key is not one line of 1 to 80 characters."""

    code = "bad_name"


class BadSlug(Invalid):
    """The short name of an organisation is not lower-case letters, digits and hyphens."""

    code = "bad_slug"


class BadRetention(Invalid):
    """Conversations cannot be kept for so many days."""

    code = "bad_retention"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose users never see another's; `slug` is its name on the command line and in addresses."""

    id: OrganisationId
    name: str
    slug: str
    created_at: datetime
    settings: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def keep_days(self) -> int | None:
        """Days for which conversations are kept after their last message; None for without end."""
        days = self.settings.get(_KEEP)
        return days if isinstance(days, int) else None

    def keeping(self, days: int | None) -> "Organisation":
        """Return the same, with another time for which conversations are kept.

        Raises:
            BadRetention: these are no days that can be asked for.
        """
        if days is not None and not 1 <= days <= MOST_KEPT_DAYS:
            raise BadRetention(f"Conversations are kept 1 to {MOST_KEPT_DAYS} days, or without end.", field="days")
        others = {name: value for name, value in self.settings.items() if name != _KEEP}
        return replace(self, settings=others if days is None else {**others, _KEEP: days})


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account. Nothing personal is in its repr, which may end up in a log."""

    id: UserId
    organisation: OrganisationId
    email: str = field(repr=False)
    name: str = field(repr=False)
    language: Language
    role: Role
    created_at: datetime
    has_password: bool = False
    has_second_factor: bool = False
    disabled_at: datetime | None = None
    last_seen_at: datetime | None = None

    @property
    def is_disabled(self) -> bool:
        """Tell whether this user can no longer get in."""
        return self.disabled_at is not None


def email_of(text: str) -> str:
    """Return an e-mail address as it is kept: lower-case, composed.

    Raises:
        BadEmail: it is none.
    """
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if len(email) > _MAX_EMAIL or not _EMAIL.fullmatch(email) or _has_unseen(email):
        raise BadEmail("This is no e-mail address.", field="email")
    return email


def name_of(text: str, *, of: str = "name") -> str:
    """Return a name as it is kept; `of` is the field it was given in.

    Raises:
        BadName: it is not one line of 1 to 80 characters.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= _MAX_NAME or _has_unseen(name):
        raise BadName("A name is one line of 1 to 80 characters.", field=of)
    return name


# Control characters, invisible ones that turn text around, and halves of surrogate pairs.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _has_unseen(text: str) -> bool:
    return any(unicodedata.category(char) in _UNSEEN for char in text)


def slug_of(text: str) -> str:
    """Return the short name of an organisation.

    Raises:
        BadSlug: it is not 1 to 40 lower-case letters, digits and hyphens.
    """
    if not _SLUG.fullmatch(text):
        raise BadSlug("A short name is 1 to 40 of a-z, 0-9 and hyphens between them.", field="slug")
    return text
