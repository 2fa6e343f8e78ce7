"""Where things are kept: one engine, sessions that commit once, and the migrations."""

from ion.db.engine import (
    BadDatabaseUrl,
    Database,
    DatabaseUnavailable,
    bad_url,
    make_engine,
    open_database,
)
from ion.db.revisions import DatabaseAhead, DatabaseBehind, current_revision, head_revision, upgrade
from ion.db.schema import Row, UtcDateTime

__all__ = [
    "BadDatabaseUrl",
    "Database",
    "DatabaseAhead",
    "DatabaseBehind",
    "DatabaseUnavailable",
    "Row",
    "UtcDateTime",
    "bad_url",
    "current_revision",
    "head_revision",
    "make_engine",
    "open_database",
    "upgrade",
]
