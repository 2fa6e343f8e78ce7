"""The audit log: entries that the database itself refuses to change, their head, and whom aliases stand for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ALIAS, _HASH = sa.String(36), sa.String(64)
_TABLES = ("audit_entry", "audit_head", "audit_name")
# What is refused on each table, and when: entries are added, the head counts up, and names are added or taken out.
_REFUSED = (
    ("audit_entry", "UPDATE", ""),
    ("audit_entry", "DELETE", ""),
    ("audit_head", "UPDATE", "NEW.entries < OLD.entries"),
    ("audit_head", "DELETE", ""),
    ("audit_name", "UPDATE", ""),
)
_WORDS = "the audit log is only added to"


def upgrade() -> None:
    """Make the tables and what guards them."""
    _make_entries()
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.execute(f"INSERT INTO audit_head (id, entries, hash) VALUES (1, 0, '{'0' * 64}')")  # nosec B608  # noqa: S608 - no input
    _make_names()
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    guard()


def _make_entries() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("organisation", _ALIAS, nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor", _ALIAS, nullable=False),
        sa.Column("proof", sa.String(16), nullable=False),
        sa.Column("key", _ALIAS, nullable=False),
        sa.Column("target_kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("network", _ALIAS, nullable=False),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("previous", _HASH, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_entry"),
    )
    for column in ("at", "actor", "target", "network"):
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", [column])


def _make_names() -> None:
    op.create_table(
        "audit_name",
        sa.Column("alias", _ALIAS, nullable=False),
        sa.Column("person", _ALIAS, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("mac", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("alias", name="pk_audit_name"),
    )
    for column in ("person", "value"):
        op.create_index(f"ix_audit_name_{column}", "audit_name", [column])


def _guard_sqlite() -> None:
    for table, verb, when in _REFUSED:
        condition = f"WHEN {when}" if when else ""
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WORDS}'; END $$"
    )
    for table, verb, when in _REFUSED:
        condition = f"WHEN ({when})" if when else ""
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH ROW {condition} EXECUTE FUNCTION audit_refuse()"
        )
    for table in _TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def downgrade() -> None:
    """Drop the tables, and with them what guards them."""
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
