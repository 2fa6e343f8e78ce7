"""Every question about whom providers know users as that the database is asked."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from ion.accounts.models import IdentityRow, SessionRow, TokenFamilyRow, UserRow
from ion.accounts.rows import user_of
from ion.accounts.user import User, UserId
from ion.db import Database
from ion.errors import Conflict


class IdentityTaken(Conflict):
    """The provider's account belongs to another user, or this user has another account there."""

    code = "identity_taken"


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a provider knows a user as."""

    issuer: str
    subject: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime


class IdentityStore:
    """Links between users and providers' accounts in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, issuer: str, subject: str, user: UserId, *, at: datetime) -> None:
        """Link a user with a provider's account.

        Raises:
            IdentityTaken: either has a link with another.
        """
        row = IdentityRow(issuer=issuer, subject=subject, user_id=user, created_at=at, last_used_at=at)
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            raise IdentityTaken("One of the two is linked with another account.") from None

    async def find(self, issuer: str, subject: str) -> User | None:
        """Return whose account at a provider this is; None where it is nobody's."""
        query = (
            select(UserRow)
            .join(IdentityRow, IdentityRow.user_id == UserRow.id)
            .where(IdentityRow.issuer == issuer, IdentityRow.subject == subject)
        )
        async with self._database.reading() as session:
            row = await session.scalar(query)
        return None if row is None else user_of(row)

    async def used(self, issuer: str, subject: str, *, at: datetime) -> None:
        """Note that somebody signed in with an account at a provider."""
        this = (IdentityRow.issuer == issuer, IdentityRow.subject == subject)
        async with self._database.transaction() as session:
            await session.execute(update(IdentityRow).where(*this).values(last_used_at=at))

    async def of(self, user: UserId) -> list[Link]:
        """Return somebody's accounts at providers, the oldest link first."""
        query = select(IdentityRow).where(IdentityRow.user_id == user).order_by(IdentityRow.created_at)
        async with self._database.reading() as session:
            return [
                Link(row.issuer, row.subject, row.created_at, row.last_used_at) for row in await session.scalars(query)
            ]

    async def remove_all(self, user: UserId) -> int:
        """Forget whom providers know somebody as, and end what they signed in for; return how many links those were."""
        gone = delete(IdentityRow).where(IdentityRow.user_id == user).returning(IdentityRow.subject)
        async with self._database.transaction() as session:
            count = len((await session.execute(gone)).all())
            for held in (SessionRow, TokenFamilyRow):
                await session.execute(delete(held).where(held.user_id == user))
            return count
