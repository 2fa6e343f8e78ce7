import json

from ion.evaluation.holdouts import holdout_tables
from ion.evaluation.labelled import Holdout
from ion.evaluation.report import Report, as_document, as_json, as_markdown
from ion.evaluation.tables import Column, sorted_by, table

FIGURES = table(
    "reading",
    "Reading",
    "How it reads.",
    ["model"],
    [Column("n"), Column("accuracy", "more")],
    [("b", 3, 2 / 3), ("a", 2, None)],
)
WIDE = table("wide", "Wide", "", ["language"], [Column(f"c{place}") for place in range(14)], [("ko", *[0.5] * 14)])
EMPTY = table("empty", "Empty", "", ["model"], [Column("n")], [])
REPORT = Report((FIGURES, WIDE, EMPTY), {"dev-ko-tone-a.svg": "", "dev-ko-tone-b.svg": ""}, [])


class TestTables:
    def test_fractions_have_three_decimals(self) -> None:
        assert FIGURES.rows == (("b", 3, 0.667), ("a", 2, None))

    def test_no_figure_is_minus_nothing(self) -> None:
        assert str(table("", "", "", [], [Column("n")], [(-0.00001,)]).rows[0][0]) == "0.0"

    def test_can_be_sorted_by_their_keys(self) -> None:
        assert [row[0] for row in sorted_by(FIGURES, 1).rows] == ["a", "b"]


class TestJson:
    def test_holds_every_figure_and_which_way_is_better(self) -> None:
        assert json.loads(as_json(as_document(REPORT)))["tables"]["reading"] == {
            "keys": ["model"],
            "figures": {"n": ["", 0.02], "accuracy": ["more", 0.02]},
            "rows": [["b", 3, 0.667], ["a", 2, None]],
        }

    def test_has_a_line_for_each_row(self) -> None:
        lines = as_json(as_document(REPORT)).splitlines()

        assert '    ["b", 3, 0.667],' in lines
        assert '    ["a", 2, null]' in lines

    def test_is_the_document_whatever_is_in_it(self) -> None:
        hostile: object = {"a": ["[", "]", "[]", 'x", [', "\n", {"b": ["], "]}, [], {}], "c": [[["d"]]]}

        assert json.loads(as_json(hostile)) == hostile


class TestMarkdown:
    def test_shows_tables_with_three_decimals(self) -> None:
        assert (
            "## Reading\n\nHow it reads.\n\n"
            "| model | n | accuracy |\n| --- | --- | --- |\n| b | 3 | 0.667 |\n| a | 2 | – |\n"
        ) in as_markdown(REPORT)

    def test_turns_wide_tables_on_their_side(self) -> None:
        assert "|  | ko |\n| --- | --- |\n| c0 | 0.500 |\n| c1 | 0.500 |" in as_markdown(REPORT)

    def test_says_where_there_is_nothing_to_measure_by(self) -> None:
        assert "## Empty\n\nThere is nothing to measure this by." in as_markdown(REPORT)

    def test_shows_the_pictures_of_one_subject_together(self) -> None:
        assert (
            "### dev, ko, tone\n\n![dev, ko, tone, a](dev-ko-tone-a.svg)\n![dev, ko, tone, b](dev-ko-tone-b.svg)\n"
        ) in as_markdown(REPORT)

    def test_without_pictures_has_no_gallery(self) -> None:
        assert "Pictures" not in as_markdown(Report((FIGURES,), {}, []))


class TestHoldouts:
    def test_are_told_as_they_were_measured(self) -> None:
        figures = Holdout("language", "ko", "full", "ko", "tone", 10, 0.51, 0.5, coverage=0.9)

        assert holdout_tables([figures])[0].rows == (
            ("language", "ko", "ko", "tone", "ION full", 10, 0.51, 0.5, None, 0.9, None),
        )
