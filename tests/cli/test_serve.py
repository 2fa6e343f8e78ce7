import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ion.cli.serve import without_code
from tests.cli.running import ion
from tests.servers.ion import free_port
from tests.servers.misbehaving import SILENT, misbehaving_server

# Never bound: this is what has to be refused.
EVERYWHERE = "0.0.0.0"  # noqa: S104
JSON = {"Content-Type": "application/json"}
STREAM = {"Accept": "text/event-stream"}


class TestAccessLog:
    def test_says_nothing_of_what_an_identity_provider_sent(self) -> None:
        said = '%s - "%s %s HTTP/%s" %d'
        args = ("127.0.0.1:1", "GET", "/sign-in/oidc/callback?code=secret&state=x", "1.1", 303)
        record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, said, args, None)

        assert without_code(record)
        assert record.getMessage() == '127.0.0.1:1 - "GET /sign-in/oidc/callback HTTP/1.1" 303'


@contextmanager
def serving(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `ion serve` on a free port, and end it however the test leaves it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ion", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def address_from(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    return next(word for word in line.split() if word.startswith("http"))


def ended(process: subprocess.Popen[bytes], number: signal.Signals) -> tuple[int, bytes, bytes, float]:
    """Send a signal, and return exit code, output, errors and how long it took."""
    process.send_signal(number)
    started = time.monotonic()
    output, errors = process.communicate(timeout=30)
    return process.returncode, output, errors, time.monotonic() - started


class TestServing:
    def test_says_in_one_line_where_it_answers_and_stops_when_told(self) -> None:
        with serving() as process:
            address = address_from(process)
            with urllib.request.urlopen(f"{address}/api/v2/health", timeout=10) as response:
                health, server = json.load(response), response.headers.get("server")
            code, output, errors, seconds = ended(process, signal.SIGTERM)

        assert health["healthy"] is True
        assert server is None
        assert (code, output, errors) == (0, b"", b"")
        assert seconds < 5

    def test_unfinished_requests_do_not_hold_it_up(self) -> None:
        with serving() as process:
            host, port = address_from(process).removeprefix("http://").split(":")
            with socket.create_connection((host, int(port))) as unfinished:
                unfinished.sendall(b"POST /api/v2/process HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
                code, _, errors, seconds = ended(process, signal.SIGINT)

        assert (code, errors) == (0, b"")
        assert seconds < 12

    def test_a_reply_that_does_not_come_does_not_hold_it_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with misbehaving_server(SILENT) as model:
            for name, value in (("MODEL", "openai:none"), ("API_KEY", "none"), ("BASE_URL", model.base_url)):
                monkeypatch.setenv(f"ION_LLM__{name}", value)
            with serving() as process:
                address = address_from(process)
                made = urllib.request.Request(f"{address}/api/v2/conversations", b"{}", JSON)
                with urllib.request.urlopen(made, timeout=10) as response:
                    path = f"{address}/api/v2/conversations/{json.load(response)['id']}/messages"
                message = urllib.request.Request(path, b'{"content": "Where do I start?"}', JSON | STREAM)
                with urllib.request.urlopen(message, timeout=10) as stream:
                    assert stream.readline() == b"event: started\n"
                    code, _, _, seconds = ended(process, signal.SIGTERM)

        assert code == 0
        assert seconds < 12


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "code", "told"),
        [
            (("--host", EVERYWHERE), 78, "could read every conversation"),
            (("--host", EVERYWHERE, "--lang", "ko"), 78, "모든 대화를 볼 수 있어요"),
            (("--port", "70000"), 2, "See: ion serve --help"),
        ],
    )
    def test_are_one_line(self, words: tuple[str, ...], code: int, told: str) -> None:
        result = ion("serve", *words)

        assert (result.exit_code, result.stdout) == (code, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1

    def test_a_port_that_is_taken_is_2(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            result = ion("serve", "--port", str(other.getsockname()[1]))

        assert result.exit_code == 2
        assert "is taken" in result.stderr

    def test_the_host_of_the_settings_is_held_to_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_SERVER__HOST", EVERYWHERE)

        assert ion("serve").exit_code == 78

    def test_what_cannot_be_opened_is_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_DATABASE__URL", "postgresql://ion:secret@127.0.0.1:1/ion")

        result = ion("serve", "--port", "0")

        assert (result.exit_code, result.stdout) == (69, "")
        assert "postgresql+asyncpg://ion:***@127.0.0.1:1/ion cannot be opened." in result.stderr
        assert result.stderr.count("\n") == 1


class Stopper:
    """Stops the server that runs in this very process, once it answers; one that never does is left alone."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v2/health"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Stopper":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(0.02):
            with contextlib.suppress(OSError), urllib.request.urlopen(self._url, timeout=5):
                # It listens, so it is the server who hears this and not the test.
                os.kill(os.getpid(), signal.SIGTERM)
                return


class TestInThisProcess:
    def test_serves_and_returns(self) -> None:
        port = free_port()
        before = signal.getsignal(signal.SIGTERM)
        with Stopper(port):
            result = ion("serve", "--port", str(port), "--lang", "ko")

        assert result.exit_code == 0
        assert f"ION이 http://127.0.0.1:{port} 에서 답하고 있어요" in result.stdout
        assert signal.getsignal(signal.SIGTERM) == before

    def test_the_access_log_is_on_request(self) -> None:
        port = free_port()
        with Stopper(port):
            result = ion("serve", "--port", str(port), "--access-log", "--json")

        assert json.loads(result.stdout) == {"address": f"http://127.0.0.1:{port}"}
        assert '"GET /api/v2/health HTTP/1.1" 200' in result.stderr


class TestBrowser:
    @pytest.fixture
    def opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A browser that writes down what it opened."""
        browser, opened = tmp_path / "browser", tmp_path / "opened"
        browser.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
        browser.chmod(0o755)
        monkeypatch.setenv("BROWSER", f"{browser} %s")
        return opened

    def test_opens_the_page_once_it_answers(self, opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISPLAY", ":7")
        with serving("--open") as process:
            address = address_from(process)
            code, _, errors, _ = ended(process, signal.SIGTERM)

        assert (code, errors) == (0, b"")
        assert opened.read_text() == f"{address}\n"

    @pytest.mark.parametrize(("words", "display"), [(("--open",), ""), ((), ":7")])
    def test_opens_nothing_where_it_cannot_or_may_not(
        self, opened: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], display: str
    ) -> None:
        monkeypatch.setenv("DISPLAY", display)
        port = free_port()
        with Stopper(port):
            result = ion("serve", "--port", str(port), *words)

        assert result.exit_code == 0
        assert not opened.exists()

    def test_that_cannot_be_opened_is_no_reason_to_stop(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DISPLAY", ":7")
        monkeypatch.setenv("BROWSER", "/nowhere/browser %s")
        with serving("--open") as process:
            address = address_from(process)
            with urllib.request.urlopen(f"{address}/api/v2/health", timeout=10) as response:
                assert response.status == 200
