"""Organisations, users, and what they prove who they are with; both are made once for whoever runs ION alone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID, _DIGEST = sa.String(36), sa.String(64)
_LOCAL = "local"


def upgrade() -> None:
    """Make the tables, and the organisation and user of single-user mode."""
    _make_people()
    _make_invitations()
    _make_sessions()
    _make_keys()
    _make_proofs()
    _make_local()


def _make_people() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("slug", name="uq_organisation_slug"),
    )
    op.create_table(
        "user",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_confirmed_at", _MOMENT, nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_user_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("email", name="uq_user_email"),
    )
    op.create_index("ix_user_organisation_id", "user", ["organisation_id"])


def _make_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("by", _ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_invitation_organisation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by"], ["user.id"], name="fk_invitation_by", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("digest", name="uq_invitation_digest"),
    )
    op.create_index("ix_invitation_organisation_id", "invitation", ["organisation_id"])


def _make_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", _DIGEST, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("proof", sa.String(16), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_session_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"])
    op.create_index("ix_session_expires_at", "session", ["expires_at"])


def _make_keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", _ID, nullable=False),
        sa.Column("organisation_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_api_key_organisation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_api_key_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("prefix", name="uq_api_key_prefix"),
    )
    op.create_index("ix_api_key_organisation_id", "api_key", ["organisation_id"])
    op.create_index("ix_api_key_user_id", "api_key", ["user_id"])


def _make_proofs() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "digest", name="pk_recovery_code"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("subject", _DIGEST, nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_last_at", "sign_in_failure", ["last_at"])


def _make_local() -> None:
    """Nobody can sign in as the local user: there is no password."""
    organisation = sa.table("organisation", *map(_column, ("id", "name", "slug", "created_at")))
    op.execute(
        organisation.insert().values(id=_LOCAL, name="Local", slug=_LOCAL, created_at=sa.func.current_timestamp())
    )
    names = ("id", "organisation_id", "email", "name", "language", "role", "created_at")
    op.execute(
        sa.table("user", *map(_column, names))
        .insert()
        .values(
            id=_LOCAL,
            organisation_id=_LOCAL,
            email="local@localhost",
            name="Local",
            language="en",
            role="admin",
            created_at=sa.func.current_timestamp(),
        )
    )


def _column(name: str) -> Any:
    return sa.column(name)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("sign_in_failure", "recovery_code", "api_key", "session", "invitation", "user", "organisation"):
        op.drop_table(table)
