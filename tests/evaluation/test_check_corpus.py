import json
from pathlib import Path

import pytest
from bench.check_corpus import CORPUS, defects_of, main, read_corpus

from tests.evaluation.rows import line

HELD_OUT = "발표가 내일인데 슬라이드 순서를 아직 못 정했어요."
NEARLY = "발표가 내일인데 슬라이드 순서를 아직도 못 정했어요"


def options(folder: Path) -> list[str]:
    return ["--corpus", str(folder), "--routing", str(folder)]


class TestTheShippedCorpus:
    def test_has_no_defect(self) -> None:
        corpus = read_corpus(CORPUS)

        assert len(corpus.rows()) > 6000
        assert [str(defect) for defect in defects_of(corpus, [])] == []


class TestCheckCorpus:
    """The command, on a small folder."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "messages.en.jsonl").write_text(
            f"{line()}\n{line(id='a-2', text='Two choirs, one hall.', tone=['calm', 'curious'])}\n", encoding="utf-8"
        )
        (tmp_path / "messages.ko.jsonl").write_text(line(id="k-1", text=HELD_OUT) + "\n", encoding="utf-8")
        (tmp_path / "topics.en.jsonl").write_text('{"id": "a-1", "topics": ["fixing-things"]}\n', encoding="utf-8")
        (tmp_path / "routing.en.jsonl").write_text(
            '{"id": "r-1", "text": "Who should sing first?", "personas": ["nana"]}\n', encoding="utf-8"
        )
        return tmp_path

    def test_prints_figures_and_returns_0(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([*options(folder), "--held-out"]) == 0

        printed = capsys.readouterr().out
        cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in printed.splitlines()]
        assert ["messages.en.jsonl", "en", "2", "5.0", "0.90", "1.00", "–", "0.0%", "1", "1"] in cells
        assert ["messages.ko.jsonl", "ko", "0.0%", "0.0%", "0.0%", "0.0%", "0 to 1", "0", "0", "0", "1"] in cells
        assert ["messages.en.jsonl", "en", "50.0%", "0.0%", "0.0%", "0.0%", "0 to 1", "0", "0", "0", "2"] in cells
        assert ["frustrated", "0", "1", "0", "0", "0", "0"] in cells
        assert ["routing.en.jsonl", "1"] in cells
        assert printed.endswith("\n4 texts, 0 held out, 0 defects\n")

    def test_a_folder_of_messages_alone_is_fine(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "topics.en.jsonl").unlink()
        (folder / "routing.en.jsonl").unlink()

        assert main([*options(folder), "--held-out"]) == 0

        printed = capsys.readouterr().out
        assert "answered first by" not in printed
        assert printed.endswith("\n3 texts, 0 held out, 0 defects\n")

    def test_names_every_defect_and_returns_1(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad = [line(id="b-1", tone="angry"), line(id="a-2", text="A third choir."), line(id="b-3")]
        (folder / "messages.en-b.jsonl").write_text("\n".join(bad), encoding="utf-8")
        (folder / "topics.en-b.jsonl").write_text('{"id": "b-3", "topics": ["luck"]}\n', encoding="utf-8")
        (folder / "routing.ko.jsonl").write_text(
            '{"id": "r-2", "text": "누구?", "personas": ["bob"]}', encoding="utf-8"
        )
        held_out = folder / "held.jsonl"
        held_out.write_text(json.dumps({"text": NEARLY}) + "\n{}\n", encoding="utf-8")

        assert main([*options(folder), "--held-out", str(held_out)]) == 1

        defects = capsys.readouterr().out.split(" defects\n")[1].splitlines()
        places = [": ".join(defect.split(": ")[:2]) for defect in defects]
        assert sorted(places) == [
            f"{held_out}:2: missing",
            "messages.en-b.jsonl:1: unknown label",
            "messages.en.jsonl:1: near-duplicate",
            "messages.en.jsonl:2: repeated id",
            "messages.ko.jsonl:1: held out",
            "routing.ko.jsonl:1: unknown label",
            "topics.en-b.jsonl:1: unknown label",
        ]

    @pytest.mark.parametrize("held_out", [True, False])
    def test_a_missing_file_is_said_and_returns_2(
        self, folder: Path, capsys: pytest.CaptureFixture[str], held_out: bool
    ) -> None:
        missing = folder / "nothing"
        chosen = ["--held-out", str(missing)] if held_out else ["--corpus", str(missing)]

        assert main([*options(folder), *chosen]) == 2

        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"{missing}: ")
