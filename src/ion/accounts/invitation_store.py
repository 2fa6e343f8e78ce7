"""Every question about invitations that the database is asked."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from ion.accounts.invitation import Invitation, InvitationId, not_invited
from ion.accounts.models import InvitationRow
from ion.accounts.rows import invitation_of, user_row
from ion.accounts.user import OrganisationId, User
from ion.accounts.user_store import email_taken
from ion.db import Database


class InvitationStore:
    """Invitations in the database; they are found by the digest of their secret."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, invitation: Invitation, *, digest: str) -> None:
        """Keep a new invitation; earlier ones of the same address to the same organisation hold no longer."""
        earlier = (
            InvitationRow.organisation_id == invitation.organisation,
            InvitationRow.email == invitation.email,
            InvitationRow.used_at.is_(None),
        )
        row = InvitationRow(
            id=invitation.id,
            organisation_id=invitation.organisation,
            email=invitation.email,
            role=invitation.role,
            digest=digest,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
            by=invitation.by,
        )
        async with self._database.transaction() as session:
            await session.execute(delete(InvitationRow).where(*earlier))
            session.add(row)

    async def open_of(self, organisation: OrganisationId, *, now: datetime) -> list[Invitation]:
        """Return the invitations of an organisation that can be accepted, the newest first."""
        query = select(InvitationRow).where(InvitationRow.organisation_id == organisation, *_open(now))
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(InvitationRow.created_at.desc()))
            return [invitation_of(row) for row in rows]

    async def open_for(self, email: str, *, organisation: OrganisationId, now: datetime) -> Invitation | None:
        """Return the invitation of an address to an organisation that can be accepted; None where there is none."""
        this = (InvitationRow.email == email, InvitationRow.organisation_id == organisation)
        query = select(InvitationRow).where(*this, *_open(now)).order_by(InvitationRow.created_at.desc()).limit(1)
        async with self._database.reading() as session:
            row = await session.scalar(query)
        return None if row is None else invitation_of(row)

    async def find(self, digest: str, *, now: datetime) -> Invitation:
        """Return an invitation that can be accepted.

        Raises:
            InvitationNotFound: there is none such.
        """
        query = select(InvitationRow).where(InvitationRow.digest == digest, *_open(now))
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise not_invited()
        return invitation_of(row)

    async def accept(self, invitation: Invitation, user: User, password_hash: str | None, *, now: datetime) -> None:
        """Keep the user that an invitation makes, and use it up, both or neither.

        Raises:
            InvitationNotFound: it was used meanwhile, or withdrawn, or is too old now.
            EmailTaken: there is an account with its address.
        """
        use = update(InvitationRow).where(InvitationRow.id == invitation.id, *_open(now)).values(used_at=now)
        try:
            async with self._database.transaction() as session:
                if (await session.execute(use.returning(InvitationRow.id))).first() is None:
                    raise not_invited()
                session.add(user_row(user, password_hash))
        except IntegrityError:
            raise email_taken() from None

    async def withdraw(self, invitation_id: InvitationId, *, organisation: OrganisationId) -> None:
        """Let an invitation hold no longer.

        Raises:
            InvitationNotFound: there is none such in this organisation.
        """
        this = (InvitationRow.id == invitation_id, InvitationRow.organisation_id == organisation)
        unused = InvitationRow.used_at.is_(None)
        async with self._database.transaction() as session:
            gone = await session.execute(delete(InvitationRow).where(*this, unused).returning(InvitationRow.id))
            if gone.first() is None:
                raise not_invited()

    async def purge(self, *, over_since: datetime) -> None:
        """Forget invitations that were used or too old before this moment."""
        over = or_(InvitationRow.used_at < over_since, InvitationRow.expires_at < over_since)
        async with self._database.transaction() as session:
            await session.execute(delete(InvitationRow).where(over))


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return InvitationRow.used_at.is_(None), InvitationRow.expires_at > now
