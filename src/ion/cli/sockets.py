"""Where `ion serve` listens: on this machine only, and said clearly where it cannot."""

import errno
import socket

from ion.cli.speech import said
from ion.errors import Conflict, Misconfigured
from ion.language import Language

# What the application's own guard takes for a loopback name.
_LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}


class NotLoopback(Misconfigured):
    """ION was told to listen where others could reach it."""


class PortTaken(Conflict):
    """Another program listens on the port."""


class CannotListen(Misconfigured):
    """The port may not be used."""


def bound_socket(host: str, port: int, language: Language) -> socket.socket:
    """Return a socket bound to the address, not listening yet; port 0 takes a free one.

    Raises:
        NotLoopback: the address can be reached from other machines.
        PortTaken: another program has it.
        CannotListen: the system refuses, e.g. a port below 1024.
    """
    family = _LOOPBACK.get(host.strip("[]").lower())
    if family is None:
        raise NotLoopback(_others_could_read(host, port, language), field="ION_SERVER__HOST")
    address = "::1" if family == socket.AF_INET6 else "127.0.0.1"
    try:
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        # No IPv6, for one.
        raise _refused(error, address, port, language) from None
    try:
        # A server that was stopped a moment ago leaves its port behind for a minute.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
    except OSError as error:
        bound.close()
        raise _refused(error, address, port, language) from None
    return bound


def address_of(bound: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _others_could_read(host: str, port: int, language: Language) -> str:
    tunnel = f"ssh -L {port}:127.0.0.1:{port} USER@HOST"
    return said(
        language,
        en=f"ION listens on 127.0.0.1, ::1 or localhost only, not on {host[:60]!r}: there are no accounts yet, so "
        f"whoever reached it could read every conversation. From another machine, use a tunnel: {tunnel}",
        ko=f"ION은 127.0.0.1, ::1, localhost 에서만 열 수 있어요 ({host[:60]!r} 불가). 아직 계정이 없어서, 접속한 "
        f"누구나 모든 대화를 볼 수 있기 때문이에요. 다른 컴퓨터에서는 터널을 쓰세요: {tunnel}",
    )


def _refused(error: OSError, address: str, port: int, language: Language) -> Conflict | Misconfigured:
    if error.errno == errno.EADDRINUSE:
        other = f"ion serve --port {port + 1 if port < 65535 else 0}"
        return PortTaken(
            said(
                language,
                en=f"Port {port} is taken; another ION may be running. Try: {other}",
                ko=f"{port}번 포트를 이미 쓰고 있어요. 다른 ION이 켜져 있을지도 몰라요. 이렇게 해 보세요: {other}",
            ),
            field="port",
        )
    reason = (error.strerror or type(error).__name__).rstrip(".")
    return CannotListen(
        said(
            language,
            en=f"Cannot listen on {address} port {port} ({reason}). Try: ion serve --port 8000",
            ko=f"{address}의 {port}번 포트를 열 수 없어요 ({reason}). 이렇게 해 보세요: ion serve --port 8000",
        ),
        field="port",
    )
