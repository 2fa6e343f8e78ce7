"""Every question about families of tokens that the database is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, delete, or_, select, update

from ion.accounts.models import SpentRefreshRow, TokenFamilyRow, UserRow
from ion.accounts.refresh import Family, FamilyId
from ion.accounts.rows import family_of, family_row, user_of
from ion.accounts.user import User, UserId
from ion.db import Database


@dataclass(frozen=True, slots=True)
class Held:
    """A family, whose it is, and whether the refresh token that it was found by was used before."""

    family: Family
    user: User
    is_spent: bool = False


class RefreshStore:
    """Families of tokens in the database; a family that was ended is not there any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, family: Family) -> None:
        """Keep a new family; its user was here."""
        async with self._database.transaction() as session:
            session.add(family_row(family))
            await session.execute(_seen(family, family.created_at))

    async def with_id(self, family: FamilyId) -> Held | None:
        """Return a family; None where it was ended. Whether it holds is for the caller to see."""
        return await self._held(TokenFamilyRow.id == family)

    async def find(self, digest: str) -> Held | None:
        """Return the family that a refresh token is of, by its digest."""
        held = await self._held(TokenFamilyRow.digest == digest)
        if held is not None:
            return held
        spent = select(SpentRefreshRow.family_id).where(SpentRefreshRow.digest == digest)
        return await self._held(TokenFamilyRow.id == spent.scalar_subquery(), is_spent=True)

    async def exchange(self, family: Family, *, digest: str, salt: bytes, at: datetime) -> bool:
        """Let another refresh token take the place of the family's; False where another was quicker, or it ended."""
        this = (TokenFamilyRow.id == family.id, TokenFamilyRow.digest == family.digest)
        change = update(TokenFamilyRow).where(*this).values(digest=digest, salt=salt, last_used_at=at)
        async with self._database.transaction() as session:
            if (await session.execute(change.returning(TokenFamilyRow.id))).first() is None:
                return False
            session.add(SpentRefreshRow(digest=family.digest, family_id=family.id))
            await session.execute(_seen(family, at))
            return True

    async def of(self, user: UserId) -> list[Family]:
        """Return somebody's families, the one that was used last first."""
        query = select(TokenFamilyRow).where(TokenFamilyRow.user_id == user)
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(TokenFamilyRow.last_used_at.desc()))
            return [family_of(row) for row in rows]

    async def end(self, family: FamilyId, *, user: UserId) -> bool:
        """End one of somebody's families, and with it all its tokens; False where there is none."""
        this = (TokenFamilyRow.id == family, TokenFamilyRow.user_id == user)
        async with self._database.transaction() as session:
            ended = await session.execute(delete(TokenFamilyRow).where(*this).returning(TokenFamilyRow.id))
            return ended.first() is not None

    async def end_all(self, user: UserId) -> int:
        """End somebody's families; return how many those were."""
        these = delete(TokenFamilyRow).where(TokenFamilyRow.user_id == user)
        async with self._database.transaction() as session:
            return len((await session.execute(these.returning(TokenFamilyRow.id))).all())

    async def purge(self, *, unused_since: datetime, now: datetime) -> None:
        """Forget families that have ended."""
        over = or_(TokenFamilyRow.expires_at <= now, TokenFamilyRow.last_used_at <= unused_since)
        async with self._database.transaction() as session:
            await session.execute(delete(TokenFamilyRow).where(over))

    async def _held(self, which: ColumnElement[bool], *, is_spent: bool = False) -> Held | None:
        query = select(TokenFamilyRow, UserRow).join(UserRow, UserRow.id == TokenFamilyRow.user_id).where(which)
        async with self._database.reading() as session:
            row = (await session.execute(query)).first()
        return None if row is None else Held(family_of(row[0]), user_of(row[1]), is_spent)


def _seen(family: Family, at: datetime) -> Update:
    return update(UserRow).where(UserRow.id == family.user).values(last_seen_at=at)
