"""Every question about exports that the database is asked; what is in them is sealed with their owner's key."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts import OrganisationId, UserId
from ion.db import Database
from ion.rights.models import ExportPartRow, ExportRow
from ion.sealing import Keyring, Place

# Whoever prepares an export has a part of it ready far sooner; who says nothing for so long is gone.
ABANDONED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Export:
    """Somebody's export; it can be fetched once there is a `ready_at`. `progress` is between 0 and 1."""

    id: str
    user: UserId
    organisation: OrganisationId
    asked_at: datetime
    ready_at: datetime | None
    progress: float

    @property
    def filename(self) -> str:
        """What the archive is called where it is saved."""
        return f"ion-export-{self.asked_at:%Y-%m-%d}.zip"


class ExportStore:
    """Exports in the database, one of each person."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def add(self, export: Export) -> Export:
        """Keep a new export; where somebody has one it is that which stays and is returned."""
        row = ExportRow(
            id=export.id,
            user_id=export.user,
            organisation_id=export.organisation,
            asked_at=export.asked_at,
            progress=0.0,
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            return await self.of(export.user) or export
        return export

    async def of(self, user: UserId) -> Export | None:
        """Return somebody's export; None where there is none."""
        async with self._database.reading() as session:
            row = await session.scalar(select(ExportRow).where(ExportRow.user_id == user))
        return None if row is None else _export_of(row)

    async def claim(self, *, now: datetime) -> Export | None:
        """Take an export that nobody prepares, at its beginning; None where there is none."""
        free = (
            ExportRow.ready_at.is_(None),
            or_(ExportRow.held_at.is_(None), ExportRow.held_at <= now - ABANDONED_AFTER),
        )
        async with self._database.transaction() as session:
            first = select(ExportRow.id).where(*free).order_by(ExportRow.asked_at).limit(1).scalar_subquery()
            take = update(ExportRow).where(ExportRow.id == first, *free).values(held_at=now, progress=0.0)
            row = await session.scalar(take.returning(ExportRow))
            if row is None:
                return None
            await session.execute(delete(ExportPartRow).where(ExportPartRow.export_id == row.id))
            return _export_of(row)

    async def release(self, export: Export) -> None:
        """Let somebody else prepare an export."""
        async with self._database.transaction() as session:
            await session.execute(update(ExportRow).where(_this(export)).values(held_at=None))

    async def keep(self, export: Export, number: int, part: bytes, *, progress: float, at: datetime) -> bool:
        """Keep a further part; False where the export is gone."""
        keys = await self._keyring.keys_of(export.user)
        if not keys.current:
            # They were erased; to make new ones would bring somebody back who has gone.
            return False
        sealed = keys.seal(base64.b64encode(part).decode(), _place(export, number))
        async with self._database.transaction() as session:
            still = update(ExportRow).where(_this(export)).values(held_at=at, progress=progress)
            if (await session.execute(still.returning(ExportRow.id))).first() is None:
                return False
            session.add(ExportPartRow(export_id=export.id, number=number, sealed=sealed))
        return True

    async def hold(self, export: Export, *, progress: float, at: datetime) -> None:
        """Say that an export is still being prepared."""
        async with self._database.transaction() as session:
            await session.execute(update(ExportRow).where(_this(export)).values(held_at=at, progress=progress))

    async def finish(self, export: Export, *, at: datetime) -> None:
        """Say that all of an export is there."""
        async with self._database.transaction() as session:
            await session.execute(update(ExportRow).where(_this(export)).values(ready_at=at, progress=1.0))

    async def part(self, export: Export, number: int) -> bytes | None:
        """Return a part of an export; None behind the last one.

        Raises:
            NoDataKey, BrokenSeal: it cannot be opened.
        """
        async with self._database.reading() as session:
            row = await session.get(ExportPartRow, (export.id, number))
        if row is None:
            return None
        place = _place(export, number)
        return base64.b64decode(
            await self._keyring.opened([export.user], lambda keys: keys[export.user].open(row.sealed, place))
        )

    async def purge(self, *, ready_before: datetime) -> int:
        """Erase exports that were ready before this moment; return how many those were."""
        erase = delete(ExportRow).where(ExportRow.ready_at <= ready_before)
        async with self._database.transaction() as session:
            return len((await session.execute(erase.returning(ExportRow.id))).all())


async def erase_exports(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Erase somebody's export."""
    gone = await session.execute(delete(ExportRow).where(ExportRow.user_id == user).returning(ExportRow.id))
    return {"exports": len(gone.all())}


def _this(export: Export) -> ColumnElement[bool]:
    return ExportRow.id == export.id


def _place(export: Export, number: int) -> Place:
    return Place("export_part", f"{export.id}/{number}", "sealed")


def _export_of(row: ExportRow) -> Export:
    return Export(
        row.id, UserId(row.user_id), OrganisationId(row.organisation_id), row.asked_at, row.ready_at, row.progress
    )
