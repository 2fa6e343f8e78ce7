"""Databases whose tables are there already: the migrations run once, and what they made is copied from then on."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from ion.db import upgrade


def sqlite_at(file: Path) -> str:
    """Put a SQLite database that is up to date at `file`, unless one is there, and return its URL."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ion.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            upgrade(connection)
        engine.dispose()
        return file.read_bytes()
