import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from ion.evaluation.coaching import BadDialogues, Comparison, Revision, compare, read_revisions
from ion.evaluation.coaching.bridge import auc

DIALOGUES = Path(__file__).parents[3] / "training" / "dialogues" / "bridge_en.jsonl.gz"
MOMENT = {
    "id": "bridge-1",
    "turns": [{"role": "mentor", "text": "What is 2 + 2?"}, {"role": "learner", "text": "5"}],
    "mentor_original": [{"role": "mentor", "text": "Good try"}, {"role": "mentor", "text": "Recheck."}],
    "mentor_expert": [{"role": "mentor", "text": "How did you get 5?"}],
}


@pytest.fixture(scope="module")
def compared() -> Mapping[str, Comparison]:
    return {each.measure: each for each in compare(read_revisions(DIALOGUES), seed=1, rounds=200)}


def written(folder: Path, text: str) -> Path:
    file = folder / "moments.jsonl.gz"
    file.write_bytes(gzip.compress(text.encode()))
    return file


class TestReadRevisions:
    def test_reads_every_moment(self) -> None:
        revisions = read_revisions(DIALOGUES)

        assert len(revisions) == 700
        assert all(each.original and each.expert for each in revisions)
        assert len({each.moment for each in revisions}) == 459

    def test_keeps_what_the_learner_said_and_each_message_apart(self, tmp_path: Path) -> None:
        file = written(tmp_path, json.dumps(MOMENT) + "\n")

        assert read_revisions(file) == (Revision("bridge-1", "5", "Good try\nRecheck.", "How did you get 5?"),)

    @pytest.mark.parametrize("text", ["{", "[]", '{"turns": []}', "\n"])
    def test_refuses_other_lines(self, text: str, tmp_path: Path) -> None:
        with pytest.raises(BadDialogues, match=r"moments\.jsonl\.gz"):
            read_revisions(written(tmp_path, text))

    def test_refuses_what_is_no_such_file(self, tmp_path: Path) -> None:
        plain = tmp_path / "plain.jsonl.gz"
        plain.write_text(json.dumps(MOMENT))
        for file in (plain, tmp_path / "missing.jsonl.gz"):
            with pytest.raises(BadDialogues):
                read_revisions(file)


class TestCompare:
    @pytest.mark.parametrize(
        ("measure", "least"),
        [
            ("asks", 0.64),
            ("questions", 0.63),
            ("asks_openly", 0.62),
            ("empty_praise", 0.60),
            ("sycophancy", 0.57),
            ("directive_share", 0.57),
            ("reflection", 0.55),
        ],
    )
    def test_agrees_with_the_experts_on(self, measure: str, least: float, compared: Mapping[str, Comparison]) -> None:
        assert compared[measure].low > 0.5
        assert compared[measure].auc > least

    def test_experts_ask_twice_as_often(self, compared: Mapping[str, Comparison]) -> None:
        assert compared["asks"].original < 0.35
        assert compared["asks"].expert > 0.55

    def test_every_figure_keeps_its_range(self, compared: Mapping[str, Comparison]) -> None:
        for each in compared.values():
            assert 0 <= each.low <= each.auc <= each.high <= 1
            assert 0 <= each.better <= 1 - each.equal + 1e-9 <= 1 + 1e-9

    def test_the_seed_decides(self) -> None:
        revisions = read_revisions(DIALOGUES)[:40]

        assert compare(revisions, seed=7, rounds=20) == compare(revisions, seed=7, rounds=20)
        assert compare(revisions, seed=7, rounds=20) != compare(revisions, seed=8, rounds=20)

    def test_of_nothing_is_nothing(self) -> None:
        assert compare([], seed=1) == ()


class TestAuc:
    @pytest.mark.parametrize(
        ("lower", "higher", "area"),
        [([1, 2], [3, 4], 1.0), ([3, 4], [1, 2], 0.0), ([1, 1], [1, 1], 0.5), ([1, 3], [2, 3], 0.625)],
    )
    def test_counts_pairs(self, lower: list[float], higher: list[float], area: float) -> None:
        assert auc(np.array(lower), np.array(higher)) == area
