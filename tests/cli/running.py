"""Running `ion`: inside the test, or as the process that people start."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from ion.cli.main import app

CHILD_SECONDS = 60


def ion(*words: str, stdin: str | bytes | None = None, env: Mapping[str, str] | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner(env=env).invoke(app, list(words), input=stdin)


def document(*words: str, stdin: str | bytes | None = None) -> Any:
    """Run a command that succeeds, and return the one document it prints."""
    result = ion(*words, "--json", stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def child(*words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "ion", *words],
        input=stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        timeout=CHILD_SECONDS,
        check=False,
    )


def shell(script: str) -> tuple[bytes, bytes]:
    """Run a script in which `$0` is Python, and return its output and errors."""
    words = ["bash", "-c", script, sys.executable]
    done = subprocess.run(words, capture_output=True, timeout=CHILD_SECONDS, check=False)
    return done.stdout, done.stderr


def database_in(folder: Path) -> str:
    """Return the URL of a database in a folder."""
    return f"sqlite:///{folder / 'ion.db'}"
