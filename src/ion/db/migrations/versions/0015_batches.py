"""Batches: many messages that are answered in the background, line by line."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "batch",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("served_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(64), nullable=True),
        sa.Column("fingerprint", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
    )
    op.create_index("ix_batch_ended_at", "batch", ["ended_at"])
    op.create_index("ix_batch_owner_id_request_key", "batch", ["owner_id", "request_key"], unique=True)
    op.create_table(
        "batch_line",
        sa.Column("batch_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("sealed_ask", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_result", sa.LargeBinary(), nullable=True),
        sa.Column("holder", sa.String(36), nullable=True),
        sa.Column("held_until", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_batch_line_batch_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "number", name="pk_batch_line"),
    )
    left = sa.text("done_at IS NULL")
    op.create_index(
        "ix_batch_line_left", "batch_line", ["batch_id", "number"], sqlite_where=left, postgresql_where=left
    )


def downgrade() -> None:
    """Drop the tables, and with them what is left to do and what was answered."""
    op.drop_table("batch_line")
    op.drop_table("batch")
