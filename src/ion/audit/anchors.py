"""The head as it was, kept apart from the log: what was cut off at the log's end is missed there."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ion.audit.chain import Head
from ion.audit.models import AnchorRow
from ion.db import Database

_ONLY = 1


class AnchorStore:
    """The anchor in the database of the data keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self) -> Head | None:
        """Return the anchor; None where there is none yet."""
        async with self._database.reading() as session:
            row = (await session.execute(select(AnchorRow.entries, AnchorRow.hash))).first()
        return None if row is None else Head(row.entries, row.hash)

    async def advance(self, head: Head) -> None:
        """Keep a head, unless a later one is kept."""
        change = update(AnchorRow).where(AnchorRow.entries < head.entries)
        try:
            async with self._database.transaction() as session:
                if await session.scalar(select(AnchorRow.id)) is None:
                    await session.execute(insert(AnchorRow).values(id=_ONLY, entries=head.entries, hash=head.hash))
                else:
                    await session.execute(change.values(entries=head.entries, hash=head.hash))
        except IntegrityError:
            # Another process made the first one in the same moment.
            async with self._database.transaction() as session:
                await session.execute(change.values(entries=head.entries, hash=head.hash))

    async def replace(self, head: Head) -> None:
        """Keep a head, also one that is earlier than what is kept."""
        async with self._database.transaction() as session:
            await session.execute(delete(AnchorRow))
            await session.execute(insert(AnchorRow).values(id=_ONLY, entries=head.entries, hash=head.hash))
