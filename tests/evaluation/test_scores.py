from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.evaluation.scores import (
    Judged,
    accuracy,
    accuracy_at,
    confusion,
    coverage_curve,
    ece,
    f1_by_class,
    intervals,
    judged,
    macro_f1,
    reliability,
    sure_ones,
)

# Truth, label, confidence: two of three a's and one of two b's are right.
GUESSES = [
    Judged("a", "a", 0.95),
    Judged("a", "a", 0.85, sure=False),
    Judged("a", "b", 0.55),
    Judged("b", "b", 0.65),
    Judged("b", "c", 0.15, sure=False),
]
ANY = st.lists(
    st.builds(Judged, st.sampled_from("abc"), st.sampled_from("abcd"), st.floats(0, 1), st.booleans()), min_size=1
)


class TestJudged:
    @pytest.mark.parametrize(
        ("accepted", "label", "truth"), [(["a"], "a", "a"), (["a", "b"], "b", "b"), (["a", "b"], "c", "a")]
    )
    def test_an_accepted_label_is_the_truth(self, accepted: Sequence[str], label: str, truth: str) -> None:
        assert judged(accepted, label, 0.5) == Judged(truth, label, 0.5)
        assert judged(accepted, label, 0.5).is_right == (label in accepted)


class TestByHand:
    def test_accuracy(self) -> None:
        assert accuracy(GUESSES) == 3 / 5

    def test_f1_counts_only_labels_that_are_the_truth_somewhere(self) -> None:
        # a: 2 right, 1 missed. b: 1 right, 1 missed, 1 claimed wrongly. c is no truth.
        assert f1_by_class(GUESSES) == pytest.approx({"a": 4 / 5, "b": 2 / 4})
        assert macro_f1(GUESSES) == pytest.approx((4 / 5 + 2 / 4) / 2)

    def test_confusion_names_the_most_frequent_first(self) -> None:
        assert list(confusion(GUESSES).items()) == [
            (("a", "a"), 2),
            (("a", "b"), 1),
            (("b", "b"), 1),
            (("b", "c"), 1),
        ]

    def test_ece_is_the_mean_distance_of_confidence_and_accuracy_in_a_bin(self) -> None:
        # One guess in each bin: 0.05 + 0.15 + 0.55 + 0.35 + 0.15, of five.
        assert ece(GUESSES) == pytest.approx(1.25 / 5)

    def test_guesses_of_one_bin_make_up_for_one_another(self) -> None:
        assert ece([Judged("a", "a", 0.5), Judged("a", "b", 0.5)]) == 0

    def test_full_confidence_is_in_the_last_bin(self) -> None:
        bins = reliability([Judged("a", "a", 1.0), Judged("a", "b", 0.9)])

        assert [each.n for each in bins] == [0] * 9 + [2]
        assert bins[9].confidence == pytest.approx(0.95)
        assert bins[9].accuracy == 0.5

    def test_coverage_takes_the_most_confident_first(self) -> None:
        # By confidence: right, right, right (b), wrong, wrong.
        shares = [1, 1, 1, 3 / 4, 3 / 5]

        curve = coverage_curve(GUESSES)
        assert [point.coverage for point in curve] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
        assert [point.accuracy for point in curve] == pytest.approx(shares)
        assert accuracy_at(GUESSES, 0.7) == pytest.approx(3 / 4)
        assert accuracy_at(GUESSES, 0.0) == 1

    def test_equally_confident_guesses_stand_in_for_one_another(self) -> None:
        same = [Judged("a", "a", 0.7), Judged("a", "b", 0.7), Judged("a", "b", 0.2)]

        assert [point.accuracy for point in coverage_curve(same)] == pytest.approx([1 / 2, 1 / 2, 1 / 3])
        assert coverage_curve(same[::-1]) == coverage_curve(same)

    def test_what_the_model_is_sure_of(self) -> None:
        assert sure_ones(GUESSES) == (3 / 5, 2 / 3)
        assert sure_ones([Judged("a", "a", 0.1, sure=False)]) == (0, None)


class TestIntervals:
    def test_hold_the_figure_and_come_from_the_seed(self) -> None:
        many = GUESSES * 20
        of_accuracy, of_f1 = intervals(many, seed=1)

        assert of_accuracy.low < accuracy(many) < of_accuracy.high
        assert of_f1.low < macro_f1(many) < of_f1.high
        # Twice the standard error of 0.6 over 100 guesses.
        assert of_accuracy.high - of_accuracy.low == pytest.approx(4 * (0.6 * 0.4 / 100) ** 0.5, abs=0.03)
        assert intervals(many, seed=1) == (of_accuracy, of_f1)
        assert intervals(many, seed=2) != (of_accuracy, of_f1)

    def test_of_one_guess_is_that_guess(self) -> None:
        of_accuracy, of_f1 = intervals([Judged("a", "a", 0.5)], seed=1, rounds=10)

        assert (of_accuracy.low, of_accuracy.high, of_f1.low, of_f1.high) == (1, 1, 1, 1)


class TestProperties:
    @given(ANY)
    def test_every_figure_is_between_0_and_1(self, guesses: list[Judged]) -> None:
        figures = [accuracy(guesses), macro_f1(guesses), ece(guesses), accuracy_at(guesses, 0.7)]

        assert all(-1e-9 <= figure <= 1 + 1e-9 for figure in figures)
        assert coverage_curve(guesses)[-1].accuracy == pytest.approx(accuracy(guesses))
        assert sum(each.n for each in reliability(guesses)) == len(guesses)


# Accepted tones, what a model said, and how sure it was; tones that repeat, second labels, and confidences at the edges
# of bins.
FIXTURE: list[tuple[list[str], str, float]] = [
    (["calm"], "calm", 0.91),
    (["calm"], "curious", 0.4),
    (["curious", "calm"], "calm", 0.62),
    (["curious"], "curious", 1.0),
    (["urgent"], "anxious", 0.3),
    (["urgent", "frustrated"], "frustrated", 0.7),
    (["anxious"], "anxious", 0.45),
    (["playful"], "calm", 0.05),
    (["frustrated"], "urgent", 0.55),
    (["frustrated"], "frustrated", 0.8),
]


class TestScorer:
    """An independent count, as anyone would write it from the definitions."""

    def test_says_the_same(self) -> None:
        found = [judged(accepted, label, confidence) for accepted, label, confidence in FIXTURE]

        # What the labelling project's own scorer prints for these rows.
        assert f"{accuracy(found):.3f} {macro_f1(found):.3f} {ece(found):.3f}" == "0.600 0.467 0.202"
