from collections.abc import Sequence

import pytest

from ion.evaluation import Report, Revision, as_document, as_markdown, regressions, with_judge
from ion.evaluation.judge import UNUSABLE, Verdict, rubric
from ion.evaluation.judge_tables import LENGTH, judge_tables, rank_correlation
from ion.evaluation.judging import Docket, Judgement, Opinion
from ion.evaluation.replies import Reply
from ion.evaluation.tables import Cell
from tests.evaluation.test_judging import DOCKET, reply_to

NAMES = ("overall", *rubric().names)


def verdict(*scores: int) -> Verdict:
    """All criteria alike, or one by one."""
    given = scores * len(rubric().names) if len(scores) == 1 else scores
    return Verdict(dict(zip(rubric().names, given, strict=True)))


def judgement(*opinions: Opinion, docket: Docket = DOCKET) -> Judgement:
    return Judgement("openai:judge", docket, opinions, None)


def on_pairs(*pairs: tuple[Opinion, Opinion]) -> Sequence[Sequence[Cell]]:
    revisions = tuple(Revision(str(place), "5", "No.", "Why?") for place in range(len(pairs)))
    said = judgement(*(opinion for pair in pairs for opinion in pair), docket=Docket(revisions, ()))
    return judge_tables(said)[1].rows


class TestAnswers:
    def test_are_counted_by_what_is_wrong_with_them(self) -> None:
        table = judge_tables(judgement("no_json", verdict(3), "too_long", "bad_score", "no_answer", "wrong_names"))[0]

        assert table.heads[4:] == (
            "to judge",
            "judged",
            "unusable",
            "share unusable",
            *("no answer", "too long", "no json", "wrong names", "bad score"),
        )
        assert table.rows == (
            ("openai:judge", "1", "tutors' originals", "en", 2, 2, 2, 1.0, 0, 1, 1, 0, 0),
            ("openai:judge", "1", "experts' revisions", "en", 2, 2, 1, 0.5, 0, 0, 0, 0, 1),
            ("openai:judge", "1", "playbook replies", "ko", 1, 1, 1, 1.0, 0, 0, 0, 1, 0),
            ("openai:judge", "1", "playbook replies", "en", 1, 1, 1, 1.0, 1, 0, 0, 0, 0),
        )

    @pytest.mark.parametrize("count", range(7))
    def test_all_stand_somewhere_wherever_the_judge_stopped(self, count: int) -> None:
        opinions: list[Opinion] = ["no_json", verdict(3)] * 3
        rows = judge_tables(judgement(*opinions[:count]))[0].rows

        assert sum(int(str(row[4])) for row in rows) == 6
        assert sum(int(str(row[5])) for row in rows) == count
        assert sum(int(str(row[6])) for row in rows) == sum(int(str(cell)) for row in rows for cell in row[8:])
        assert all((row[7] is None) == (row[5] == 0) for row in rows)

    def test_reasons_are_all_told(self) -> None:
        assert len(judge_tables(judgement())[0].columns) == 4 + len(UNUSABLE)


class TestAgreement:
    def test_of_one_who_sides_with_the_experts(self) -> None:
        rows = on_pairs(*[(verdict(2), verdict(4))] * 5)

        assert [row[0] for row in rows] == list(NAMES)
        assert {row[1:] for row in rows} == {(5, 2.0, 4.0, 1.0, 0.0, 1.0, 1.0, 1.0)}

    def test_of_one_who_sides_against_them(self) -> None:
        assert {row[4:] for row in on_pairs(*[(verdict(4), verdict(2))] * 5)} == {(0.0, 0.0, 0.0, 0.0, 0.0)}

    def test_of_one_who_always_says_the_same(self) -> None:
        assert {row[4:] for row in on_pairs(*[(verdict(3), verdict(3))] * 5)} == {(0.0, 1.0, 0.5, 0.5, 0.5)}

    def test_is_told_for_each_criterion(self) -> None:
        rows = {row[0]: row for row in on_pairs(*[(verdict(1, 3, 3, 3, 3, 3), verdict(5, 3, 3, 3, 3, 3))] * 4)}

        assert rows["asks"][2:7] == (1.0, 5.0, 1.0, 0.0, 1.0)
        assert rows["clear"][2:7] == (3.0, 3.0, 0.0, 1.0, 0.5)
        assert rows["overall"][4] == 1.0

    def test_of_chance_holds_a_half_in_its_interval(self) -> None:
        pairs = [(verdict(2), verdict(4)), (verdict(4), verdict(2))] * 10
        overall = on_pairs(*pairs)[0]

        assert overall[6] == 0.5
        assert float(str(overall[7])) < 0.5 < float(str(overall[8]))
        assert on_pairs(*pairs)[0] == overall

    def test_counts_pairs_of_which_both_can_be_used(self) -> None:
        rows = on_pairs((verdict(2), verdict(4)), ("no_json", verdict(5)), (verdict(5), "no_answer"))

        assert {row[1:] for row in rows} == {(1, 2.0, 4.0, 1.0, 0.0, 1.0, 1.0, 1.0)}

    def test_of_one_who_never_answered_is_no_figure(self) -> None:
        assert {row[1:] for row in on_pairs(("no_json", "no_json"))} == {(0, *[None] * 7)}


