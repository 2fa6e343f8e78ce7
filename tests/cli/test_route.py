import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.running import child, document, ion, shell

REFERENCE = Path(__file__).parent / "data" / "routing_216.csv"


class TestAllKeys:
    def test_are_the_reference_table_byte_for_byte(self) -> None:
        assert ion("route", "--all").stdout_bytes == REFERENCE.read_bytes()

    def test_one_more_mentor_is_one_more_column(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ion("persona", "new", "mori", "--into", str(tmp_path / "more")).exit_code == 0
        monkeypatch.setenv("ION_PERSONAS__PATH", str(tmp_path / "more"))

        rows = list(csv.DictReader(io.StringIO(ion("route", "--all").stdout)))

        assert list(rows[0])[-2:] == ["nana", "mori"]
        assert {row["primary"] for row in rows} == {"Lua", "Elro", "Riri", "Nana", "Mori"}

    @pytest.mark.parametrize("words", [("--format", "json"), ("--json",)])
    def test_as_one_document(self, words: tuple[str, ...]) -> None:
        result = ion("route", "--all", *words)

        keys = json.loads(result.stdout)
        assert len(keys) == 216
        assert keys[0]["resonance_key"] == "frustrated-burst-seek_advice"
        assert keys[0]["primary_persona"] == "Lua"

    def test_whoever_stops_reading_hears_no_complaint(self) -> None:
        output, errors = shell('"$0" -m ion route --all --format json | true; echo "${PIPESTATUS[0]}"')

        assert (output, errors) == (b"1\n", b"")


class TestOneKey:
    @pytest.mark.parametrize(
        ("words", "reason"),
        [((), "Nana (coordination and process) suits that best"), (("--lang", "ko"), "가장 잘 맞는 멘토는 Nana")],
    )
    def test_shows_every_score_and_the_reason(self, words: tuple[str, ...], reason: str) -> None:
        result = ion("route", "urgent-medium-problem_solving", *words)

        assert result.exit_code == 0
        assert [line.split()[0] for line in result.stdout.splitlines()[:4]] == ["Nana", "Elro", "Riri", "Lua"]
        assert reason in result.stdout
        assert "analytical-medium-problem_solving" in result.stdout

    def test_as_a_document(self) -> None:
        found = document("route", "Urgent-Medium-problem-solving")

        assert found["resonance_key"] == "urgent-medium-problem_solving"
        assert found["primary_persona"] == "Nana"
        assert set(found["scores"]) == {"lua", "elro", "riri", "nana"}
        assert found["turning_key"] == "analytical-medium-problem_solving"

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("calm-medium",), "'calm-medium' is not a resonance key"),
            (("calm-medium", "--lang", "ko"), "파동키를 읽을 수 없어요."),
            (("happy-medium-learning",), "Unknown tone 'happy'"),
            ((), "Name a key"),
            (("--lang", "ko"), "파동키를 적거나"),
        ],
    )
    def test_what_is_no_key_is_refused_in_one_line(self, words: tuple[str, ...], told: str) -> None:
        result = ion("route", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1


class TestAsAProcess:
    def test_prints_utf8_whatever_the_locale(self) -> None:
        done = child(
            "route", "calm-medium-learning", "--lang", "ko", "--json", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
        )

        assert "차분한 말투" in done.stdout.decode("utf-8")
        assert (done.returncode, done.stderr) == (0, b"")

    def test_a_terminal_without_hangul_shows_question_marks(self) -> None:
        done = child("route", "calm-medium-learning", "--lang", "ko", env={"PYTHONIOENCODING": "ascii"})

        assert done.returncode == 0
        assert b"???" in done.stdout
