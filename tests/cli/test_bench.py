import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import CHILD_SECONDS, document, ion

# Two of each, so that the pipeline has something to tell apart.
ROWS = [
    ("배포가 내일인데 테스트가 자꾸 깨져요. 어디부터 볼까요?", "urgent", "problem_solving"),
    ("배포가 오늘인데 빌드가 자꾸 깨져요. 어디부터 볼까요?", "urgent", "problem_solving"),
    ("내일 배포인데 배포가 자꾸 깨져요!", ["urgent", "frustrated"], "problem_solving"),
    ("Why does a hash map need buckets? I am curious.", "curious", "learning"),
    ("Why does a tree need balance? I am curious.", "curious", ["learning", "reflection"]),
    ("I am curious: why does a queue need locks?", "curious", "learning"),
]


def lines(rows: list[Any]) -> str:
    return "".join(
        json.dumps({"id": number, "text": text, "tone": tone, "intent": intent}, ensure_ascii=False) + "\n"
        for number, (text, tone, intent) in enumerate(rows)
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small corpus where the command, which the tests give in tmp_path, looks for it."""
    folder = tmp_path / "training" / "corpus"
    folder.mkdir(parents=True)
    (folder / "messages.ko.jsonl").write_text(lines(ROWS[:3]), encoding="utf-8")
    (folder / "messages.en.jsonl").write_text(lines(ROWS[3:]), encoding="utf-8")
    return folder


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    file = tmp_path / "messages.jsonl"
    file.write_text("\ufeff" + lines([ROWS[0], *ROWS[3:]]) + "\n", encoding="utf-8")
    return file


class TestDocument:
    def test_holds_every_figure_of_each_reader(self, corpus: Path, messages: Path) -> None:
        found = document("bench", "resonance", "--repeat", "2", "--messages", str(messages))

        assert (found["threads"], found["repeat"], "left_out" in found) == (1, 2, False)
        assert [reader["name"] for reader in found["readers"]] == ["fast", "full", "scikit-learn"]
        for reader in found["readers"]:
            assert [(row["language"], row["characters"]) for row in reader["speed"]] == [
                ("ko", 150),
                ("en", 150),
                ("ko", 2000),
                ("en", 2000),
            ]
            assert all(0 < row["median_ms"] <= row["p95_ms"] and row["ratio"] > 0 for row in reader["speed"])

    def test_compares_with_scikit_learn(self, corpus: Path) -> None:
        readers = document("bench", "resonance", "--repeat", "2")["readers"]

        base = readers[-1]["speed"]
        assert [row["ratio"] for row in base] == [1, 1, 1, 1]
        for row, other in zip(readers[1]["speed"], base, strict=True):
            assert row["ratio"] == pytest.approx(row["median_ms"] / other["median_ms"], rel=0.01)

    def test_tells_what_loading_took(self, corpus: Path) -> None:
        fast, full, learned = document("bench", "resonance", "--repeat", "1")["readers"]

        assert 0 < fast["loading_s"] < full["loading_s"]
        assert learned["training_s"] > 0
        assert "accuracy" not in fast

    def test_judges_both_by_the_messages_of_each_language(self, corpus: Path, messages: Path) -> None:
        found = document("bench", "resonance", "--repeat", "1", "--messages", str(messages))

        for reader in found["readers"]:
            assert [(row["language"], row["messages"]) for row in reader["accuracy"]] == [("ko", 1), ("en", 3)]
        # It was trained on these very messages.
        assert [(row["tone"], row["intent"]) for row in found["readers"][-1]["accuracy"]] == [(1, 1), (1, 1)]


class TestMemory:
    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
    def test_is_told_for_each_reader(self) -> None:
        done = run_in_a_child("", "--json")

        fast, full = json.loads(done.stdout)["readers"]
        assert 0 < fast["memory_mb"] < full["memory_mb"]


class TestTable:
    def test_for_english_readers(self, corpus: Path, messages: Path) -> None:
        result = ion("bench", "resonance", "--repeat", "1", "--messages", str(messages))

        assert (result.exit_code, result.stderr) == (0, "")
        assert "One process, one thread, 1 readings" in result.stdout
        assert result.stdout.count("2,000 characters") == 6
        assert "tone right, ko" in result.stdout

    def test_for_korean_readers(self, corpus: Path) -> None:
        result = ion("bench", "resonance", "--repeat", "1", "--lang", "ko")

        assert (result.exit_code, result.stderr) == (0, "")
        assert "프로세스와 스레드 하나로 메시지마다 1번" in result.stdout
        assert result.stdout.count("2,000 자") == 6
        assert "정확도" not in result.stdout


class TestWithoutTheBaseline:
    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", "scikit-learn is left out: no messages in training/corpus."),
            ("ko", "scikit-learn은 뺐어요: training/corpus 폴더에 메시지가 없어요."),
        ],
    )
    def test_a_line_says_that_the_corpus_is_missing(self, language: str, told: str) -> None:
        result = ion("bench", "resonance", "--repeat", "1", "--lang", language)

        assert result.exit_code == 0
        assert result.stdout.splitlines()[-1] == told
        assert "full" in result.stdout

    def test_a_line_says_that_scikit_learn_is_missing(self, corpus: Path) -> None:
        done = run_in_a_child("sys.modules['sklearn'] = None")

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines()[-1] == "scikit-learn is left out: it is not installed."

    def test_a_document_says_so_too(self) -> None:
        found = document("bench", "resonance", "--repeat", "1")

        assert found["left_out"] == "no messages in training/corpus."
        assert [reader["name"] for reader in found["readers"]] == ["fast", "full"]
        assert [row for reader in found["readers"] for row in reader["speed"] if "ratio" in row] == []

    def test_a_broken_corpus_costs_nothing_but_the_baseline(self, corpus: Path) -> None:
        (corpus / "messages.ko.jsonl").write_text("{", encoding="utf-8")

        found = document("bench", "resonance", "--repeat", "1")

        assert "training/corpus/messages.ko.jsonl:1" in found["left_out"]


class TestMessagesToJudge:
    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"secret", ":1: broken line: Invalid JSON: expected value at line 1 column 1."),
            (b'{"id": 1, "text": "secret", "tone": "calm"}', ":1: missing: intent is missing."),
            (
                b'\n{"id": 1, "text": " ", "tone": "calm", "intent": "learning"}',
                ":2: broken line: text: The message is empty.",
            ),
            (b"\xff", ": not UTF-8 (byte 1)."),
            (b"\n", ": this file is empty."),
        ],
    )
    def test_that_are_bad_are_told_by_place_alone(self, content: bytes, told: str, tmp_path: Path) -> None:
        file = tmp_path / "bad.jsonl"
        file.write_bytes(content)

        result = ion("bench", "resonance", "--messages", str(file))

        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"ion: {file}{told}\n")

    def test_that_are_bad_are_told_in_korean(self, tmp_path: Path) -> None:
        file = tmp_path / "bad.jsonl"
        file.write_text('{"id": 1, "text": "안녕하세요", "tone": "sad", "intent": "learning"}', encoding="utf-8")

        result = ion("bench", "resonance", "--messages", str(file), "--lang", "ko")

        assert result.exit_code == 2
        assert result.stderr.startswith(
            f"ion: 주어진 값을 쓸 수 없어요. ({file}:1: unknown label: tone: 'sad' is none of"
        )
        assert "안녕하세요" not in result.stderr

    def test_that_are_missing(self) -> None:
        result = ion("bench", "resonance", "--messages", "nothing.jsonl")

        assert (result.exit_code, result.stderr) == (2, "ion: nothing.jsonl: this file is missing.\n")


def run_in_a_child(before: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, where nothing is loaded yet and `before` can see to what is there."""
    given = ["ion", "bench", "resonance", "--repeat", "1", *words]
    script = f"import sys; {before}\nsys.argv = {given!r}\nfrom ion.cli.main import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=CHILD_SECONDS, check=False
    )
