"""Batches in real processes: killed in the middle and started again; and shared by two over a real Valkey."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

from ion.sealing import new_master_key
from tests.servers.ion import IonServer, ion_server
from tests.servers.postgres import Postgres
from tests.servers.valkey import valkey_server

BATCHES = "/api/v2/batches"
FAST = {"ION_RESONANCE__MODEL": "fast", "ION_BATCHES__LEASE_SECONDS": "2"}
LINES = 80


def send(server: IonServer) -> str:
    lines = [json.dumps({"user_input": f"Where do I start with part {n}?", "custom_id": str(n)}) for n in range(LINES)]
    headers = {"Content-Type": "application/jsonl"}
    answered = httpx2.post(f"{server.address}{BATCHES}", content="\n".join(lines), headers=headers, timeout=60)
    assert answered.status_code == 202, answered.text
    return str(answered.json()["id"])


def when(server: IonServer, batch: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the batch once this holds of it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, Any] = httpx2.get(f"{server.address}{BATCHES}/{batch}", timeout=60).json()
        if holds(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"It did not come to that: {found}")


def told(server: IonServer, batch: str) -> list[tuple[int, str]]:
    answered = httpx2.get(f"{server.address}{BATCHES}/{batch}/results", timeout=60)
    rows = [json.loads(line) for line in answered.text.splitlines()]
    assert all(row["response"]["content"] for row in rows)
    return [(row["line"], row["custom_id"]) for row in rows]


def answered_by(folder: Path) -> int:
    """Return how many lines a process has answered."""
    return (folder / "log").read_text().count("turn.answered")


EVERY_LINE = [(number + 1, str(number)) for number in range(LINES)]


def test_killed_in_the_middle_it_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with ion_server(tmp_path, FAST) as server:
        batch = send(server)
        before = when(server, batch, lambda found: found["done"] >= 10)
        server.process.kill()
        server.process.wait()
    with ion_server(tmp_path, FAST) as server:
        after = when(server, batch, lambda found: found["ended_at"] is not None)
        rows = told(server, batch)

    assert 10 <= before["done"] < LINES
    assert (after["status"], after["done"], after["failed"]) == ("done", LINES, 0)
    assert rows == EVERY_LINE


def test_two_processes_share_one_and_when_one_is_killed_the_other_ends_it(postgres: Postgres, tmp_path: Path) -> None:
    with ExitStack() as stack:
        environ = {
            **FAST,
            "ION_DATABASE__URL": postgres.migrated_database(),
            "ION_ENCRYPTION__KEY": new_master_key(),
            "ION_REDIS__URL": stack.enter_context(valkey_server()),
            "ION_REDIS__TIMEOUT": "10",
        }
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir()
        one, other = (stack.enter_context(ion_server(folder, environ)) for folder in folders)
        batch = send(one)
        when(other, batch, lambda found: found["done"] >= 25)
        shares = [answered_by(folder) for folder in folders]
        one.process.kill()
        one.process.wait()
        after = when(other, batch, lambda found: found["ended_at"] is not None)
        rows = told(other, batch)

    assert min(shares) > 0
    assert (after["status"], after["done"], after["failed"]) == ("done", LINES, 0)
    assert rows == EVERY_LINE
