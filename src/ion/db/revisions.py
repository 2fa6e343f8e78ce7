"""Which revision the tables are at, and the newest one; Alembic is loaded only where they differ."""

import importlib
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

_VERSIONS = Path(__file__).parent / "migrations/versions"


def current_revision(connection: Connection) -> str | None:
    """Return the revision the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def head_revision() -> str:
    """Return the newest revision this ION knows: files of migrations begin with theirs, and count up."""
    return max(file.name.split("_")[0] for file in _VERSIONS.glob("[0-9]*.py"))


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, if they are not."""
    if current_revision(connection) != head_revision():
        # Alembic takes a good part of a start, and most starts have nothing for it to do.
        importlib.import_module("ion.db.migrating").migrate(connection)
