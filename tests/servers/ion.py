"""ION itself as a child process, as an operator starts it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class IonServer:
    """A running `ion serve`."""

    address: str
    process: subprocess.Popen[bytes]
    seconds_to_answer: float


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ion_server(
    folder: Path, environ: Mapping[str, str] | None = None, *, port: int | None = None
) -> Iterator[IonServer]:
    """Start ION with its database and log in `folder`, and stop it as an operator would."""
    port = port or free_port()
    # Measuring coverage in here too would triple the time; what this server runs is covered in the tests' own process.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    defaults = {"ION_DATABASE__URL": f"sqlite:///{folder / 'ion.db'}", "ION_LIMITS__PER_MINUTE": "0"}
    environment = {**inherited, **defaults, **(environ or {})}
    started = time.monotonic()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ion", "serve", "--port", str(port), "--no-open"],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/v2/health", process, folder / "log")
        yield IonServer(address, process, time.monotonic() - started)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; a server that ended, or never answers, is an error with its log."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise AssertionError(f"ION did not answer; its log:\n{log.read_text(errors='replace')[-2000:]}")
