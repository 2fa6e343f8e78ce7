"""What single keys and organisations may use, and how many tokens organisations used."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "allowance",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=True),
        sa.Column("tokens_a_day", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_allowance"),
    )
    op.create_table(
        "tokens_used",
        sa.Column("organisation", sa.String(36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "day", name="pk_tokens_used"),
    )


def downgrade() -> None:
    """Take both tables away."""
    op.drop_table("tokens_used")
    op.drop_table("allowance")
