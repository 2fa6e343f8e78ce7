"""Rows to values and back."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from ion.accounts.api_key import ApiKey, KeyId
from ion.accounts.caller import Proof
from ion.accounts.invitation import Invitation, InvitationId
from ion.accounts.models import (
    ApiKeyRow,
    InvitationRow,
    OrganisationRow,
    SessionRow,
    SigningKeyRow,
    TokenFamilyRow,
    UserRow,
)
from ion.accounts.permissions import Permission, Role
from ion.accounts.refresh import Family, FamilyId
from ion.accounts.session import Session
from ion.accounts.signing_key import SigningKey
from ion.accounts.user import Organisation, OrganisationId, User, UserId
from ion.language import Language

_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)
_PERMISSIONS = frozenset(map(str, Permission))


def organisation_of(row: OrganisationRow) -> Organisation:
    """Return the organisation that a row keeps."""
    return Organisation(OrganisationId(row.id), row.name, row.slug, row.created_at, dict(row.settings))


def user_of(row: UserRow) -> User:
    """Return the user that a row keeps; of the proofs, only which there are."""
    return User(
        id=UserId(row.id),
        organisation=OrganisationId(row.organisation_id),
        email=row.email,
        name=row.name,
        language=_LANGUAGE.validate_python(row.language),
        role=Role(row.role),
        created_at=row.created_at,
        has_password=row.password_hash is not None,
        has_second_factor=row.totp_confirmed_at is not None,
        disabled_at=row.disabled_at,
        last_seen_at=row.last_seen_at,
    )


def user_row(user: User, password_hash: str | None) -> UserRow:
    """Return the row of a new user."""
    return UserRow(
        id=user.id,
        organisation_id=user.organisation,
        email=user.email,
        name=user.name,
        language=user.language,
        password_hash=password_hash,
        role=user.role,
        created_at=user.created_at,
    )


def session_of(row: SessionRow) -> Session:
    """Return the session that a row keeps."""
    return Session(
        digest=row.id,
        user=UserId(row.user_id),
        proof=Proof(row.proof),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        user_agent=row.user_agent,
        network=row.network,
    )


def session_row(session: Session) -> SessionRow:
    """Return the row of a new session."""
    return SessionRow(
        id=session.digest,
        user_id=session.user,
        proof=session.proof,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        user_agent=session.user_agent,
        network=session.network,
    )


def key_of(row: ApiKeyRow) -> ApiKey:
    """Return the API key that a row keeps; scopes that ION no longer knows are left out."""
    return ApiKey(
        id=KeyId(row.id),
        organisation=OrganisationId(row.organisation_id),
        user=UserId(row.user_id),
        name=row.name,
        prefix=row.prefix,
        digest=row.digest,
        scopes=_scopes_of(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def key_row(key: ApiKey) -> ApiKeyRow:
    """Return the row of a new API key."""
    return ApiKeyRow(
        id=key.id,
        organisation_id=key.organisation,
        user_id=key.user,
        name=key.name,
        prefix=key.prefix,
        digest=key.digest,
        scopes=sorted(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
    )


def invitation_of(row: InvitationRow) -> Invitation:
    """Return the invitation that a row keeps."""
    return Invitation(
        id=InvitationId(row.id),
        organisation=OrganisationId(row.organisation_id),
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
        expires_at=row.expires_at,
        by=None if row.by is None else UserId(row.by),
        used_at=row.used_at,
    )


def family_of(row: TokenFamilyRow) -> Family:
    """Return the family of tokens that a row keeps; scopes that ION no longer knows are left out."""
    return Family(
        id=FamilyId(row.id),
        user=UserId(row.user_id),
        proof=Proof(row.proof),
        scopes=_scopes_of(row.scopes),
        digest=row.digest,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        salt=row.salt,
        user_agent=row.user_agent,
        network=row.network,
    )


def family_row(family: Family) -> TokenFamilyRow:
    """Return the row of a new family of tokens."""
    return TokenFamilyRow(
        id=family.id,
        user_id=family.user,
        proof=family.proof,
        scopes=sorted(family.scopes),
        digest=family.digest,
        created_at=family.created_at,
        last_used_at=family.last_used_at,
        expires_at=family.expires_at,
        salt=family.salt,
        user_agent=family.user_agent,
        network=family.network,
    )


def signing_key_of(row: SigningKeyRow) -> SigningKey:
    """Return the signing key that a row keeps."""
    return SigningKey(row.kid, row.public, row.sealed, row.created_at, row.verifies_until)


def signing_key_row(key: SigningKey) -> SigningKeyRow:
    """Return the row of a new signing key."""
    return SigningKeyRow(kid=key.kid, public=key.public, sealed=key.sealed, created_at=key.created_at)


def _scopes_of(names: Iterable[str]) -> frozenset[Permission]:
    return frozenset(Permission(scope) for scope in names if scope in _PERMISSIONS)
