from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from ion.api.forwarded import Peer, peer_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1"), ip_network("2001:db8:1::/48")]
PROXY = Peer("10.0.0.1", "http")


def told(*headers: tuple[str, str], nearest: Peer = PROXY) -> Peer:
    raw = [(name.lower().encode(), value.encode("utf-8")) for name, value in headers]
    return peer_of(nearest, Headers(raw=raw), PROXIES)


class TestForwarded:
    @pytest.mark.parametrize(
        ("header", "peer"),
        [
            ("for=192.0.2.60;proto=https", Peer("192.0.2.60", "https")),
            ("For=192.0.2.60; PROTO=HTTPS ;by=203.0.113.43", Peer("192.0.2.60", "https")),
            ('for="192.0.2.60:4711"', Peer("192.0.2.60", "http")),
            ('for="[2001:db8:cafe::17]:4711";proto=https', Peer("2001:db8:cafe::17", "https")),
            ('for="[::ffff:192.0.2.60]"', Peer("192.0.2.60", "http")),
            ("for=198.51.100.9;proto=https, for=192.0.2.60", Peer("192.0.2.60", "http")),
            ("for=192.0.2.60;proto=https, for=10.0.0.2;proto=http", Peer("192.0.2.60", "https")),
            ("for=10.0.0.3;proto=https,for=10.0.0.2", Peer("10.0.0.3", "https")),
            ("for=unknown;proto=https", Peer("unknown", "https")),
            ("for=_hidden, for=10.0.0.2", Peer("unknown", "http")),
            ("proto=https", Peer("unknown", "https")),
            ('for="192.0.2.\\60"', Peer("192.0.2.60", "http")),
            (", ,for=192.0.2.60;;", Peer("192.0.2.60", "http")),
        ],
    )
    def test_names_the_first_who_is_no_proxy(self, header: str, peer: Peer) -> None:
        assert told(("Forwarded", header)) == peer

    def test_may_come_in_several_lines(self) -> None:
        assert told(("Forwarded", "for=192.0.2.60"), ("Forwarded", "for=10.0.0.2")) == Peer("192.0.2.60", "http")

    @pytest.mark.parametrize(
        "header",
        ["for", "for=", "for=a b", 'for="192.0.2.60', "for=192.0.2.60 x", "for=mina", "proto=ftp", "for=1;for=2", "=1"],
    )
    def test_that_is_not_written_properly_names_nobody(self, header: str) -> None:
        assert told(("Forwarded", header)) == Peer("unknown", "http")

    def test_is_believed_from_no_one_else(self) -> None:
        stranger = Peer("203.0.113.7", "http")

        assert told(("Forwarded", "for=192.0.2.60;proto=https"), nearest=stranger) == stranger
        assert told(("X-Forwarded-For", "192.0.2.60"), nearest=Peer("unknown", "http")) == Peer("unknown", "http")

    def test_that_is_missing_leaves_the_nearest(self) -> None:
        assert told() == PROXY

    @given(st.text(max_size=80))
    def test_of_any_text_is_an_address_or_unknown(self, text: str) -> None:
        peer = told(("Forwarded", text))

        assert peer.scheme in ("http", "https")
        assert peer.address in ("unknown", "10.0.0.1") or "." in peer.address or ":" in peer.address

    @given(
        st.lists(
            st.sampled_from(["for", "=", "192.0.2.1", '"', "\\", ";", ",", "[", "::1", "]", " ", ":80"]), max_size=30
        )
    )
    def test_of_any_pieces_neither_raises_nor_believes_a_private_proxy(self, pieces: list[str]) -> None:
        assert told(("Forwarded", "".join(pieces))).address in ("unknown", "10.0.0.1", "192.0.2.1", "::1")

    @given(st.from_regex(r"(for=198\.51\.100\.[0-9];proto=(http|https)[,;]){0,5}", fullmatch=True))
    def test_that_the_sender_began_does_not_change_what_the_proxy_adds(self, forged: str) -> None:
        assert told(("Forwarded", forged.replace(";,", ",").rstrip(";,")), ("Forwarded", "for=192.0.2.60")).address in (
            "192.0.2.60",
            "unknown",
        )


class TestXForwarded:
    @pytest.mark.parametrize(
        ("addresses", "schemes", "peer"),
        [
            ("192.0.2.60", "https", Peer("192.0.2.60", "https")),
            ("198.51.100.9, 192.0.2.60", "https", Peer("192.0.2.60", "https")),
            ("192.0.2.60, 10.0.0.2", "https, http", Peer("192.0.2.60", "https")),
            ("2001:db8:cafe::17", "https", Peer("2001:db8:cafe::17", "https")),
            ("192.0.2.60:4711", "http", Peer("192.0.2.60", "http")),
            ("mina", "https", Peer("unknown", "http")),
            ("192.0.2.60", "gopher", Peer("unknown", "http")),
        ],
    )
    def test_is_understood(self, addresses: str, schemes: str, peer: Peer) -> None:
        assert told(("X-Forwarded-For", addresses), ("X-Forwarded-Proto", schemes)) == peer

    def test_needs_no_scheme_but_an_address(self) -> None:
        assert told(("X-Forwarded-For", "192.0.2.60")) == Peer("192.0.2.60", "http")
        assert told(("X-Forwarded-Proto", "https")) == Peer("unknown", "http")

    def test_and_the_other_header_have_to_agree(self) -> None:
        ours, forged = ("X-Forwarded-For", "192.0.2.60"), ("Forwarded", "for=198.51.100.9;proto=https")

        assert told(ours, forged) == Peer("unknown", "http")
        assert told(ours, ("Forwarded", "for=192.0.2.60;proto=https")) == Peer("192.0.2.60", "https")
