"""Erasing what accounts keep of one user; each function is one step inside a transaction, and may be done again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts.failure_store import subject_of
from ion.accounts.models import (
    ApiKeyRow,
    IdentityRow,
    InvitationRow,
    RecoveryCodeRow,
    SessionRow,
    SignInFailureRow,
    TokenFamilyRow,
    UserRow,
)
from ion.accounts.permissions import Role
from ion.accounts.user import LOCAL_USER, UserId

# Of whoever runs ION alone, as the migration made it: without it nobody could use ION any more.
_LOCAL_AS_MADE: Mapping[str, Any] = {
    "email": "local@localhost",
    "name": "Local",
    "language": "en",
    "role": Role.ADMIN,
    "password_hash": None,
    "sealed_totp": None,
    "totp_confirmed_at": None,
    "totp_step": None,
    "disabled_at": None,
    "last_seen_at": None,
}


async def end_access(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Keep somebody out: their sessions, tokens and API keys are erased, and they cannot sign in."""
    if user != LOCAL_USER:
        await session.execute(update(UserRow).where(UserRow.id == user).values(disabled_at=func.now()))
    return {
        "sessions": await _erased(session, delete(SessionRow).where(SessionRow.user_id == user)),
        "tokens": await _erased(session, delete(TokenFamilyRow).where(TokenFamilyRow.user_id == user)),
        "api_keys": await _erased(session, delete(ApiKeyRow).where(ApiKeyRow.user_id == user)),
    }


async def erase_account(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Erase a user and what is kept under their address; whoever runs ION alone stays, as on the first day."""
    row = await session.get(UserRow, user)
    if row is None:
        return {}
    subject = subject_of(row.email)
    counts = {
        "invitations": await _erased(session, delete(InvitationRow).where(InvitationRow.email == row.email)),
        "identities": await _erased(session, delete(IdentityRow).where(IdentityRow.user_id == user)),
        "recovery_codes": await _erased(session, delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user)),
        "sign_in_failures": await _erased(session, delete(SignInFailureRow).where(SignInFailureRow.subject == subject)),
    }
    if user == LOCAL_USER:
        await session.execute(update(UserRow).where(UserRow.id == user).values(**_LOCAL_AS_MADE))
        return counts
    return {**counts, "accounts": await _erased(session, delete(UserRow).where(UserRow.id == user))}


async def _erased(session: AsyncSession, statement: Any) -> int:
    result: Any = await session.execute(statement)
    return int(result.rowcount)
