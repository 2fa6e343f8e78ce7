from collections.abc import Sequence

import pytest

from ion.evaluation.check import BadReport, Regression, regressions
from ion.evaluation.report import Report, as_document
from ion.evaluation.tables import Cell, Column, table


def document(*rows: Sequence[Cell], name: str = "reading") -> object:
    columns = [Column("n"), Column("right", "more"), Column("wrong", "less"), Column("recall", "more", tolerance=0.0)]
    return as_document(Report((table(name, "", "", ["model"], columns, rows),), {}, []))


BEFORE = document(("ION full", 10, 0.8, 0.1, 1.0), ("baseline", 10, 0.5, 0.5, 0.5))


class TestRegressions:
    def test_equal_reports_have_none(self) -> None:
        assert regressions(BEFORE, BEFORE) == []

    @pytest.mark.parametrize(
        "row",
        [
            ("ION full", 10, 0.78, 0.12, 1.0),
            ("ION full", 10, 1.0, 0.0, 1.0),
            ("ION full", 3, 0.8, 0.1, 1.0),
        ],
    )
    def test_a_little_worse_better_or_neither_is_none(self, row: Sequence[Cell]) -> None:
        assert regressions(BEFORE, document(row)) == []

    @pytest.mark.parametrize(
        ("row", "worse"),
        [
            (("ION full", 10, 0.779, 0.1, 1.0), Regression("reading / ION full / right", 0.8, 0.779)),
            (("ION full", 10, 0.8, 0.121, 1.0), Regression("reading / ION full / wrong", 0.1, 0.121)),
            (("ION full", 10, 0.8, 0.1, 0.999), Regression("reading / ION full / recall", 1.0, 0.999)),
            (("ION full", 10, 0.8, None, 1.0), Regression("reading / ION full / wrong", 0.1, None)),
        ],
    )
    def test_a_worse_figure_is_named(self, row: Sequence[Cell], worse: Regression) -> None:
        assert regressions(BEFORE, document(row)) == [worse]

    def test_figures_that_are_gone_are_named(self) -> None:
        found = regressions(BEFORE, document(("ION full", 10, 0.8, 0.1, 1.0), name="other"))

        assert [str(each) for each in found] == [
            "reading / ION full / right: 0.800 -> missing",
            "reading / ION full / wrong: 0.100 -> missing",
            "reading / ION full / recall: 1.000 -> missing",
        ]

    @pytest.mark.parametrize(
        "before",
        [
            None,
            [],
            {},
            {"tables": {"a": {"keys": [], "figures": {}, "rows": [[1]]}}},
            {"tables": {"a": {"keys": ["b"], "figures": {}, "rows": [[]]}}},
        ],
    )
    def test_anything_but_a_report_is_refused(self, before: object) -> None:
        with pytest.raises(BadReport, match="not a report"):
            regressions(before, BEFORE)
