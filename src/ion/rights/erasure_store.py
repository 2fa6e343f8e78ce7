"""Every question about erasures that the database is asked."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts import OrganisationId, UserId
from ion.db import Database
from ion.rights.erasure import Erasure, ErasureBegun, Receipt, no_erasure
from ion.rights.models import ErasureRow

# Erases what one part of ION keeps of somebody, and returns how much of what that was. It may be asked again.
Eraser = Callable[[AsyncSession, UserId], Awaitable[Mapping[str, int]]]


class ErasureStore:
    """Erasures in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, erasure: Erasure) -> Erasure:
        """Keep a new erasure; where somebody has asked before, it is that one that stays and is returned."""
        row = ErasureRow(
            digest=erasure.digest,
            receipt=erasure.receipt,
            user_id=erasure.user,
            organisation_id=erasure.organisation,
            asked_at=erasure.asked_at,
            due_at=erasure.due_at,
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            # That one may have come to its end just now.
            return await self.of(erasure.user) or await self.add(erasure)
        return erasure

    async def of(self, user: UserId) -> Erasure | None:
        """Return the erasure that somebody has asked for; None where they have not."""
        async with self._database.reading() as session:
            row = await session.scalar(select(ErasureRow).where(ErasureRow.user_id == user))
        return None if row is None else _erasure_of(row)

    async def due(self, *, now: datetime) -> list[Erasure]:
        """Return the erasures whose time has come, also those that were begun and cut off."""
        query = select(ErasureRow).where(ErasureRow.user_id.is_not(None), ErasureRow.due_at <= now)
        async with self._database.reading() as session:
            return [_erasure_of(row) for row in await session.scalars(query.order_by(ErasureRow.due_at))]

    async def hasten(self, user: UserId, *, to: datetime) -> None:
        """Let an erasure be due at this moment."""
        async with self._database.transaction() as session:
            change = update(ErasureRow).where(ErasureRow.user_id == user, ErasureRow.due_at > to)
            await session.execute(change.values(due_at=to))

    async def cancel(self, user: UserId, *, now: datetime) -> None:
        """Take an erasure back.

        Raises:
            ErasureNotFound: there is none.
            ErasureBegun: it is due.
        """
        pending = delete(ErasureRow).where(ErasureRow.user_id == user, ErasureRow.due_at > now)
        async with self._database.transaction() as session:
            if (await session.execute(pending.returning(ErasureRow.digest))).first() is not None:
                return
        if await self.of(user) is None:
            raise no_erasure()
        raise ErasureBegun("The grace period is over: the erasure has begun.")

    async def step(self, erasure: Erasure, erase: Eraser) -> None:
        """Take a step and add what it erased to the receipt, both or neither; none where somebody else has ended it."""
        async with self._database.transaction() as session:
            erased = await _locked(session, erasure)
            if erased is not None:
                counts = await erase(session, erasure.user)
                total = {kind: erased.get(kind, 0) + number for kind, number in counts.items()}
                await _tell(session, erasure, {**erased, **total})

    async def note(self, erasure: Erasure, kind: str, number: int) -> None:
        """Say how many of a kind are about to be erased elsewhere; said again, the larger number stays."""
        async with self._database.transaction() as session:
            erased = await _locked(session, erasure)
            if erased is not None:
                await _tell(session, erasure, {**erased, kind: max(erased.get(kind, 0), number)})

    async def unname(self, erasure: Erasure) -> None:
        """Forget who it was."""
        async with self._database.transaction() as session:
            await session.execute(update(ErasureRow).where(_named(erasure)).values(user_id=None, receipt=None))

    async def in_files(self) -> list[str]:
        """Return the digests of erasures of which the database's files may still hold remains."""
        query = select(ErasureRow.digest).where(ErasureRow.user_id.is_(None), ErasureRow.done_at.is_(None))
        async with self._database.reading() as session:
            return list(await session.scalars(query))

    async def done(self, digests: Collection[str], *, at: datetime) -> None:
        """Say that these have come to their end."""
        async with self._database.transaction() as session:
            change = update(ErasureRow).where(ErasureRow.digest.in_(digests), ErasureRow.done_at.is_(None))
            await session.execute(change.values(done_at=at))

    async def receipt(self, digest: str) -> Receipt:
        """Return what is told of an erasure.

        Raises:
            ErasureNotFound: there is none with this digest.
        """
        async with self._database.reading() as session:
            row = await session.get(ErasureRow, digest)
        if row is None:
            raise no_erasure()
        return Receipt(row.asked_at, row.due_at, row.done_at, row.erased)


def _named(erasure: Erasure) -> ColumnElement[bool]:
    return and_(ErasureRow.digest == erasure.digest, ErasureRow.user_id == erasure.user)


async def _locked(session: AsyncSession, erasure: Erasure) -> Mapping[str, int] | None:
    """Return what was erased so far; None where another process has ended it. Others wait from now on."""
    # An update that changes nothing: on SQLite, too, it makes sure that nobody else is between reading and writing.
    lock = update(ErasureRow).where(_named(erasure)).values(user_id=erasure.user)
    erased: Mapping[str, int] | None = await session.scalar(lock.returning(ErasureRow.erased))
    return erased


async def _tell(session: AsyncSession, erasure: Erasure, erased: Mapping[str, int]) -> None:
    await session.execute(update(ErasureRow).where(_named(erasure)).values(erased=dict(erased)))


def _erasure_of(row: ErasureRow) -> Erasure:
    assert row.user_id is not None
    assert row.receipt is not None
    return Erasure(
        UserId(row.user_id), OrganisationId(row.organisation_id), row.receipt, row.digest, row.asked_at, row.due_at
    )
