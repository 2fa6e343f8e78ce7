"""Tokens for programs: families of refresh tokens, those of them that were exchanged, and the keys that sign."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ID, _DIGEST = sa.String(36), sa.String(64)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "token_family",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("proof", sa.String(16), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_used_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.Column("network", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_token_family_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_token_family"),
        sa.UniqueConstraint("digest", name="uq_token_family_digest"),
    )
    for column in ("user_id", "last_used_at", "expires_at"):
        op.create_index(f"ix_token_family_{column}", "token_family", [column])
    op.create_table(
        "spent_refresh",
        sa.Column("digest", _DIGEST, nullable=False),
        sa.Column("family_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["token_family.id"], name="fk_spent_refresh_family_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_spent_refresh"),
    )
    op.create_index("ix_spent_refresh_family_id", "spent_refresh", ["family_id"])
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("public", sa.String(43), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("verifies_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_key"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("signing_key", "spent_refresh", "token_family"):
        op.drop_table(table)
