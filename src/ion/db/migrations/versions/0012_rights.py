"""Who asked to be erased, when, and what was: the receipt that stays names nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "erasure",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("receipt", sa.String(64), nullable=True),
        sa.Column("user_id", sa.String(36), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("erased", sa.JSON(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("digest", name="pk_erasure"),
        sa.UniqueConstraint("user_id", name="uq_erasure_user_id"),
    )


def downgrade() -> None:
    """Drop the table, and with it the receipts."""
    op.drop_table("erasure")
