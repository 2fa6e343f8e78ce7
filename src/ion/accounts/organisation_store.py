"""Every question about organisations that the database is asked."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from ion.accounts.models import OrganisationRow
from ion.accounts.rows import organisation_of
from ion.accounts.user import Organisation, OrganisationId
from ion.db import Database
from ion.errors import Conflict, NotFound


class OrganisationNotFound(NotFound):
    """No organisation has this id or short name."""

    code = "organisation_not_found"


class SlugTaken(Conflict):
    """Another organisation has this short name."""

    code = "slug_taken"


class OrganisationStore:
    """Organisations in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, organisation: Organisation) -> None:
        """Keep a new organisation.

        Raises:
            SlugTaken: its short name is another's.
        """
        row = OrganisationRow(
            id=organisation.id,
            name=organisation.name,
            slug=organisation.slug,
            created_at=organisation.created_at,
            settings=organisation.settings,
        )
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            raise SlugTaken("Another organisation has this short name.", field="slug") from None

    async def all(self) -> list[Organisation]:
        """Return all organisations by their short names; for whoever operates ION, and nobody in it."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(OrganisationRow).order_by(OrganisationRow.slug))
            return [organisation_of(row) for row in rows]

    async def with_id(self, organisation_id: OrganisationId) -> Organisation:
        """Return an organisation.

        Raises:
            OrganisationNotFound: there is none with this id.
        """
        async with self._database.reading() as session:
            row = await session.get(OrganisationRow, organisation_id)
        return _found(row)

    async def with_slug(self, slug: str) -> Organisation:
        """Return an organisation.

        Raises:
            OrganisationNotFound: there is none with this short name.
        """
        async with self._database.reading() as session:
            row = await session.scalar(select(OrganisationRow).where(OrganisationRow.slug == slug))
        return _found(row)

    async def rename(self, slug: str, name: str) -> Organisation:
        """Give an organisation another name; its short name stays.

        Raises:
            OrganisationNotFound: there is none with this short name.
        """
        change = update(OrganisationRow).where(OrganisationRow.slug == slug).values(name=name)
        async with self._database.transaction() as session:
            return _found(await session.scalar(change.returning(OrganisationRow)))

    async def keep_conversations(self, slug: str, days: int | None) -> Organisation:
        """Change for how long an organisation's conversations are kept.

        Raises:
            OrganisationNotFound: there is none with this short name.
            BadRetention: these are no days that can be asked for.
        """
        # The row lock makes two at once come one after the other (SQLite has one writer).
        query = select(OrganisationRow).where(OrganisationRow.slug == slug).with_for_update()
        async with self._database.transaction() as session:
            row = await session.scalar(query)
            changed = _found(row).keeping(days)
            assert row is not None
            row.settings = changed.settings
        return changed


def _found(row: OrganisationRow | None) -> Organisation:
    if row is None:
        raise OrganisationNotFound("There is no such organisation.", field="organisation")
    return organisation_of(row)
