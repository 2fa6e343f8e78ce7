"""Every question about whether rows are sealed, and with which keys; and sealing them anew, in batches."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, exists, func, or_, select, update

from ion.db import Database
from ion.mentoring.models import ConversationRow, FeedbackRow, TurnRow
from ion.mentoring.sealed import conversation_anew, feedback_anew, turn_anew
from ion.sealing import BrokenSeal, Keyring, NoDataKey, OwnerKeys

_Row = TypeVar("_Row", ConversationRow, TurnRow, FeedbackRow)
_TABLES = (ConversationRow, TurnRow, FeedbackRow)
# So many rows are sealed in one transaction; others get their turn between two.
_ROWS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many rows there are, how many of them are plain, and how many are sealed with a key that was replaced."""

    rows: int
    plain: int
    replaced: int


@dataclass(frozen=True, slots=True)
class Resealed:
    """A batch: how many rows were sealed anew, and how many cannot be opened and were left as they are."""

    rows: int
    unreadable: int


class SealingStore:
    """Rows of conversations and turns, by how they are sealed."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    @property
    def is_embedded(self) -> bool:
        """Whether the database is ION's alone, in a file."""
        return self._database.is_embedded

    async def counts(self) -> Sealed:
        """Count the rows of all owners."""
        rows = plain = replaced = 0
        for owner in await self.owners():
            current = (await self._keyring.keys_of(owner)).current
            for table in _TABLES:
                count = func.count()
                plain_ones, older_ones = table.key_version.is_(None), table.key_version < current
                query = _of(owner, table, count, count.filter(plain_ones), count.filter(older_ones))
                async with self._database.reading() as session:
                    every, unsealed, older = (await session.execute(query)).one()
                rows, plain, replaced = rows + every, plain + unsealed, replaced + older
        return Sealed(rows, plain, replaced)

    async def due(self) -> int:
        """Count the rows that are not sealed with their owner's newest key."""
        counts = await self.counts()
        return counts.plain + counts.replaced

    async def has_plain(self) -> bool:
        """Tell whether a row is not sealed."""
        return await has_rows(self._database, is_sealed=False)

    async def owners(self) -> Sequence[str]:
        """Return whose conversations there are."""
        query = select(ConversationRow.owner_id).distinct().order_by(ConversationRow.owner_id)
        async with self._database.reading() as session:
            return (await session.scalars(query)).all()

    async def reseal(self) -> AsyncGenerator[Resealed]:
        """Seal every row with its owner's newest key that is not, and yield each batch once it is kept.

        It can be stopped at any time, and goes on where it was. Rows that are written meanwhile lose nothing.
        """
        for owner in await self.owners():
            keys = await self._keyring.keys_to_seal(owner)
            async for batch in self._resealed(owner, keys, ConversationRow, conversation_anew):
                yield batch
            async for batch in self._resealed(owner, keys, TurnRow, turn_anew):
                yield batch
            async for batch in self._resealed(owner, keys, FeedbackRow, feedback_anew):
                yield batch

    async def rewrite(self) -> None:
        """Write the tables anew, so that their files hold no text any more that was there before it was sealed."""
        await self._database.rewrite(*(table.__tablename__ for table in _TABLES))

    async def _resealed(
        self,
        owner: str,
        keys: OwnerKeys,
        table: type[_Row],
        anew: Callable[[_Row, OwnerKeys], dict[str, Any]],
    ) -> AsyncGenerator[Resealed]:
        last = ""
        while names := await self._next(owner, keys, table, last):
            done = unreadable = 0
            async with self._database.transaction() as session:
                # Whoever else wants to change these rows waits from here on, so that what they hold is the last word:
                # SQLite lets one write at a time, from the first change on; PostgreSQL locks the rows, in this order.
                first = update(table).where(table.id == names[0]).values(key_version=table.key_version)
                await session.execute(first.execution_options(synchronize_session=False))
                rows = select(table).where(table.id.in_(names)).order_by(table.id).with_for_update()
                for row in await session.scalars(rows):
                    try:
                        values = anew(row, keys)
                    except (NoDataKey, BrokenSeal):
                        unreadable += 1
                        continue
                    for name, value in values.items():
                        setattr(row, name, value)
                    done += 1
            last = names[-1]
            yield Resealed(done, unreadable)

    async def _next(self, owner: str, keys: OwnerKeys, table: type[_Row], last: str) -> Sequence[str]:
        is_due = or_(table.key_version.is_(None), table.key_version < keys.current)
        query = _of(owner, table, table.id).where(is_due, table.id > last).order_by(table.id).limit(_ROWS_AT_ONCE)
        async with self._database.reading() as session:
            return (await session.scalars(query)).all()


async def has_rows(database: Database, *, is_sealed: bool) -> bool:
    """Tell whether a row is sealed, or whether one is not; nothing is opened for it."""
    async with database.reading() as session:
        for table in _TABLES:
            wanted = table.key_version.is_not(None) if is_sealed else table.key_version.is_(None)
            if await session.scalar(select(exists().where(wanted))):
                return True
    return False


def _of(owner: str, table: type[ConversationRow | TurnRow | FeedbackRow], *columns: Any) -> Select[*tuple[Any, ...]]:
    query = select(*columns).select_from(table)
    if table is FeedbackRow:
        query = query.join(TurnRow, TurnRow.id == FeedbackRow.turn_id)
    if table is not ConversationRow:
        query = query.join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
    return query.where(ConversationRow.owner_id == owner)
