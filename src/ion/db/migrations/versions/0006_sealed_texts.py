"""Texts are sealed; conversations have an owner, whose keys seal them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Of each table, what is sealed in a column of its own; the plain ones stay for rows that are not sealed yet.
_SEALED = {"conversation": ("title", "goals"), "turn": ("message", "reply", "earlier"), "feedback": ("text",)}


def upgrade() -> None:
    """Add the columns; rows are sealed by ION itself, since a migration has no keys."""
    op.add_column("conversation", sa.Column("owner_id", sa.String(36), nullable=False, server_default="local"))
    op.add_column("conversation", sa.Column("titled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE conversation SET titled = (title <> '')")
    op.create_index("ix_conversation_owner_id", "conversation", ["owner_id"])
    for table, columns in _SEALED.items():
        op.add_column(table, sa.Column("key_version", sa.Integer(), nullable=True))
        op.create_index(f"ix_{table}_key_version", table, ["key_version"])
        for column in columns:
            op.add_column(table, sa.Column(f"sealed_{column}", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop the columns, and with them everything that is sealed."""
    for table, columns in _SEALED.items():
        for column in columns:
            op.drop_column(table, f"sealed_{column}")
        op.drop_index(f"ix_{table}_key_version", table)
        op.drop_column(table, "key_version")
    op.drop_index("ix_conversation_owner_id", "conversation")
    op.drop_column("conversation", "titled")
    op.drop_column("conversation", "owner_id")
