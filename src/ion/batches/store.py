"""Every question about batches that the database is asked for those who sent them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ion.accounts import UserId
from ion.batches.batch import (
    Batch,
    BatchCursor,
    BatchId,
    BatchStatus,
    Line,
    Result,
    SentUnder,
    TooManyBatches,
    no_batch,
)
from ion.batches.models import BatchLineRow, BatchRow
from ion.batches.rows import batch_of, line_values, result_place
from ion.clock import Clock
from ion.db import Database
from ion.idempotency import key_mismatch
from ion.sealing import Keyring

# A batch of usual length has come to its end by then.
_COME_BACK_SECONDS = 60
# So many lines are written, and results read, in one statement.
_AT_ONCE = 200
_BEHIND_ALL = 2**31 - 1


class BatchStore:
    """The batches of one owner in the database; to others there is nothing here. At most `most_open` do not end."""

    def __init__(self, database: Database, keyring: Keyring, owner: UserId, clock: Clock, *, most_open: int) -> None:
        self._database = database
        self._keyring = keyring
        self._owner = owner
        self._clock = clock
        self._most_open = most_open

    def of_owner(self, owner: UserId) -> "BatchStore":
        """Return the batches of this owner."""
        return BatchStore(self._database, self._keyring, owner, self._clock, most_open=self._most_open)

    async def sent_before(self, sent: SentUnder) -> Batch | None:
        """Return the batch that came under this key; None where none did.

        Raises:
            KeyMismatch: it is another one.
        """
        async with self._database.reading() as session:
            row = await session.scalar(select(BatchRow).where(self._own, BatchRow.request_key == sent.key))
        if row is None:
            return None
        if row.fingerprint != sent.fingerprint:
            raise key_mismatch()
        return batch_of(row)

    async def add(self, batch: Batch, lines: Sequence[Line], sent: SentUnder | None = None) -> Batch:
        """Keep a new batch; where another one came under the same key meanwhile, that one is returned.

        Raises:
            TooManyBatches: there are as many that have not ended as there may be.
            KeyMismatch: the key belongs to another batch.
        """
        keys = await self._keyring.keys_to_seal(batch.owner)
        rows = await asyncio.to_thread(lambda: [line_values(batch, line, keys) for line in lines])
        try:
            async with self._database.transaction() as session:
                session.add(_row_of(batch, sent))
                # From here on whoever else adds one waits, where the database takes one writer at a time.
                await session.flush()
                await self._check_open(session)
                for first in range(0, len(rows), _AT_ONCE):
                    await session.execute(insert(BatchLineRow), rows[first : first + _AT_ONCE])
        except IntegrityError:
            before = None if sent is None else await self.sent_before(sent)
            if before is None:
                raise
            return before
        return batch

    async def latest(self, *, limit: int, before: BatchCursor | None = None) -> list[Batch]:
        """Return batches, the newest first: those behind `before`."""
        query = select(BatchRow).where(self._own).order_by(BatchRow.created_at.desc(), BatchRow.id.desc()).limit(limit)
        if before is not None:
            same = and_(BatchRow.created_at == before.at, BatchRow.id < before.batch)
            query = query.where(or_(BatchRow.created_at < before.at, same))
        async with self._database.reading() as session:
            return [batch_of(row) for row in await session.scalars(query)]

    async def with_id(self, batch: BatchId) -> Batch:
        """Return a batch.

        Raises:
            BatchNotFound: the owner has none with this id.
        """
        async with self._database.reading() as session:
            row = await session.scalar(select(BatchRow).where(self._own, BatchRow.id == batch))
        if row is None:
            raise no_batch()
        return batch_of(row)

    async def results(self, batch: BatchId, *, after: int = 0, limit: int = _AT_ONCE) -> list[Result]:
        """Return what came of lines, in their order and without a gap: of those after this line.

        Raises:
            NoDataKey, BrokenSeal: it cannot be opened.
        """
        left = aliased(BatchLineRow)
        first_left = select(func.min(left.number)).where(left.batch_id == batch, left.done_at.is_(None))
        query = (
            select(BatchLineRow)
            .join(BatchRow, BatchRow.id == BatchLineRow.batch_id)
            .where(self._own, BatchRow.id == batch, BatchLineRow.number > after)
            .where(BatchLineRow.number < func.coalesce(first_left.scalar_subquery(), _BEHIND_ALL))
            .order_by(BatchLineRow.number)
            .limit(limit)
        )
        async with self._database.reading() as session:
            sealed = [(row.number, row.sealed_result) for row in await session.scalars(query)]
        owner = self._owner
        return await self._keyring.opened_aside(
            [owner],
            lambda keys: [
                Result(number, keys[owner].open(text, result_place(batch, number)))
                for number, text in sealed
                if text is not None
            ],
        )

    async def each(self) -> AsyncIterator[Batch]:
        """Yield all batches, the newest first."""
        before = None
        while found := await self.latest(limit=_AT_ONCE, before=before):
            for batch in found:
                yield batch
            before = BatchCursor(found[-1].created_at, found[-1].id)

    async def all_results(self, batch: BatchId, *, after: int = 0) -> AsyncIterator[list[Result]]:
        """Yield what came of lines so far, some at a time. Raises what `results` raises."""
        while found := await self.results(batch, after=after):
            yield found
            after = found[-1].number

    async def cancel(self, batch: BatchId) -> Batch:
        """Let nothing more come of a batch; what was asked in the lines that are left is erased. One that ended stays.

        Raises:
            BatchNotFound: the owner has none with this id.
        """
        change = update(BatchRow).where(self._own, BatchRow.id == batch, BatchRow.ended_at.is_(None))
        async with self._database.transaction() as session:
            ended = await session.execute(
                change.values(status=BatchStatus.CANCELLED, ended_at=self._clock()).returning(BatchRow.id)
            )
            if ended.first() is not None:
                left = and_(BatchLineRow.batch_id == batch, BatchLineRow.done_at.is_(None))
                await session.execute(delete(BatchLineRow).where(left))
        return await self.with_id(batch)

    async def delete(self, batch: BatchId) -> None:
        """Erase a batch with all that came of it; one that has not ended ends so.

        Raises:
            BatchNotFound: the owner has none with this id.
        """
        async with self._database.transaction() as session:
            gone = await session.execute(delete(BatchRow).where(self._own, BatchRow.id == batch).returning(BatchRow.id))
            if gone.first() is None:
                raise no_batch()

    @property
    def _own(self) -> ColumnElement[bool]:
        return BatchRow.owner_id == self._owner

    async def _check_open(self, session: AsyncSession) -> None:
        still_open = select(func.count()).select_from(BatchRow).where(self._own, BatchRow.ended_at.is_(None))
        if (await session.scalar(still_open) or 0) > self._most_open:
            raise TooManyBatches(
                f"You have {self._most_open} batches that have not ended; come back when one has.", _COME_BACK_SECONDS
            )


async def erase_batches(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Erase somebody's batches, and what came of them."""
    gone = await session.execute(delete(BatchRow).where(BatchRow.owner_id == user).returning(BatchRow.id))
    return {"batches": len(gone.all())}


def _row_of(batch: Batch, sent: SentUnder | None) -> BatchRow:
    return BatchRow(
        id=batch.id,
        owner_id=batch.owner,
        organisation_id=batch.organisation,
        status=batch.status,
        created_at=batch.created_at,
        started_at=batch.started_at,
        ended_at=batch.ended_at,
        total=batch.total,
        done=batch.done,
        failed=batch.failed,
        request_key=None if sent is None else sent.key,
        fingerprint=None if sent is None else sent.fingerprint,
    )
