"""Every question about data keys, which are kept apart from what they seal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import LargeBinary, String, delete, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ion.db import Database, UtcDateTime
from ion.sealing.master import Wrapped

Task = Literal["sealing", "rotation"]


class KeyTable(DeclarativeBase):
    """A table of data keys; apart from the others, since it may be in another database than they are."""

    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary}  # noqa: RUF012 - read once by SQLAlchemy


class DataKeyRow(KeyTable):
    """A wrapped data key; those that were replaced stay, for what backups hold."""

    __tablename__ = "data_key"

    owner_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]
    master_id: Mapped[str] = mapped_column(String(16), index=True)
    created_at: Mapped[datetime]


class TaskRow(KeyTable):
    """Work on sealed rows that has begun and has not ended, so that it goes on after a crash."""

    __tablename__ = "key_task"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    begun_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """How many owners have keys, and how many keys there are under each master key's id."""

    owners: int
    by_master: Mapping[str, int]


class KeyStore:
    """Data keys in a database of their own, or beside other tables."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def prepare(self) -> None:
        """Make the tables where there are none."""
        try:
            await self._make_tables()
        except (IntegrityError, ProgrammingError, OperationalError):
            # Another process made them in the same moment; what else is wrong is still wrong.
            await self._make_tables()

    async def _make_tables(self) -> None:
        async with self.database.transaction() as session:
            connection = await session.connection()
            await connection.run_sync(KeyTable.metadata.create_all)

    async def of(self, owner: str) -> list[Wrapped]:
        """Return all keys of an owner."""
        async with self.database.reading() as session:
            return [_key_of(row) for row in await session.scalars(select(DataKeyRow).filter_by(owner_id=owner))]

    async def add(self, keys: Sequence[Wrapped]) -> list[Wrapped]:
        """Keep new keys; return those that were kept: where an owner has one of this version, theirs stays."""
        try:
            async with self.database.transaction() as session:
                session.add_all([_row_of(key) for key in keys])
        except IntegrityError:
            if len(keys) == 1:
                return []
            return [kept for key in keys for kept in await self.add([key])]
        return list(keys)

    async def remove(self, keys: Sequence[Wrapped]) -> None:
        """Take back keys that were never used."""
        async with self.database.transaction() as session:
            for key in keys:
                row = delete(DataKeyRow).filter_by(owner_id=key.owner, version=key.version, master_id=key.master)
                await session.execute(row)

    async def forget(self, owner: str) -> None:
        """Erase all keys of an owner, also from the files of the database."""
        async with self.database.transaction() as session:
            await session.execute(delete(DataKeyRow).filter_by(owner_id=owner))
        await self.settle()

    async def counts(self) -> KeyCounts:
        """Count owners and keys."""
        keys = func.count()
        masters = (
            select(DataKeyRow.master_id, keys.label("data_keys")).group_by(DataKeyRow.master_id).order_by(keys.desc())
        )
        async with self.database.reading() as session:
            owners = await session.scalar(select(func.count(DataKeyRow.owner_id.distinct())))
            by_master = {row.master_id: row.data_keys for row in await session.execute(masters)}
        return KeyCounts(owners or 0, by_master)

    async def wrapped_by_others(self, master: str, *, limit: int) -> list[Wrapped]:
        """Return keys that another master key wraps."""
        query = select(DataKeyRow).where(DataKeyRow.master_id != master).order_by(DataKeyRow.owner_id).limit(limit)
        async with self.database.reading() as session:
            return [_key_of(row) for row in await session.scalars(query)]

    async def replace(self, keys: Sequence[tuple[Wrapped, Wrapped]]) -> None:
        """Keep each second key in the place of the first, where that is still there."""
        async with self.database.transaction() as session:
            for before, after in keys:
                row = update(DataKeyRow).filter_by(
                    owner_id=before.owner, version=before.version, master_id=before.master
                )
                await session.execute(row.values(wrapped=after.wrapped, master_id=after.master))

    async def made_until(self, moment: datetime) -> list[tuple[str, int]]:
        """Return the owners whose newest key was made until this moment, with its version."""
        newest = func.max(DataKeyRow.version)
        query = (
            select(DataKeyRow.owner_id, newest)
            .group_by(DataKeyRow.owner_id)
            .having(func.max(DataKeyRow.created_at) <= moment)
            .order_by(DataKeyRow.owner_id)
        )
        async with self.database.reading() as session:
            return [(owner, version) for owner, version in await session.execute(query)]

    async def begin(self, task: Task, *, at: datetime) -> datetime:
        """Say that a task has begun; return when it did, which is earlier where it was cut off."""
        async with self.database.transaction() as session:
            row = await session.get(TaskRow, task)
            if row is None:
                row = TaskRow(name=task, begun_at=at)
                session.add(row)
            return row.begun_at

    async def end(self, task: Task) -> None:
        """Say that a task has ended."""
        async with self.database.transaction() as session:
            await session.execute(delete(TaskRow).filter_by(name=task))

    async def unfinished(self) -> dict[str, datetime]:
        """Return the tasks that have begun and not ended, and when they began."""
        async with self.database.reading() as session:
            return {row.name: row.begun_at for row in await session.scalars(select(TaskRow))}

    async def settle(self) -> None:
        """See to it that keys which were replaced are not left in the database's files."""
        await self.database.rewrite(DataKeyRow.__tablename__)


def _row_of(key: Wrapped) -> DataKeyRow:
    return DataKeyRow(
        owner_id=key.owner,
        version=key.version,
        wrapped=key.wrapped,
        master_id=key.master,
        created_at=key.created_at,
    )


def _key_of(row: DataKeyRow) -> Wrapped:
    return Wrapped(row.owner_id, row.version, row.master_id, row.wrapped, row.created_at)
