"""Refresh tokens: how they are written, how one follows from another, and how long their family lasts."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from ion.accounts.caller import Proof
from ion.accounts.digest import Randomness, is_same, new_secret
from ion.accounts.permissions import Permission
from ion.accounts.user import UserId
from ion.errors import Unauthenticated

FamilyId = NewType("FamilyId", str)
# What the program holds; only its digest is kept.
RefreshText = NewType("RefreshText", str)

# A client may send a token twice: two of its threads at once, or again because the answer was lost on its way. Longer
# than any of that takes, and too short for a thief to make much of it.
GRACE = timedelta(seconds=10)
_PREFIX = "ion_refresh_"
_WRITTEN = re.compile(rf"{_PREFIX}[\w-]{{43}}", re.ASCII)
_SALT_BYTES = 32


class BadRefreshToken(Unauthenticated):
    """The refresh token is none, was used before, or has ended."""

    code = "bad_refresh_token"


@dataclass(frozen=True, slots=True)
class TokenLife:
    """How long tokens hold: `access` each; all of a family until it is not refreshed for `idle`, or `absolute` is over.

    Access tokens are taken from `issuer` alone, which is the name of this installation.
    """

    access: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(days=14)
    absolute: timedelta = timedelta(days=30)
    issuer: str = "urn:ion"


@dataclass(frozen=True, slots=True)
class Family:
    """All tokens that came of one sign-in: one refresh token after the other, and the access tokens beside them.

    `digest` is that of the refresh token which is in use, and `salt` is what it was made of its predecessor with.
    """

    id: FamilyId
    user: UserId
    proof: Proof
    scopes: frozenset[Permission]
    digest: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    salt: bytes = field(default=b"", repr=False)
    user_agent: str = field(default="", repr=False)
    network: str = field(default="", repr=False)

    def holds(self, life: TokenLife, *, now: datetime) -> bool:
        """Tell whether the family has not ended."""
        return now < self.expires_at and now - self.last_used_at < life.idle

    def sent_twice(self, text: RefreshText, *, now: datetime) -> RefreshText | None:
        """Return what a token that was used up was exchanged for; None unless it was the last one, just now."""
        follows = successor(text, self.salt)
        is_last = is_same(follows, self.digest) and now - self.last_used_at < GRACE
        return follows if is_last else None


def new_refresh(randomness: Randomness) -> RefreshText:
    """Return the first refresh token of a family: 256 random bits."""
    return RefreshText(_PREFIX + new_secret(randomness))


def refresh_of(text: str) -> RefreshText:
    """Return the refresh token that is written like this.

    Raises:
        BadRefreshToken: none is.
    """
    if not _WRITTEN.fullmatch(text):
        raise refused()
    return RefreshText(text)


def new_salt(randomness: Randomness) -> bytes:
    """Return what the next refresh token will be made with."""
    return randomness(_SALT_BYTES)


def successor(text: RefreshText, salt: bytes) -> RefreshText:
    """Return the refresh token that comes after another: HMAC-SHA-256 of it, with the salt as the key.

    So that it need not be kept to be given twice. Who has the old token lacks the salt, which is forgotten with the
    next exchange; who has the database lacks the old token.
    """
    raw = hmac.digest(salt, text.encode(), hashlib.sha256)
    return RefreshText(_PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


def refused() -> BadRefreshToken:
    """Return the error for every refresh token that does not hold."""
    return BadRefreshToken("This refresh token is not valid; sign in again.")
