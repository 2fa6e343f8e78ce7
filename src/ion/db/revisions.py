"""Which revision the tables are at, and the newest one; Alembic is loaded only where they differ."""

import importlib
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from ion.errors import Misconfigured

_VERSIONS = Path(__file__).parent / "migrations/versions"


class DatabaseBehind(Misconfigured):
    """The database's tables are older than this ION."""

    code = "database_behind"


class DatabaseAhead(Misconfigured):
    """The database's tables are newer than this ION."""

    code = "database_ahead"


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


def is_behind(connection: Connection) -> bool:
    """Tell whether the tables are older than this ION.

    Raises:
        DatabaseAhead: they are newer.
    """
    current, head = current_revision(connection), head_revision()
    if current is not None and current > head:
        raise DatabaseAhead(
            f"The database's tables are of a newer ION (revision {current}, this one knows {head}); "
            "start that one, or name another database in ION_DATABASE__URL."
        )
    return current != head


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, if they are not.

    Raises:
        DatabaseAhead: the tables are newer than this ION.
    """
    if is_behind(connection):
        # Alembic takes a good part of a start, and most starts have nothing for it to do.
        importlib.import_module("ion.db.migrating").migrate(connection)
