"""Every question about API keys that the database is asked."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from ion.accounts.api_key import ApiKey, KeyId
from ion.accounts.models import ApiKeyRow, UserRow
from ion.accounts.rows import key_of, key_row, user_of
from ion.accounts.user import OrganisationId, User, UserId
from ion.db import Database
from ion.errors import NotFound


class ApiKeyNotFound(NotFound):
    """No API key has this prefix, or none that is in reach."""

    code = "api_key_not_found"


class KeyStore:
    """API keys in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey) -> None:
        """Keep a new key."""
        async with self._database.transaction() as session:
            session.add(key_row(key))

    async def find(self, prefix: str) -> tuple[ApiKey, User] | None:
        """Return a key and whose it is; None where there is none. Whether it holds is for the caller to see."""
        query = (
            select(ApiKeyRow, UserRow).join(UserRow, UserRow.id == ApiKeyRow.user_id).where(ApiKeyRow.prefix == prefix)
        )
        async with self._database.reading() as session:
            row = (await session.execute(query)).first()
        return None if row is None else (key_of(row[0]), user_of(row[1]))

    async def of_user(self, user: UserId) -> list[ApiKey]:
        """Return somebody's keys, the newest first."""
        return await self._keys(ApiKeyRow.user_id == user)

    async def of(self, organisation: OrganisationId) -> list[ApiKey]:
        """Return the keys of an organisation, the newest first."""
        return await self._keys(ApiKeyRow.organisation_id == organisation)

    async def all(self) -> list[ApiKey]:
        """Return all keys, the newest first; for whoever operates ION, and nobody in it."""
        return await self._keys()

    async def _keys(self, *which: ColumnElement[bool]) -> list[ApiKey]:
        query = select(ApiKeyRow).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.prefix)
        async with self._database.reading() as session:
            return [key_of(row) for row in await session.scalars(query.where(*which))]

    async def with_prefix(self, prefix: str, *, organisation: OrganisationId | None = None) -> ApiKey:
        """Return a key of an organisation; without one, of all, for whoever operates ION.

        Raises:
            ApiKeyNotFound: there is none with this prefix.
        """
        found = await self.find(prefix)
        if found is None or organisation not in (None, found[0].organisation):
            raise ApiKeyNotFound("There is no such API key.", field="key")
        return found[0]

    async def revoke(self, key: ApiKey, *, at: datetime) -> None:
        """Let a key hold no longer; when it was first revoked stays."""
        change = update(ApiKeyRow).where(ApiKeyRow.id == key.id, ApiKeyRow.revoked_at.is_(None)).values(revoked_at=at)
        async with self._database.transaction() as session:
            await session.execute(change)

    async def used(self, key: KeyId, user: UserId, *, at: datetime) -> None:
        """Note that a key, and with it its user, was here."""
        async with self._database.transaction() as session:
            await session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key).values(last_used_at=at))
            await session.execute(update(UserRow).where(UserRow.id == user).values(last_seen_at=at))
