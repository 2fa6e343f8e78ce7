"""The secrets of authenticator apps are sealed; those that were not have to be set up again."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SET_UP_AGAIN = 'UPDATE "user" SET totp_confirmed_at = NULL, totp_step = NULL'


def upgrade() -> None:
    """Put a column for sealed secrets in the place of the plain one; a migration has no keys to seal with."""
    op.add_column("user", sa.Column("sealed_totp", sa.LargeBinary(), nullable=True))
    op.execute(_SET_UP_AGAIN)
    op.drop_column("user", "totp_secret")


def downgrade() -> None:
    """Bring the plain column back, empty."""
    op.add_column("user", sa.Column("totp_secret", sa.Text(), nullable=True))
    op.execute(_SET_UP_AGAIN)
    op.drop_column("user", "sealed_totp")
