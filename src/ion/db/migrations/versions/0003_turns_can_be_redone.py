"""Turns that can be sent twice without harm, redone and asked of another mentor; deleted conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("conversation", sa.Column("request_key", sa.String(64), nullable=True))
    op.add_column("conversation", sa.Column("named", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversation", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_conversation_request_key", "conversation", ["request_key"], unique=True)
    op.create_index("ix_conversation_deleted_at", "conversation", ["deleted_at"])
    op.add_column("turn", sa.Column("request_key", sa.String(64), nullable=True))
    op.add_column("turn", sa.Column("again_of", sa.String(36), nullable=True))
    op.add_column("turn", sa.Column("earlier", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_turn_conversation_id_request_key", "turn", ["conversation_id", "request_key"], unique=True)


def downgrade() -> None:
    """Drop the columns."""
    op.drop_index("ix_turn_conversation_id_request_key", "turn")
    for column in ("earlier", "again_of", "request_key"):
        op.drop_column("turn", column)
    op.drop_index("ix_conversation_deleted_at", "conversation")
    op.drop_index("ix_conversation_request_key", "conversation")
    for column in ("deleted_at", "named", "request_key"):
        op.drop_column("conversation", column)
