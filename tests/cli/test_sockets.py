import resource
import socket

import pytest

from ion.cli.errors import exit_code_of
from ion.cli.sockets import CannotListen, NotLoopback, PortTaken, address_of, bound_socket

# Never bound: this is what has to be refused.
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
    def test_is_on_this_machine(self, host: str, address: str) -> None:
        with bound_socket(host, 0, "en") as bound:
            assert address_of(bound).startswith(address)
            assert bound.getsockname()[1] > 0

    @pytest.mark.parametrize(
        "host", [EVERYWHERE, "::", "192.168.0.7", "mentor.example.org", "", "127.0.0.1.example.org"]
    )
    def test_nowhere_else(self, host: str) -> None:
        with pytest.raises(NotLoopback, match=r"no accounts yet.*ssh -L 8000:127.0.0.1:8000") as caught:
            bound_socket(host, 8000, "en")

        assert exit_code_of(caught.value) == 78

    def test_nowhere_else_in_korean(self) -> None:
        with pytest.raises(NotLoopback, match=r"아직 계정이 없어서.*ssh -L"):
            bound_socket(EVERYWHERE, 8000, "ko")

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
