"""Who asked to be erased, and the receipts of it, which name nobody; and exports, which are there for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "erasure",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("receipt", sa.String(64), nullable=True),
        sa.Column("user_id", sa.String(36), nullable=True),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("erased", sa.JSON(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("digest", name="pk_erasure"),
        sa.UniqueConstraint("user_id", name="uq_erasure_user_id"),
    )
    op.create_table(
        "export",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("organisation_id", sa.String(36), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("held_at", _MOMENT, nullable=True),
        sa.Column("ready_at", _MOMENT, nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_export_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
        sa.UniqueConstraint("user_id", name="uq_export_user_id"),
    )
    op.create_table(
        "export_part",
        sa.Column("export_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name="fk_export_part_export_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("export_id", "number", name="pk_export_part"),
    )


def downgrade() -> None:
    """Drop the tables, and with them the receipts."""
    for table in ("export_part", "export", "erasure"):
        op.drop_table(table)
