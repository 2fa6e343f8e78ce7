"""A conversation's request key is its owner's: two owners may take the same one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OF_ALL = "ix_conversation_request_key"
_OF_OWNER = "ix_conversation_owner_id_request_key"


def upgrade() -> None:
    """Make request keys unique among those of one owner."""
    op.drop_index(_OF_ALL, "conversation")
    op.create_index(_OF_OWNER, "conversation", ["owner_id", "request_key"], unique=True)


def downgrade() -> None:
    """Make request keys unique among all; of those that are not, one stays."""
    op.drop_index(_OF_OWNER, "conversation")
    op.execute(
        sa.text(
            "UPDATE conversation SET request_key = NULL WHERE request_key IS NOT NULL AND EXISTS (SELECT 1 FROM "
            "conversation AS other WHERE other.request_key = conversation.request_key AND other.id < conversation.id)"
        )
    )
    op.create_index(_OF_ALL, "conversation", ["request_key"], unique=True)
