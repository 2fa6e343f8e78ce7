"""Every question about lines that are left to do: whose turn it is, who does them, and what came of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ion.batches.batch import BatchId, BatchStatus, Claimed, ended_as
from ion.batches.models import BatchLineRow, BatchRow
from ion.batches.rows import ask_place, claimed_of, result_place
from ion.db import Database, UtcDateTime
from ion.monitoring import log
from ion.sealing import BrokenSeal, Keyring, NoDataKey

# A line of a batch.
At = tuple[BatchId, int]


class _DoneAlready(Exception):
    """Somebody else has done the line meanwhile."""


class BatchQueue:
    """The lines of all owners that are left to do.

    Whoever takes one holds it until a moment that they may put off; after that it is anybody's again. What came of a
    line is kept once, whoever is first.
    """

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def has_work(self, *, now: datetime) -> bool:
        """Tell whether there is a line that nobody does."""
        query = select(exists().where(BatchRow.ended_at.is_(None), BatchRow.id == BatchLineRow.batch_id, _free(now)))
        async with self._database.reading() as session:
            return bool(await session.scalar(query))

    async def claim(self, holder: str, *, now: datetime, until: datetime) -> Claimed | None:
        """Take the next line of the owner who has waited longest; None where nothing is left to do.

        A batch whose owner's keys were erased is erased, too.
        """
        while (taken := await self._take(holder, now, until)) is not None:
            batch, line = taken
            if line is None:
                # Others took what was left of this batch; another one may have more.
                continue
            keys = await self._keyring.keys_of(batch.owner_id)
            if keys.current:
                return claimed_of(batch, line, await self._asked(batch, line))
            # Whoever sent it was erased.
            await self._erase(BatchId(batch.id))
        return None

    async def hold(self, holder: str, lines: Collection[At], *, until: datetime) -> None:
        """Put off the end of lines that are still being worked on."""
        change = update(BatchLineRow).where(_these(lines), BatchLineRow.holder == holder)
        async with self._database.transaction() as session:
            await session.execute(change.values(held_until=until))

    async def release(self, holder: str) -> None:
        """Let others do what this process was working on."""
        left = and_(BatchLineRow.holder == holder, BatchLineRow.done_at.is_(None))
        async with self._database.transaction() as session:
            await session.execute(update(BatchLineRow).where(left).values(holder=None, held_until=None))

    async def finish(self, line: Claimed, result: str, *, is_answered: bool, at: datetime) -> bool:
        """Keep what came of a line, unless that is kept already or its batch has ended; tell whether it was kept."""
        keys = await self._keyring.keys_of(line.owner)
        if not keys.current:
            # They were erased; to make new ones would bring somebody back who has gone.
            return False
        sealed = keys.seal(result, result_place(line.batch, line.number))
        this = and_(BatchLineRow.batch_id == line.batch, BatchLineRow.number == line.number)
        try:
            async with self._database.transaction() as session:
                # First the batch, then its line, as in `claim`: in another order two might wait for each other.
                if not await self._count(session, line.batch, is_answered=is_answered, at=at):
                    return False
                change = update(BatchLineRow).where(this, BatchLineRow.done_at.is_(None))
                kept = await session.execute(
                    change.values(
                        sealed_result=sealed, done_at=at, sealed_ask=None, holder=None, held_until=None
                    ).returning(BatchLineRow.number)
                )
                if kept.first() is None:
                    raise _DoneAlready
        except _DoneAlready:
            return False
        return True

    async def purge(self, *, ended_before: datetime) -> int:
        """Erase batches that ended before this moment; return how many those were."""
        erase = delete(BatchRow).where(BatchRow.ended_at <= ended_before)
        async with self._database.transaction() as session:
            return len((await session.execute(erase.returning(BatchRow.id))).all())

    async def _take(self, holder: str, now: datetime, until: datetime) -> tuple[BatchRow, BatchLineRow | None] | None:
        theirs = aliased(BatchRow)
        served = select(func.max(theirs.served_at)).where(theirs.owner_id == BatchRow.owner_id).scalar_subquery()
        left = exists().where(BatchLineRow.batch_id == BatchRow.id, _free(now))
        next_batch = (
            select(BatchRow.id)
            .where(BatchRow.ended_at.is_(None), left)
            .order_by(served.asc().nulls_first(), BatchRow.created_at, BatchRow.id)
            .limit(1)
            .scalar_subquery()
        )
        moment = literal(now, UtcDateTime())
        serve = (
            update(BatchRow)
            .where(BatchRow.id == next_batch, BatchRow.ended_at.is_(None))
            .values(served_at=moment, status=BatchStatus.RUNNING, started_at=func.coalesce(BatchRow.started_at, moment))
        )
        unfetched = {"synchronize_session": False}
        async with self._database.transaction() as session:
            batch = await session.scalar(serve.returning(BatchRow).execution_options(**unfetched))
            if batch is None:
                return None
            mine = and_(BatchLineRow.batch_id == batch.id, _free(now))
            first = select(func.min(BatchLineRow.number)).where(mine).scalar_subquery()
            take = (
                update(BatchLineRow)
                .where(BatchLineRow.number == first, mine)
                .values(holder=holder, held_until=until, tries=BatchLineRow.tries + 1)
            )
            return batch, await session.scalar(take.returning(BatchLineRow).execution_options(**unfetched))

    async def _asked(self, batch: BatchRow, line: BatchLineRow) -> str | None:
        """Return what a line asks; None where it cannot be opened."""
        assert line.sealed_ask is not None
        sealed, place = line.sealed_ask, ask_place(BatchId(batch.id), line.number)
        try:
            return await self._keyring.opened([batch.owner_id], lambda keys: keys[batch.owner_id].open(sealed, place))
        except (NoDataKey, BrokenSeal) as error:
            log.error("batch.line_unreadable", kind=type(error).__name__)
            return None

    async def _count(self, session: AsyncSession, batch: BatchId, *, is_answered: bool, at: datetime) -> bool:
        """Count a line that was tried, which ends its batch if it was the last one; False where it has ended."""
        column = BatchRow.done if is_answered else BatchRow.failed
        change = update(BatchRow).where(BatchRow.id == batch, BatchRow.ended_at.is_(None))
        counted = await session.scalar(
            change.values({column: column + 1}).returning(BatchRow).execution_options(synchronize_session=False)
        )
        if counted is None:
            return False
        if counted.done + counted.failed == counted.total:
            counted.status, counted.ended_at = ended_as(total=counted.total, failed=counted.failed), at
        return True

    async def _erase(self, batch: BatchId) -> None:
        async with self._database.transaction() as session:
            await session.execute(delete(BatchRow).where(BatchRow.id == batch))


def _free(now: datetime) -> ColumnElement[bool]:
    unheld = or_(BatchLineRow.held_until.is_(None), BatchLineRow.held_until <= now)
    return and_(BatchLineRow.done_at.is_(None), unheld)


def _these(lines: Collection[At]) -> ColumnElement[bool]:
    return tuple_(BatchLineRow.batch_id, BatchLineRow.number).in_(lines)
