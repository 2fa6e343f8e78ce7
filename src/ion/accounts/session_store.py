"""Every question about sessions that the database is asked."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from ion.accounts.models import SessionRow, UserRow
from ion.accounts.rows import session_of, session_row, user_of
from ion.accounts.session import Session
from ion.accounts.user import User, UserId
from ion.db import Database


class SessionStore:
    """Sessions in the database; they are found by the digest of what a browser holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session, *, instead_of: str | None = None) -> None:
        """Keep a new session; the one with the digest `instead_of` ends in the same moment."""
        async with self._database.transaction() as transaction:
            if instead_of is not None:
                await transaction.execute(delete(SessionRow).where(SessionRow.id == instead_of))
            transaction.add(session_row(session))

    async def find(self, digest: str) -> tuple[Session, User] | None:
        """Return a session and whose it is; None where there is none. Whether it holds is for the caller to see."""
        query = (
            select(SessionRow, UserRow).join(UserRow, UserRow.id == SessionRow.user_id).where(SessionRow.id == digest)
        )
        async with self._database.reading() as transaction:
            row = (await transaction.execute(query)).first()
        return None if row is None else (session_of(row[0]), user_of(row[1]))

    async def of(self, user: UserId) -> list[Session]:
        """Return somebody's sessions, the one that was used last first."""
        query = select(SessionRow).where(SessionRow.user_id == user).order_by(SessionRow.last_used_at.desc())
        async with self._database.reading() as transaction:
            return [session_of(row) for row in await transaction.scalars(query)]

    async def used(self, session: Session, *, at: datetime) -> None:
        """Note that a session, and with it its user, was here."""
        async with self._database.transaction() as transaction:
            await transaction.execute(update(SessionRow).where(SessionRow.id == session.digest).values(last_used_at=at))
            await transaction.execute(update(UserRow).where(UserRow.id == session.user).values(last_seen_at=at))

    async def end(self, digest: str, *, user: UserId) -> bool:
        """End one of somebody's sessions; False where there was none."""
        this = (SessionRow.id == digest, SessionRow.user_id == user)
        async with self._database.transaction() as transaction:
            gone = await transaction.execute(delete(SessionRow).where(*this).returning(SessionRow.id))
            return gone.first() is not None

    async def end_all(self, user: UserId, *, but: str | None = None) -> int:
        """End somebody's sessions, all but the one with this digest; return how many those were."""
        these = delete(SessionRow).where(SessionRow.user_id == user)
        if but is not None:
            these = these.where(SessionRow.id != but)
        async with self._database.transaction() as transaction:
            return len((await transaction.execute(these.returning(SessionRow.id))).all())

    async def purge(self, *, unused_since: datetime, now: datetime) -> None:
        """Forget sessions that have ended."""
        over = or_(SessionRow.expires_at <= now, SessionRow.last_used_at <= unused_since)
        async with self._database.transaction() as transaction:
            await transaction.execute(delete(SessionRow).where(over))
