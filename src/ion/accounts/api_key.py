"""API keys: how they are written, and when they hold."""

import hmac
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NewType, Self

from ion.accounts.digest import Randomness, digest_of
from ion.accounts.permissions import Permission
from ion.accounts.user import OrganisationId, UserId
from ion.errors import Invalid, Unauthenticated

KeyId = NewType("KeyId", str)
# Which installation a key is for, so that one of a trial is never tried on the real one unnoticed.
Environment = Literal["live", "test"]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PREFIX_LENGTH = 10
# 62^43 > 2^256.
_SECRET_LENGTH = 43
_CHECK_LENGTH = 6
_WRITTEN = re.compile(
    rf"ion_(live|test)_([0-9A-Za-z]{{{_PREFIX_LENGTH}}})_([0-9A-Za-z]{{{_SECRET_LENGTH}}})([0-9A-Za-z]{{{_CHECK_LENGTH}}})",
    re.ASCII,
)
MOST_DAYS = 366
# When a key was last used is written at most so often: every request would be a write.
USE_WRITTEN_EVERY = timedelta(minutes=1)


class BadApiKey(Unauthenticated):
    """The API key is none, or no longer one."""

    code = "bad_api_key"


class BadKeyLife(Invalid):
    """A key cannot be valid for so long."""

    code = "bad_key_life"


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as its user has it: `ion_<environment>_<prefix>_<secret>`.

    Keys are found by their prefix, which may be shown; the secret is not kept. Its last six characters are a checksum,
    so that a mistyped key is refused without a look at the database, and tools that search for leaked secrets can
    tell a key from what only looks like one.
    """

    environment: Environment
    prefix: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, environment: Environment, randomness: Randomness) -> Self:
        """Make a key."""
        return cls(environment, _drawn(randomness, _PREFIX_LENGTH), _drawn(randomness, _SECRET_LENGTH))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that is written like this.

        Raises:
            BadApiKey: none is.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise refused()
        key = cls("live" if written[1] == "live" else "test", written[2], written[3])
        if not hmac.compare_digest(key._check, written[4]):
            raise refused()
        return key

    def written(self) -> str:
        """Return the key in full; it is shown once, to whoever made it."""
        return f"ion_{self.environment}_{self.prefix}_{self.secret}{self._check}"

    @property
    def digest(self) -> str:
        """What is kept of it."""
        return digest_of(self.written())

    @property
    def _check(self) -> str:
        number = zlib.crc32(f"{self.environment}_{self.prefix}_{self.secret}".encode())
        digits = ""
        for _ in range(_CHECK_LENGTH):
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return digits


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key."""

    id: KeyId
    organisation: OrganisationId
    user: UserId
    name: str = field(repr=False)
    prefix: str
    digest: str = field(repr=False)
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds(self, *, now: datetime) -> bool:
        """Tell whether the key is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at

    def is_use_due(self, *, now: datetime) -> bool:
        """Tell whether it is time to write down that the key is used."""
        return self.last_used_at is None or now - self.last_used_at >= USE_WRITTEN_EVERY


def is_api_key(text: str) -> bool:
    """Tell whether this is meant to be an API key of ION, valid or not."""
    return text.startswith("ion_")


def key_end(days: int, *, now: datetime) -> datetime:
    """Return when a key that is made now for so many days ends.

    Raises:
        BadKeyLife: there are too few or too many days.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadKeyLife(f"An API key is valid for 1 to {MOST_DAYS} days.", field="days")
    return now + timedelta(days=days)


def refused() -> BadApiKey:
    """Return the error for every key that does not hold; why it does not is nobody's business who shows it."""
    return BadApiKey("This API key is not valid; it may have been revoked, or have expired.")


def _drawn(randomness: Randomness, length: int) -> str:
    """Return random digits, each as likely as any other: bytes that would favour some are drawn again."""
    digits: list[str] = []
    while len(digits) < length:
        digits += [_DIGITS[byte % 62] for byte in randomness(length) if byte < 248]
    return "".join(digits[:length])
