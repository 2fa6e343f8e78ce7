"""Hostile requests, generated from the API's own description, against a running server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.ion import ion_server

# Every run tries some; `make fuzz` tries many, and the edges of every parameter by themselves.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "6")
PHASES = "examples,coverage,fuzzing" if "FUZZ_EXAMPLES" in os.environ else "examples,fuzzing"
SECONDS = float(os.environ.get("FUZZ_SECONDS", "300"))
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.timeout(SECONDS + 30)
def test_nothing_generated_from_the_openapi_document_is_answered_with_a_5xx(tmp_path: Path) -> None:
    with ion_server(tmp_path, {"ION_LIMITS__PER_MINUTE": "0"}) as server:
        run = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.address}/openapi.json"),
                *("--checks", CHECKS, "--max-examples", EXAMPLES, "--phases", PHASES),
                # It knows no JSON Lines; tests/api/test_batches.py sends hostile ones.
                *("--exclude-name", "POST /api/v2/batches"),
                *("--request-timeout", "30", "--seed", "1", "--suppress-health-check", "all", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        alive = server.process.poll() is None

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert alive
