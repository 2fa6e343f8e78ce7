import resource
import socket

import pytest

from ion.cli.sockets import CannotListen, PortTaken, address_of, bound_socket
from ion.statuses import exit_code_of

# Bound, and never listened on.
EVERYWHERE = "0.0.0.0"  # noqa: S104


class TestBoundSocket:
    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("127.0.0.1", "http://127.0.0.1:"),
            ("LOCALHOST", "http://127.0.0.1:"),
            ("::1", "http://[::1]:"),
            ("[::1]", "http://[::1]:"),
        ],
    )
    def test_is_where_it_was_wanted(self, host: str, address: str) -> None:
        with bound_socket(host, 0, "en") as bound:
            assert address_of(bound).startswith(address)
            assert bound.getsockname()[1] > 0

    def test_can_be_everywhere(self) -> None:
        with bound_socket(EVERYWHERE, 0, "en") as bound:
            assert bound.getsockname()[0] == EVERYWHERE

    @pytest.mark.parametrize("host", ["", "192.0.2.7", "no-such-host.invalid", "가" * 70, "a..b"])
    def test_is_at_no_address_that_this_machine_does_not_have(self, host: str) -> None:
        with pytest.raises(CannotListen, match="Cannot listen on") as caught:
            bound_socket(host, 0, "en")

        assert exit_code_of(caught.value) == 78

    def test_a_port_that_is_taken_names_another(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(PortTaken, match=rf"Port {port} is taken.*--port {port + 1}"):
                bound_socket("127.0.0.1", port, "en")
            with pytest.raises(PortTaken, match=f"{port}번 포트를 이미 쓰고 있어요"):
                bound_socket("127.0.0.1", port, "ko")

    def test_what_the_system_refuses_is_78(self) -> None:
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
        try:
            with pytest.raises(CannotListen, match=r"Too many open files.*ion serve --port 8000") as caught:
                bound_socket("127.0.0.1", 80, "en")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)

        assert exit_code_of(caught.value) == 78
