"""Every question about failed tries to sign in that the database is asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts.lockout import FORGOTTEN_AFTER, BackOff, Failures, wait
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
            waits = max(wait(Failures(row.failures, row.last_at), subjects[row.subject], now=now) for row in rows)
            if waits <= timedelta(0):
                for row in rows:
                    is_old = now - row.last_at >= FORGOTTEN_AFTER
                    row.failures, row.last_at = (1 if is_old else row.failures + 1), now
            return waits

    async def succeeded(self, *, user: str, network: str) -> None:
        """Forget a user's failures, and take back the try that was counted with the network.

        The network's other failures stay: else whoever has one account could clear them between guesses at others.
        """
        one_less = update(SignInFailureRow).values(failures=SignInFailureRow.failures - 1)
        async with self._database.transaction() as session:
            await session.execute(delete(SignInFailureRow).where(SignInFailureRow.subject == user))
            await session.execute(one_less.where(SignInFailureRow.subject == network, SignInFailureRow.failures > 0))

    async def purge(self, *, now: datetime) -> None:
        """Forget what no longer counts."""
        async with self._database.transaction() as session:
            await session.execute(delete(SignInFailureRow).where(SignInFailureRow.last_at <= now - FORGOTTEN_AFTER))


async def _ensure(session: AsyncSession, subject: str, now: datetime) -> None:
    """Make sure that there is a row to lock, whoever else tries the same."""
    make: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[session.get_bind().dialect.name]
    row = make(SignInFailureRow).values(subject=subject, failures=0, last_at=now)
    await session.execute(row.on_conflict_do_nothing())
