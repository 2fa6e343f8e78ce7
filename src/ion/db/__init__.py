"""Where things are kept: one engine, sessions that commit once, and the migrations."""

from ion.db.engine import Database, DatabaseBehind, bad_url, open_database
from ion.db.schema import Row, current_revision, head_revision, upgrade

__all__ = [
    "Database",
    "DatabaseBehind",
    "Row",
    "bad_url",
    "current_revision",
    "head_revision",
    "open_database",
    "upgrade",
]
