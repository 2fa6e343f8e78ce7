"""What mentees say of how their messages were read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "corrections",
        sa.Column("turn_id", sa.String(36), nullable=False),
        sa.Column("tone", sa.String(31), nullable=True),
        sa.Column("intent", sa.String(31), nullable=True),
        sa.Column("pace", sa.String(31), nullable=True),
        sa.Column("share", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_corrections_turn_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", name="pk_corrections"),
        sa.CheckConstraint(
            "tone IS NOT NULL OR intent IS NOT NULL OR pace IS NOT NULL", name="ck_corrections_says_something"
        ),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("corrections")