class TestScores:
    def test_are_means_by_language_and_criterion(self) -> None:
        replies = (*DOCKET.replies, reply_to("I am lost.", "Where are you?"), reply_to("I am late.", "For what?"))
        said = judgement(verdict(5), verdict(1), verdict(2, 2, 2, 2, 2, 5), "no_json", docket=Docket((), replies))
        rows = {row[:2]: row[2:] for row in judge_tables(said)[2].rows}

        assert set(rows) == {(language, name) for language in ("ko", "en") for name in NAMES}
        assert rows["ko", "asks"] == (1, 1.0, 1.0)
        assert rows["en", "asks"] == (2, 3.5, 0.5)
        assert rows["en", "clear"] == (2, 5.0, 1.0)
        assert rows["en", "overall"] == (2, 3.75, 0.5)

    def test_of_no_replies_are_none(self) -> None:
        assert judge_tables(judgement())[2].rows == ()


class TestRanks:
    def replies(self) -> tuple[Reply, ...]:
        asks = ["What did you try?", "Who knows it?", "When did it begin?", "Where is it now?", "How long is it so?"]
        return tuple(
            reply_to(f"I am stuck {place}.", " ".join(["You must stop.", *asks[:place]])) for place in range(6)
        )

    def test_are_those_of_the_overall_score(self) -> None:
        opinions = [verdict(score, 1, 1, 1, 1, 1) for score in (1, 2, 3, 4, 5)]
        said = judgement(*opinions, "no_json", docket=Docket((), self.replies()))
        rows = {row[0]: row[1:] for row in judge_tables(said)[3].rows}

        assert rows[LENGTH] == (None, 1.0)
        assert rows["questions"] == (None, 1.0)
        # Orders become a smaller share of what is said; less of them is better, so that is agreement, too.
        assert rows["directive_share"] == (None, 1.0)
        assert rows["is_for_today"] == (None, None)

    def test_of_a_measure_that_one_language_has_not(self) -> None:
        said = judgement(verdict(1), verdict(2), docket=Docket((), DOCKET.replies))

        assert ("politeness", None, None) in judge_tables(said)[3].rows

    @pytest.mark.parametrize(
        ("first", "second", "rho"),
        [
            ([1, 2, 3, 4, 5], [10, 20, 30, 40, 1000], 1.0),
            ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], -1.0),
            ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),
            ([1, 1, 2, 2, 3], [1, 1, 2, 2, 3], 1.0),
            ([1, 1, 2, 3, 4], [4, 1, 2, 3, 5], 0.564),
            ([1, 2, 3, 4], [1, 2, 3, 4], None),
            ([3, 3, 3, 3, 3], [1, 2, 3, 4, 5], None),
            ([1, 2, 3, 4, 5], [3, 3, 3, 3, 3], None),
            ([], [], None),
        ],
    )
    def test_correlate(self, first: list[float], second: list[float], rho: float | None) -> None:
        found = rank_correlation(first, second)

        assert found == (None if rho is None else pytest.approx(rho, abs=0.001))


class TestReport:
    def test_ends_with_what_the_judge_said(self) -> None:
        report = with_judge(Report((), {}, ()), judgement(verdict(2), verdict(4), "no_json"))
        page = as_markdown(report)

        assert [table.name for table in report.tables] == [
            "judge answers",
            "judge agreement",
            "judge scores",
            "judge ranks",
        ]
        assert "`openai:judge`" in page
        assert "| overall | 1 | 2.000 | 4.000 | 1.000 | 0.000 | 1.000 | 1.000 | 1.000 |" in page
        assert "There is nothing to measure this by." in page

    def test_is_never_a_regression(self) -> None:
        without = as_document(Report((), {}, ()))
        good, bad = (as_document(with_judge(Report((), {}, ()), judgement(*[verdict(score)] * 6))) for score in (5, 1))

        assert regressions(good, bad) == regressions(good, without) == regressions(without, bad) == []
