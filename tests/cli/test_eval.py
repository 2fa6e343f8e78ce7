import json
from pathlib import Path

import pytest

from tests.cli.running import child, document, ion
from tests.cli.terminals import terminal
from tests.evaluation.messages import MESSAGES, write, write_data

MODELS = ["ION full", "ION fast", "majority", "keyword rules", "TF-IDF + linear SVM", "embedding + logistic regression"]


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """The beginning of every command: small data, and nothing that takes minutes to learn."""
    data, corpus = write_data(tmp_path)
    return ["eval", "--data", str(data), "--corpus", str(corpus), "--no-baselines"]


class TestReport:
    def test_goes_to_standard_output(self, words: list[str]) -> None:
        result = ion(*words)

        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("# How well ION reads")
        assert "| messages_en | en | ION full | 2 |" in result.stdout

    def test_goes_to_a_folder_and_is_the_same_every_time(self, words: list[str], tmp_path: Path) -> None:
        first, second = tmp_path / "a" / "report", tmp_path / "b"
        write(second / "of-an-earlier-run.svg", [])

        for folder in (first, second, second):
            result = ion(*words, "--output", str(folder))
            assert (result.exit_code, result.stdout) == (0, f"Written: {folder / 'report.md'}\n")

        written = {file.name: file.read_bytes() for file in first.iterdir()}
        assert {"report.md", "report.json", "worst-replies.json", "messages_ko-ko-tone-confusion.svg"} < set(written)
        assert sum(name.endswith(".svg") for name in written) == 2 * 3 * 3
        assert {file.name: file.read_bytes() for file in second.iterdir()} == written
        assert {picture for picture in written if picture.endswith(".svg")} == {
            line.split("(")[1].rstrip(")") for line in written["report.md"].decode().splitlines() if line[:2] == "!["
        }

    def test_as_a_document(self, words: list[str], tmp_path: Path) -> None:
        more = write(tmp_path / "unseen.jsonl", MESSAGES["dev/messages_ko.jsonl"])
        found = document(*words, "--messages", str(more))

        assert found["regressions"] == []
        tables = found["tables"]
        assert {row[0] for row in tables["reading tone"]["rows"]} == {"messages_en", "messages_ko", "unseen"}
        assert tables["safety crisis"]["rows"] == [["en", 1, 1.0, 1, 0.0]]
        assert tables["safety injection"]["rows"] == [["en", 1, 1.0, 1, 0.0]]
        assert tables["personal data"]["rows"] == [["en", 2, 1, 1.0, 1.0, 1.0, 1, 0.0]]
        assert tables["routing"]["rows"] == [["en", 1, 1.0, tables["routing"]["rows"][0][3]]]
        assert [row[1] for row in tables["replies"]["rows"]] == [2, 2]
        assert tables["holdouts"]["rows"] == []

    def test_compares_with_baselines(self, words: list[str]) -> None:
        found = document(*words[:-1])

        assert [row[2] for row in found["tables"]["reading tone"]["rows"][:6]] == MODELS

    @pytest.mark.parametrize(("language", "stage"), [("en", "personal data"), ("ko", "개인정보")])
    def test_shows_its_progress_on_a_terminal(
        self, words: list[str], tmp_path: Path, language: str, stage: str
    ) -> None:
        with terminal(*words, "--output", str(tmp_path / "report"), "--lang", language) as screen:
            screen.wait_for("ION fast")
            screen.wait_for(stage)
            assert screen.exit_code() == 0

    def test_is_told_in_korean(self, words: list[str], tmp_path: Path) -> None:
        result = ion(*words, "--output", str(tmp_path / "report"), "--lang", "ko")

        assert result.stdout == f"보고서: {tmp_path / 'report' / 'report.md'}\n"

    def test_that_cannot_be_written_is_said(self, words: list[str], tmp_path: Path) -> None:
        (tmp_path / "taken").touch()
        result = ion(*words, "--output", str(tmp_path / "taken" / "report"))

        assert result.exit_code == 77
        assert result.stderr == f"ion: {tmp_path / 'taken' / 'report'}: Not a directory.\n"


class TestCheck:
    @pytest.fixture
    def report(self, words: list[str], tmp_path: Path) -> Path:
        assert ion(*words, "--output", str(tmp_path)).exit_code == 0
        return tmp_path / "report.json"

    def test_an_equal_report_is_accepted(self, words: list[str], report: Path) -> None:
        result = ion(*words, "--check", str(report))

        assert (result.exit_code, result.stdout) == (0, "No figure is worse.\n")

    def test_a_worse_figure_is_named(self, words: list[str], report: Path) -> None:
        before = json.loads(report.read_text(encoding="utf-8"))
        assert before["tables"]["routing"]["rows"][0][2] == 1.0
        before["tables"]["routing"]["rows"][0][2] = 1.1
        report.write_text(json.dumps(before), encoding="utf-8")

        result = ion(*words, "--check", str(report))

        name = "routing / en / agreement: 1.100 -> 1.000"
        assert (result.exit_code, result.stdout) == (1, f"Figures that are worse: 1\n  {name}\n")
        as_json = ion(*words, "--check", str(report), "--json")
        assert (as_json.exit_code, json.loads(as_json.stdout)["regressions"]) == (1, [name])
        assert ion(*words, "--check", str(report), "--lang", "ko").stdout.startswith("나빠진 수치: 1개\n")


class TestWhatCannotBeUsed:
    def test_a_missing_folder(self, words: list[str], tmp_path: Path) -> None:
        result = ion("eval", "--data", str(tmp_path / "nothing"))

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"ion: {tmp_path / 'nothing'}: there is no such folder.\n"

    def test_a_bad_row(self, words: list[str], tmp_path: Path) -> None:
        bad = write(tmp_path / "bad.jsonl", [*MESSAGES["dev/messages_en.jsonl"], {"text": "Hi.", "tone": "calm"}])
        english, korean = (ion(*words, "--messages", str(bad), "--lang", language) for language in ("en", "ko"))

        assert english.exit_code == korean.exit_code == 2
        assert english.stderr.startswith(f"ion: {bad}:3: missing: intent is missing")
        assert korean.stderr.startswith(f"ion: 주어진 값을 쓸 수 없어요. ({bad}:3: missing: intent is missing")

    def test_a_report_that_is_none_is_refused_before_anything_is_measured(
        self, words: list[str], tmp_path: Path
    ) -> None:
        file = tmp_path / "report.json"
        assert f"{file}: this file is missing" in ion(*words, "--check", str(file)).stderr
        file.write_text("{}", encoding="utf-8")
        result = ion(*words, "--check", str(file))

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "ion: What to compare with is not a report.json that `ion eval` wrote.\n"

    @pytest.mark.parametrize(("language", "told"), [("en", "The baselines need scikit-learn"), ("ko", "비교 모델에는")])
    def test_without_scikit_learn_the_way_out_is_said(
        self, words: list[str], tmp_path: Path, language: str, told: str
    ) -> None:
        """A folder that comes first on the path holds a module that is not there."""
        hidden = tmp_path / "path" / "sklearn.py"
        hidden.parent.mkdir()
        hidden.write_text("raise ModuleNotFoundError(name='sklearn')", encoding="utf-8")
        done = child(*words[:-1], "--lang", language, env={"PYTHONPATH": str(hidden.parent)})

        assert (done.returncode, done.stdout) == (69, b"")
        assert done.stderr.decode().startswith(f"ion: {told}")
        assert "--no-baselines" in done.stderr.decode()
        assert len(done.stderr.decode().splitlines()) == 1
