"""Where `ion serve` listens, and said clearly where it cannot."""

import errno
import socket

from ion.cli.speech import said
from ion.errors import Conflict, Misconfigured
from ion.language import Language


class PortTaken(Conflict):
    """Another program listens on the port."""


class CannotListen(Misconfigured):
    """The port may not be used."""


def bound_socket(host: str, port: int, language: Language) -> socket.socket:
    """Return a socket bound to the address, not listening yet; port 0 takes a free one.

    Raises:
        PortTaken: another program has it.
        CannotListen: this machine has no such address, or the system refuses, e.g. a port below 1024.
    """
    name = host.strip("[]")
    try:
        # IPv4 first: it is what browsers try first for "localhost".
        family, _, _, _, address = min(socket.getaddrinfo(name or " ", port, type=socket.SOCK_STREAM))
        bound = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(error, name[:60], port, language) from None
    try:
        # A server that was stopped a moment ago leaves its port behind for a minute.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _refused(error, name[:60], port, language) from None
    return bound


def address_of(bound: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refused(error: OSError | UnicodeError, address: str, port: int, language: Language) -> Conflict | Misconfigured:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        other = f"ion serve --port {port + 1 if port < 65535 else 0}"
        return PortTaken(
            said(
                language,
                en=f"Port {port} is taken; another ION may be running. Try: {other}",
                ko=f"{port}번 포트를 이미 쓰고 있어요. 다른 ION이 켜져 있을지도 몰라요. 이렇게 해 보세요: {other}",
            ),
            field="port",
        )
    strerror = error.strerror if isinstance(error, OSError) else "no such address"
    reason = (strerror or type(error).__name__).rstrip(".")
    return CannotListen(
        said(
            language,
            en=f"Cannot listen on {address} port {port} ({reason}). Try: ion serve --port 8000",
            ko=f"{address}의 {port}번 포트를 열 수 없어요 ({reason}). 이렇게 해 보세요: ion serve --port 8000",
        ),
        field="port",
    )
