import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import child, ion

ANXIOUS = "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요."
GOOD = [
    '{"id": "a", "text": "' + ANXIOUS + '"}',
    '{"id": 2, "text": "Where do I start with unit tests?", "more": true}',
]
BAD = {
    "{": "not JSON.",
    "[" * 100_000: "not JSON.",
    "[1]": "not a JSON object.",
    "null": "not a JSON object.",
    '{"text": "no id"}': 'no "id"',
    '{"id": true, "text": "t"}': 'no "id"',
    '{"id": 1.5, "text": "t"}': 'no "id"',
    '{"id": 1}': 'no "text"',
    '{"id": 1, "text": 5}': 'no "text"',
    '{"id": 1, "text": "  "}': "The message is empty.",
    '{"id": 1, "text": "\\ud83d half"}': "Character 1 of the message is broken (U+D83D).",
    '{"id": 1, "text": "' + "x" * 100_001 + '"}': "at most 100,000",
}


def file_of(folder: Path, *lines: str | bytes) -> Path:
    file = folder / "in.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return file


class TestLines:
    def test_come_out_in_order_with_their_ids(self, tmp_path: Path) -> None:
        result = ion("analyze", "--input", str(file_of(tmp_path, *GOOD)))

        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert (result.exit_code, result.stderr) == (0, "")
        assert [line["id"] for line in found] == ["a", 2]
        assert next(iter(found[0])) == "id"
        assert {"resonance_key", "language", "tone", "pace", "intent", "abstained", "evidence"} < set(found[0])
        assert found[0]["tone"]["label"] == "anxious"
        # Hangul stands there as itself.
        assert found[0]["evidence"][0]["text"] in ANXIOUS
        assert found[0]["evidence"][0]["text"] in result.stdout

    def test_go_into_a_file(self, tmp_path: Path) -> None:
        target = tmp_path / "out.jsonl"
        result = ion("analyze", "--input", str(file_of(tmp_path, *GOOD)), "--output", str(target))

        assert (result.exit_code, result.stdout) == (0, "")
        assert target.read_bytes() == ion("analyze", "--input", str(tmp_path / "in.jsonl")).stdout_bytes

    def test_may_come_from_standard_input(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, *GOOD)

        piped = ion("analyze", "--input", "-", stdin=file.read_bytes())

        assert piped.stdout_bytes == ion("analyze", "--input", str(file)).stdout_bytes

    def test_may_be_blank_or_begin_with_a_byte_order_mark(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, b"\xef\xbb\xbf" + GOOD[0].encode(), "", "  ", GOOD[1] + "\r")

        result = ion("analyze", "--input", str(file))

        assert (result.exit_code, len(result.stdout.splitlines())) == (0, 2)

    def test_may_hold_other_line_ends_and_pairs_of_surrogates(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, '{"id": "\\ud83d", "text": "one\u2028two \\ud83d\\ude00 three"}')

        result = ion("analyze", "--input", str(file))

        assert result.exit_code == 0
        assert json.loads(result.stdout)["id"] == "\ud83d"

    @pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad[:30])
    def test_a_bad_one_is_told_with_its_number_and_stops_nothing(self, tmp_path: Path, bad: str) -> None:
        file = file_of(tmp_path, GOOD[0], "", bad, GOOD[1])

        result = ion("analyze", "--input", str(file))

        assert result.exit_code == 1
        assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", 2]
        assert result.stderr.startswith("ion: line 3: ")
        assert BAD[bad] in result.stderr
        assert result.stderr.count("\n") == 1

    def test_a_bad_one_in_another_encoding(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, '{"id": 1, "text": "안녕"}'.encode("cp949"), GOOD[0])

        english, korean = ion("analyze", "--input", str(file)), ion("analyze", "--input", str(file), "--lang", "ko")

        assert english.stderr == "ion: line 1: not UTF-8 (byte 20).\n"
        assert korean.stderr == "ion: 1번째 줄: UTF-8이 아니에요 (20번째 바이트).\n"
        assert english.exit_code == korean.exit_code == 1

    def test_what_is_wrong_with_one_never_repeats_its_text(self, tmp_path: Path) -> None:
        result = ion("analyze", "--input", str(file_of(tmp_path, '{"id": 1, "text": "my secret}')))

        assert "secret" not in result.stderr


class TestOneDocument:
    def test_holds_the_items_and_the_bad_lines(self, tmp_path: Path) -> None:
        result = ion("analyze", "--input", str(file_of(tmp_path, GOOD[0], "{", GOOD[1])), "--json")

        found = json.loads(result.stdout)
        assert result.exit_code == 1
        assert [item["id"] for item in found["items"]] == ["a", 2]
        assert found["errors"] == [{"line": 2, "code": "invalid_input", "message": "not JSON."}]

    def test_of_an_empty_file_is_empty(self, tmp_path: Path) -> None:
        result = ion("analyze", "--input", str(file_of(tmp_path)), "--json")

        assert (result.exit_code, json.loads(result.stdout)) == (0, {"items": [], "errors": []})


class TestFiles:
    @pytest.mark.parametrize(
        ("words", "told"), [((), "No such file or directory"), (("--lang", "ko"), "파일을 열 수 없어요")]
    )
    def test_that_are_not_there_are_2(self, words: tuple[str, ...], told: str) -> None:
        result = ion("analyze", "--input", "nowhere.jsonl", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr

    def test_that_cannot_be_written_are_2(self, tmp_path: Path) -> None:
        result = ion("analyze", "--input", str(file_of(tmp_path, *GOOD)), "--output", str(tmp_path / "no" / "where"))

        assert result.exit_code == 2
        assert "No such file or directory" in result.stderr

    def test_input_is_not_overwritten(self, tmp_path: Path) -> None:
        file = file_of(tmp_path, *GOOD)
        before = file.read_bytes()

        result = ion("analyze", "--input", str(file), "--output", f"{tmp_path}/./in.jsonl")

        assert result.exit_code == 2
        assert "same file" in result.stderr
        assert file.read_bytes() == before


class TestProgress:
    def test_is_shown_on_a_terminal_and_only_there(self, tmp_path: Path) -> None:
        words = [sys.executable, "-m", "ion", "analyze", "--input", str(file_of(tmp_path, *GOOD))]
        ours, theirs = pty.openpty()
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=True)
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
        os.close(ours)

        assert "reading" in shown
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", 2]
        assert child("analyze", "--input", str(tmp_path / "in.jsonl")).stderr == b""
