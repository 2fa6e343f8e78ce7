"""The tables of accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ion.db import Row

_ID = String(36)
_DIGEST = String(64)


class OrganisationRow(Row):
    """An organisation."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    created_at: Mapped[datetime]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class UserRow(Row):
    """A user; an address has one account, whatever organisation it is in."""

    __tablename__ = "user"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), type_=_ID, index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    password_hash: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    sealed_totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None]
    # The step of time of the last code that was taken; it and those before it are taken no more.
    totp_step: Mapped[int | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]


class InvitationRow(Row):
    """An invitation."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), type_=_ID, index=True
    )
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(_DIGEST, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    by: Mapped[str | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), type_=_ID)


class SessionRow(Row):
    """A browser's session; `id` is the digest of what the browser holds."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=_ID, index=True)
    proof: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(64))


class ApiKeyRow(Row):
    """An API key."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), type_=_ID, index=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=_ID, index=True)
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(_DIGEST)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RecoveryCodeRow(Row):
    """A recovery code."""

    __tablename__ = "recovery_code"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=_ID, primary_key=True)
    digest: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    used_at: Mapped[datetime | None]


class IdentityRow(Row):
    """Whom an organisation's provider knows a user as; one provider knows nobody as two."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("user_id", "issuer", name="uq_identity_user_id"),)

    issuer: Mapped[str] = mapped_column(String(400), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=_ID)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class SignInFailureRow(Row):
    """Failed tries to sign in; `subject` is the digest of an address or of a network.

    These are no columns of the user: an address without an account has to be counted just like one with.
    """

    __tablename__ = "sign_in_failure"

    subject: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    # What counts of them at `last_at`; one less with time.
    level: Mapped[float]
    last_at: Mapped[datetime] = mapped_column(index=True)


class TokenFamilyRow(Row):
    """All tokens that came of one sign-in; `digest` is that of the refresh token in use."""

    __tablename__ = "token_family"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=_ID, index=True)
    proof: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[str]]
    digest: Mapped[str] = mapped_column(_DIGEST, unique=True)
    # What the refresh token in use was made of the one before with.
    salt: Mapped[bytes]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(String(200))
    network: Mapped[str] = mapped_column(String(64))


class SpentRefreshRow(Row):
    """A refresh token that was exchanged, kept to know it again."""

    __tablename__ = "spent_refresh"

    digest: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("token_family.id", ondelete="CASCADE"), type_=_ID, index=True)


class SigningKeyRow(Row):
    """A key pair that access tokens are signed with; `sealed` is its private part."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    public: Mapped[str] = mapped_column(String(43))
    sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    verifies_until: Mapped[datetime | None]
