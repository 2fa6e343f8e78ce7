"""What single API keys and organisations may use, where it is not what everybody may."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from ion.db import Database
from ion.errors import Invalid
from ion.limits.models import AllowanceRow

# Seconds until a change is seen by a server that is running.
_REMEMBERED = 30.0
_MANY = 10_000
_MOST_REQUESTS, _MOST_TOKENS = 100_000, 10**12


class BadAllowance(Invalid):
    """This is no number of requests or tokens."""

    code = "bad_allowance"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests a minute of each class, and tokens a day; None where it is what everybody may use."""

    per_minute: int | None = None
    tokens_a_day: int | None = None


_EVERYBODYS = Allowance()


def key_subject(key_id: str) -> str:
    """Return what the allowance of an API key is kept under."""
    return f"key:{key_id}"


def organisation_subject(organisation_id: str) -> str:
    """Return what the allowance of an organisation is kept under."""
    return f"organisation:{organisation_id}"


@dataclass(slots=True)
class Allowances:
    """Allowances in the database, each remembered for half a minute; `clock` is in seconds and never goes back."""

    database: Database
    clock: Callable[[], float]
    _known: dict[str, tuple[float, Allowance]] = field(default_factory=dict)

    async def of(self, subject: str) -> Allowance:
        """Return what a key or an organisation may use."""
        known = self._known.get(subject)
        if known is not None and self.clock() - known[0] < _REMEMBERED:
            return known[1]
        try:
            async with self.database.reading() as session:
                row = await session.get(AllowanceRow, subject)
        except (DBAPIError, OSError):
            # Without a database little can be done; what can, goes by what was known.
            return _EVERYBODYS if known is None else known[1]
        found = _EVERYBODYS if row is None else Allowance(row.per_minute, row.tokens_a_day)
        if len(self._known) >= _MANY:
            self._known.clear()
        self._known[subject] = (self.clock(), found)
        return found

    async def set(self, subject: str, allowance: Allowance) -> None:
        """Give a key or an organisation what it may use; an empty allowance is what everybody may.

        Raises:
            BadAllowance: a number is below 1, or too large.
        """
        for number, most in ((allowance.per_minute, _MOST_REQUESTS), (allowance.tokens_a_day, _MOST_TOKENS)):
            if number is not None and not 1 <= number <= most:
                raise BadAllowance(f"Write a number from 1 to {most:,}.")
        row = AllowanceRow(subject=subject, per_minute=allowance.per_minute, tokens_a_day=allowance.tokens_a_day)
        async with self.database.transaction() as session:
            await session.merge(row)
        self._known.pop(subject, None)

    async def per_minute(self, *, key: str | None, organisation: str) -> int | None:
        """Return how many requests of each class a caller may make: the key's number before the organisation's."""
        if key is not None and (own := (await self.of(key_subject(key))).per_minute) is not None:
            return own
        return (await self.of(organisation_subject(organisation))).per_minute
