"""`ion batch`: sent, done here or by others, looked at, fetched and cancelled."""

import json
from pathlib import Path

import pytest

from tests.cli.running import document, ion


@pytest.fixture(autouse=True)
def _reads_fast(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ION_RESONANCE__MODEL", "fast")


def file_of(folder: Path, *lines: object) -> str:
    file = folder / "many.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return str(file)


QUESTION = {"user_input": "Where do I start?", "custom_id": "first"}


class TestSubmit:
    def test_with_wait_it_is_done_here(self, tmp_path: Path) -> None:
        sent = document("batch", "submit", file_of(tmp_path, QUESTION, QUESTION), "--wait")
        told = ion("batch", "results", sent["id"])
        rows = [json.loads(line) for line in told.stdout.splitlines()]
        behind = ion("batch", "results", sent["id"], "--after", "1")

        assert (sent["status"], sent["total"], sent["done"], sent["failed"]) == ("done", 2, 2, 0)
        assert [(row["line"], row["custom_id"]) for row in rows] == [(1, "first"), (2, "first")]
        assert all(row["response"]["content"] for row in rows)
        assert [json.loads(behind.stdout)["line"]] == [2]

    def test_a_line_that_fails_is_told_by_the_exit_code(self, tmp_path: Path) -> None:
        result = ion("batch", "submit", file_of(tmp_path, QUESTION, {"user_input": " "}), "--wait", "--lang", "ko")

        assert result.exit_code == 1
        assert "끝남  2개 중 1개 답함, 1개 실패" in result.stdout

    def test_without_it_waits_for_others_and_can_be_cancelled(self, tmp_path: Path) -> None:
        sent = document("batch", "submit", file_of(tmp_path, QUESTION, QUESTION))
        seen = ion("batch", "status", sent["id"])
        cancelled = document("batch", "cancel", sent["id"])
        listed = document("batch", "list")

        assert (seen.exit_code, seen.stdout) == (0, f"{sent['id']}  queued  0 of 2 answered, 0 failed\n")
        assert (sent["status"], cancelled["status"]) == ("queued", "cancelled")
        assert listed["items"] == [cancelled]
        assert ion("batch", "list").stdout == f"{sent['id']}  cancelled  0 of 2 answered, 0 failed\n"
        assert document("batch", "status", sent["id"]) == cancelled

    def test_standard_input_is_a_file_too(self) -> None:
        assert document("batch", "submit", "-", stdin=json.dumps(QUESTION))["total"] == 1

    def test_what_is_no_batch_is_refused(self, tmp_path: Path, environment: pytest.MonkeyPatch) -> None:
        unreadable = ion("batch", "submit", file_of(tmp_path, {"text": "x"}))
        missing = ion("batch", "submit", "nowhere.jsonl")
        environment.setenv("ION_BATCHES__BYTES", "10")
        too_large = ion("batch", "submit", file_of(tmp_path, QUESTION))
        unknown = ion("batch", "results", "none")

        assert [each.exit_code for each in (unreadable, missing, too_large, unknown)] == [2] * 4
        assert "Not one of 1 lines can be read" in unreadable.stderr
        assert "nowhere.jsonl cannot be read" in missing.stderr
        assert "at most 10 bytes" in too_large.stderr
        assert "no batch with this id" in unknown.stderr
        assert not unknown.stdout
