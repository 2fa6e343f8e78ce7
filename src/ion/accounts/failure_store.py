"""Every question about failed tries to sign in that the database is asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts.digest import digest_of
from ion.accounts.lockout import FORGOTTEN_AFTER, BackOff, Failures, level, wait
from ion.accounts.models import SignInFailureRow
from ion.db import Database


class FailureStore:
    """Failed tries in the database, by the digest of the address or network they came with."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, subjects: Mapping[str, BackOff], *, now: datetime) -> timedelta:
        """Count a try as failed with all these subjects, until `succeeded`; return the wait instead where there is one.

        That it counts before anything is compared keeps many tries at once from slipping through together.
        """
        # One order for all, so that two tries never wait for each other.
        names = sorted(subjects)
        async with self._database.transaction() as session:
            for name in names:
                await _ensure(session, name, now)
            query = select(SignInFailureRow).where(SignInFailureRow.subject.in_(names))
            rows = list(await session.scalars(query.order_by(SignInFailureRow.subject).with_for_update()))
            kept = [(row, Failures(row.level, row.last_at), subjects[row.subject]) for row in rows]
            waits = max((wait(past, back_off, now=now) for _, past, back_off in kept), default=timedelta(0))
            if waits > timedelta(0):
                # Else whoever is locked out could fill the table with addresses.
                await session.rollback()
                return waits
            for row, failures, back_off in kept:
                row.level, row.last_at = level(failures, back_off, now=now) + 1, now
            return waits

    async def succeeded(self, *, user: str, network: str) -> None:
        """Forget a user's failures, and take back the try that was counted with the network.

        The network's other failures stay: else whoever has one account could clear them between guesses at others.
        """
        async with self._database.transaction() as session:
            await session.execute(delete(SignInFailureRow).where(SignInFailureRow.subject == user))
            await session.execute(_one_less(network))

    async def half_succeeded(self, *, network: str) -> None:
        """Take back the try that was counted with the network.

        The user's stay until the second factor is right, too: else whoever knows the password could go on guessing it.
        """
        async with self._database.transaction() as session:
            await session.execute(_one_less(network))

    async def purge(self, *, now: datetime) -> None:
        """Forget what no longer counts."""
        async with self._database.transaction() as session:
            await session.execute(delete(SignInFailureRow).where(SignInFailureRow.last_at <= now - FORGOTTEN_AFTER))


def subject_of(email: str) -> str:
    """Return what failures with this address are counted under."""
    return digest_of(f"user:{email}")


def _one_less(subject: str) -> Any:
    this = (SignInFailureRow.subject == subject, SignInFailureRow.level >= 1)
    return update(SignInFailureRow).where(*this).values(level=SignInFailureRow.level - 1)


async def _ensure(session: AsyncSession, subject: str, now: datetime) -> None:
    """Make sure that there is a row to lock, whoever else tries the same."""
    make: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    row = make(SignInFailureRow).values(subject=subject, level=0, last_at=now)
    await session.execute(row.on_conflict_do_nothing())
