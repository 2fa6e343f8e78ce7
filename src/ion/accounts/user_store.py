"""Every question about users, and what they prove who they are with, that the database is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts.models import RecoveryCodeRow, SessionRow, TokenFamilyRow, UserRow
from ion.accounts.permissions import Role
from ion.accounts.rows import user_of, user_row
from ion.accounts.user import OrganisationId, User, UserId
from ion.db import Database
from ion.errors import Conflict, NotFound
from ion.language import Language
from ion.sealing import Keyring, Place


class UserNotFound(NotFound):
    """No user has this id or address, or none in this organisation."""

    code = "user_not_found"


class EmailTaken(Conflict):
    """Somebody has an account with this address."""

    code = "email_taken"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user, and what a try to sign in is compared with. `totp_secret` is there once it is confirmed."""

    user: User
    password_hash: str | None = field(repr=False)
    totp_secret: str | None = field(repr=False)
    totp_step: int | None = field(repr=False)


class UserStore:
    """Users in the database. Whoever changes one has read it before, by an organisation or as the operator."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def add(self, user: User, password_hash: str | None = None) -> None:
        """Keep a new user.

        Raises:
            EmailTaken: there is an account with this address.
        """
        try:
            async with self._database.transaction() as session:
                session.add(user_row(user, password_hash))
        except IntegrityError:
            raise email_taken() from None

    async def of(self, organisation: OrganisationId) -> list[User]:
        """Return everybody of an organisation, by address."""
        query = select(UserRow).where(UserRow.organisation_id == organisation).order_by(UserRow.email)
        async with self._database.reading() as session:
            return [user_of(row) for row in await session.scalars(query)]

    async def all(self) -> list[User]:
        """Return everybody, by address; for whoever operates ION, and nobody in it."""
        async with self._database.reading() as session:
            return [user_of(row) for row in await session.scalars(select(UserRow).order_by(UserRow.email))]

    async def with_id(self, user_id: UserId, *, organisation: OrganisationId) -> User:
        """Return somebody of an organisation.

        Raises:
            UserNotFound: there is none with this id in it.
        """
        query = select(UserRow).where(UserRow.id == user_id, UserRow.organisation_id == organisation)
        async with self._database.reading() as session:
            return _found(await session.scalar(query))

    async def with_email(self, email: str) -> User:
        """Return whose address this is; for whoever operates ION, and nobody in it.

        Raises:
            UserNotFound: there is none with this address.
        """
        async with self._database.reading() as session:
            return _found(await session.scalar(select(UserRow).where(UserRow.email == email)))

    async def credentials(self, email: str) -> Credentials | None:
        """Return what a try to sign in with this address is compared with; None where nobody has it."""
        return await self._credentials(UserRow.email == email)

    async def credentials_of(self, user: UserId) -> Credentials | None:
        """Return what a user proves who they are with; None where they have gone."""
        return await self._credentials(UserRow.id == user)

    async def _credentials(self, which: ColumnElement[bool]) -> Credentials | None:
        async with self._database.reading() as session:
            row = await session.scalar(select(UserRow).where(which))
        if row is None:
            return None
        secret = None if row.totp_confirmed_at is None else await self._opened(row)
        return Credentials(user_of(row), row.password_hash, secret, row.totp_step)

    async def set_password(self, user: User, password_hash: str) -> None:
        """Change a password; whoever is signed in with the old one is not any more."""
        async with self._database.transaction() as session:
            await session.execute(_change(user.id, password_hash=password_hash))
            await _end_all(session, user.id)

    async def renew_hash(self, user: UserId, *, old: str, new: str) -> None:
        """Keep the same password in another way, unless it was changed meanwhile."""
        async with self._database.transaction() as session:
            await session.execute(_change(user, password_hash=new).where(UserRow.password_hash == old))

    async def set_role(self, user: User, role: Role) -> User:
        """Change what somebody is; it holds from their next request on.

        Raises:
            UserNotFound: they have gone.
        """
        return await self._changed(user, role=role)

    async def set_profile(self, user: User, *, name: str, language: Language) -> User:
        """Change what somebody is called, and the language they are spoken to in.

        Raises:
            UserNotFound: they have gone.
        """
        return await self._changed(user, name=name, language=language)

    async def disable(self, user: User, *, at: datetime) -> User:
        """Keep somebody out from now on: their sessions and tokens end, and their API keys do not hold.

        Raises:
            UserNotFound: they have gone.
        """
        async with self._database.transaction() as session:
            await _end_all(session, user.id)
            change = _change(user.id, disabled_at=func.coalesce(UserRow.disabled_at, at))
            return _found(await session.scalar(change.returning(UserRow)))

    async def enable(self, user: User) -> User:
        """Let somebody in again.

        Raises:
            UserNotFound: they have gone.
        """
        return await self._changed(user, disabled_at=None)

    async def seen(self, user: UserId, *, at: datetime) -> None:
        """Note when somebody was last here."""
        async with self._database.transaction() as session:
            await session.execute(_change(user, last_seen_at=at))

    async def keep_unconfirmed_secret(self, user: User, secret: str) -> bool:
        """Keep the secret of an authenticator app that has to be confirmed; False where a confirmed one is there."""
        keys = await self._keyring.keys_to_seal(user.id)
        sealed = keys.seal(secret, _place(user.id))
        change = _change(user.id, sealed_totp=sealed, totp_step=None).where(UserRow.totp_confirmed_at.is_(None))
        async with self._database.transaction() as session:
            return (await session.execute(change.returning(UserRow.id))).first() is not None

    async def unconfirmed_secret(self, user: User) -> str | None:
        """Return the secret that has to be confirmed, if there is one."""
        query = select(UserRow).where(UserRow.id == user.id, UserRow.totp_confirmed_at.is_(None))
        async with self._database.reading() as session:
            row = await session.scalar(query)
        return None if row is None else await self._opened(row)

    async def confirm_secret(
        self, user: User, *, secret: str, step: int, recovery: Iterable[str], at: datetime
    ) -> bool:
        """Turn the second factor on, with new recovery codes; False where the secret is not the one to confirm."""
        # The row lock makes two at once come one after the other (SQLite has one writer).
        query = select(UserRow).where(UserRow.id == user.id, UserRow.totp_confirmed_at.is_(None)).with_for_update()
        async with self._database.transaction() as session:
            row = await session.scalar(query)
            if row is None or await self._opened(row) != secret:
                return False
            row.totp_confirmed_at, row.totp_step = at, step
            await _replace_recovery_codes(session, user.id, recovery)
            return True

    async def renew_recovery_codes(self, user: User, digests: Iterable[str]) -> bool:
        """Put new recovery codes in place of those there are; False where no second factor is on."""
        query = select(UserRow.id).where(UserRow.id == user.id, UserRow.totp_confirmed_at.is_not(None))
        async with self._database.transaction() as session:
            if await session.scalar(query.with_for_update()) is None:
                return False
            await _replace_recovery_codes(session, user.id, digests)
            return True

    async def take_step(self, user: UserId, step: int) -> bool:
        """Note that the code of a step of time was used; False where it, or a later one, was used before."""
        later = or_(UserRow.totp_step.is_(None), UserRow.totp_step < step)
        async with self._database.transaction() as session:
            taken = await session.execute(_change(user, totp_step=step).where(later).returning(UserRow.id))
            return taken.first() is not None

    async def take_recovery_code(self, user: UserId, digest: str, *, at: datetime) -> bool:
        """Use a recovery code up; False where there is none such, or it was used before."""
        this = (RecoveryCodeRow.user_id == user, RecoveryCodeRow.digest == digest, RecoveryCodeRow.used_at.is_(None))
        change = update(RecoveryCodeRow).where(*this).values(used_at=at).returning(RecoveryCodeRow.digest)
        async with self._database.transaction() as session:
            return (await session.execute(change)).first() is not None

    async def recovery_codes_left(self, user: User) -> int:
        """Return how many recovery codes were not used."""
        query = select(func.count()).where(RecoveryCodeRow.user_id == user.id, RecoveryCodeRow.used_at.is_(None))
        async with self._database.reading() as session:
            return await session.scalar(query) or 0

    async def remove_second_factor(self, user: User) -> User:
        """Turn the second factor off; sessions and tokens end, since whoever has one of them may be why.

        Raises:
            UserNotFound: they have gone.
        """
        async with self._database.transaction() as session:
            await session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user.id))
            await _end_all(session, user.id)
            change = _change(user.id, sealed_totp=None, totp_confirmed_at=None, totp_step=None)
            return _found(await session.scalar(change.returning(UserRow)))

    async def _opened(self, row: UserRow) -> str | None:
        """Return the secret of somebody's authenticator app. Raises what `OwnerKeys.open` raises."""
        sealed = row.sealed_totp
        if sealed is None:
            return None
        return await self._keyring.opened([row.id], lambda keys: keys[row.id].open(sealed, _place(row.id)))

    async def _changed(self, user: User, **values: Any) -> User:
        async with self._database.transaction() as session:
            return _found(await session.scalar(_change(user.id, **values).returning(UserRow)))


def _place(user: str) -> Place:
    return Place(UserRow.__tablename__, user, "sealed_totp")


def _change(user: UserId, **values: Any) -> Any:
    return update(UserRow).where(UserRow.id == user).values(**values)


async def _replace_recovery_codes(session: AsyncSession, user: UserId, digests: Iterable[str]) -> None:
    await session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user))
    session.add_all([RecoveryCodeRow(user_id=user, digest=digest) for digest in digests])


async def _end_all(session: AsyncSession, user: UserId) -> None:
    """Let nothing hold any more that somebody signed in for."""
    await session.execute(delete(SessionRow).where(SessionRow.user_id == user))
    await session.execute(delete(TokenFamilyRow).where(TokenFamilyRow.user_id == user))


def _found(row: UserRow | None) -> User:
    if row is None:
        raise UserNotFound("There is no such user.", field="user")
    return user_of(row)


def email_taken() -> EmailTaken:
    """Return the error for an address that has an account."""
    return EmailTaken("There is an account with this e-mail address.", field="email")
