"""Every question about signing keys that the database is asked."""

from datetime import datetime

from sqlalchemy import delete, select, update

from ion.accounts.models import SigningKeyRow
from ion.accounts.rows import signing_key_of, signing_key_row
from ion.accounts.signing_key import SigningKey
from ion.db import Database


class SigningStore:
    """Signing keys in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[SigningKey]:
        """Return all keys, the newest first."""
        query = select(SigningKeyRow).order_by(SigningKeyRow.created_at.desc(), SigningKeyRow.kid)
        async with self._database.reading() as session:
            return [signing_key_of(row) for row in await session.scalars(query)]

    async def add(self, key: SigningKey) -> None:
        """Keep a new key beside those there are."""
        async with self._database.transaction() as session:
            session.add(signing_key_row(key))

    async def replace(self, key: SigningKey, *, others_until: datetime) -> None:
        """Keep a new key in the place of all others, which verify until then, or for as long as was said before."""
        later = SigningKeyRow.verifies_until.is_(None) | (SigningKeyRow.verifies_until > others_until)
        async with self._database.transaction() as session:
            await session.execute(update(SigningKeyRow).where(later).values(verifies_until=others_until))
            session.add(signing_key_row(key))

    async def purge(self, *, now: datetime) -> None:
        """Forget keys that verify nothing any more."""
        async with self._database.transaction() as session:
            await session.execute(delete(SigningKeyRow).where(SigningKeyRow.verifies_until <= now))
