"""Every question about consents that the database is asked."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts import UserId
from ion.db import Database
from ion.language import Language
from ion.rights.consent import VERSIONS, Consent, Purpose
from ion.rights.models import ConsentRow

_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)


class ConsentStore:
    """Consents in the database. What was taken back stays, as the proof that it was there, and until when."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user: UserId) -> list[Consent]:
        """Return all that somebody ever agreed to, the oldest first."""
        query = select(ConsentRow).where(ConsentRow.user_id == user).order_by(ConsentRow.given_at, ConsentRow.purpose)
        async with self._database.reading() as session:
            return [_consent_of(row) for row in await session.scalars(query)]

    async def add(self, user: UserId, consent: Consent, *, new_id: str) -> bool:
        """Keep a consent; False where there is the same already."""
        async with self._database.transaction() as session:
            # Two at once may both be kept, which says the same twice; both are taken back together.
            same = (ConsentRow.user_id == user, ConsentRow.purpose == consent.purpose)
            there = select(ConsentRow).where(*same, ConsentRow.withdrawn_at.is_(None)).with_for_update()
            earlier = list(await session.scalars(there))
            if any(row.version == consent.version for row in earlier):
                return False
            for row in earlier:
                row.withdrawn_at = consent.given_at
            session.add(
                ConsentRow(
                    id=new_id,
                    user_id=user,
                    purpose=consent.purpose,
                    version=consent.version,
                    language=consent.language,
                    network=consent.network,
                    given_at=consent.given_at,
                )
            )
            return True

    async def withdraw(self, user: UserId, purpose: Purpose, *, at: datetime) -> bool:
        """Take a consent back, of whichever version; False where there is none."""
        this = (ConsentRow.user_id == user, ConsentRow.purpose == purpose, ConsentRow.withdrawn_at.is_(None))
        change = update(ConsentRow).where(*this).values(withdrawn_at=at).returning(ConsentRow.id)
        async with self._database.transaction() as session:
            return (await session.execute(change)).first() is not None

    async def agreed(self, purpose: Purpose) -> frozenset[UserId]:
        """Return everybody who agrees to this as it is asked now; for whoever wants to use what they keep for it."""
        holding = (ConsentRow.version == VERSIONS[purpose], ConsentRow.withdrawn_at.is_(None))
        query = select(ConsentRow.user_id).where(ConsentRow.purpose == purpose, *holding)
        async with self._database.reading() as session:
            return frozenset(UserId(name) for name in await session.scalars(query))


async def erase_consents(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Erase what somebody agreed to; that they did stays in the audit log, under an alias of nobody."""
    gone = await session.execute(delete(ConsentRow).where(ConsentRow.user_id == user).returning(ConsentRow.id))
    return {"consents": len(gone.all())}


def _consent_of(row: ConsentRow) -> Consent:
    return Consent(
        purpose=Purpose(row.purpose),
        version=row.version,
        language=_LANGUAGE.validate_python(row.language),
        network=row.network,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
    )
