"""Who a proxy speaks for: `Forwarded` (RFC 7239) and the older `X-Forwarded-For` and `-Proto`; pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers

Networks = Sequence[IPv4Network | IPv6Network]

UNKNOWN = "unknown"
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_PAIR = re.compile(rf'[ \t]*+(?:({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*+)"))?+[ \t]*+([;,]|$)')
# An address with or without a port; IPv6 stands in brackets.
_NODE = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?")
_SCHEMES = ("http", "https")


@dataclass(frozen=True, slots=True)
class Hop:
    """What one proxy says of whoever spoke to it: their address, and the scheme if it names one."""

    address: str
    scheme: str | None


@dataclass(frozen=True, slots=True)
class Peer:
    """Who a request comes from, and by which scheme."""

    address: str
    scheme: str


def peer_of(nearest: Peer, headers: Headers, proxies: Networks) -> Peer:
    """Return who a request comes from in truth, as far as declared proxies tell.

    Each proxy adds what it knows to the right, so only what stands to the right of the first address that is no
    declared proxy's is to be believed: the rest is whatever the sender wrote. Where the two kinds of header contradict
    each other, one of them is the sender's own, and neither is believed.
    """
    if not _is_among(nearest.address, proxies):
        return nearest
    try:
        hops = _agreed(_forwarded(headers), _x_forwarded(headers))
    except ValueError:
        return Peer(UNKNOWN, nearest.scheme)
    peer = nearest
    for hop in reversed(hops):
        peer = Peer(hop.address, hop.scheme or peer.scheme)
        if not _is_among(hop.address, proxies):
            break
    return peer


def _agreed(standard: list[Hop], older: list[Hop]) -> list[Hop]:
    if standard and older and standard[-1].address != older[-1].address:
        raise ValueError("the headers contradict each other")
    return standard or older


def _forwarded(headers: Headers) -> list[Hop]:
    """Return the hops of `Forwarded`.

    Raises:
        ValueError: it is not written as RFC 7239 says.
    """
    return [
        Hop(_address(element["for"]) if "for" in element else UNKNOWN, _scheme(element.get("proto")))
        for element in _elements(",".join(headers.getlist("forwarded")))
        if element
    ]


def _elements(text: str) -> Iterator[dict[str, str]]:
    element: dict[str, str] = {}
    place = 0
    while place < len(text):
        pair = _PAIR.match(text, place)
        if pair is None:
            raise ValueError("no pair")
        name, token, quoted, end = pair.groups()
        if name is not None:
            if name.lower() in element:
                raise ValueError("a name twice")
            element[name.lower()] = token if token is not None else re.sub(r"\\(.)", r"\1", quoted)
        if end == ",":
            yield element
            element = {}
        place = pair.end()
    yield element


def _x_forwarded(headers: Headers) -> list[Hop]:
    """Return the hops of `X-Forwarded-For`; a scheme for each, or one for all."""
    addresses = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
    schemes = [part.strip() for line in headers.getlist("x-forwarded-proto") for part in line.split(",")]
    if not addresses and schemes:
        raise ValueError("a scheme of nobody")
    if len(schemes) != len(addresses):
        schemes = schemes[-1:] * len(addresses)
    each: list[str] | list[None] = schemes or [None] * len(addresses)
    return [Hop(_address(address), _scheme(scheme)) for address, scheme in zip(addresses, each, strict=True)]


def _address(node: str) -> str:
    """Return the address of a node without its port; what hides who it is, is unknown."""
    found = _NODE.fullmatch(node)
    bare = node if found is None else found[1] or found[2]
    try:
        return str(_plain(ip_address(bare)))
    except ValueError:
        if node.lower() == UNKNOWN or node.startswith("_"):
            return UNKNOWN
        raise


def _scheme(text: str | None) -> str | None:
    if text is None or text.lower() in _SCHEMES:
        return None if text is None else text.lower()
    raise ValueError("neither http nor https")


def _is_among(address: str, networks: Networks) -> bool:
    try:
        found = _plain(ip_address(address))
    except ValueError:
        return False
    return any(found in network for network in networks)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return IPv4 as such where a socket for both shows it as IPv6."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
