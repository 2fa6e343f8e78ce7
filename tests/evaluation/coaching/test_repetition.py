import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.evaluation.coaching import Overlap, fivegrams, largest_overlap, overlaps_over, shared

OPENING = "one small thing that helps here is to"
REPLIES = st.lists(st.lists(st.sampled_from("abc"), max_size=14).map(" ".join), max_size=8)


class TestShared:
    @pytest.mark.parametrize(
        ("one", "other", "share"),
        [
            ("a b c d e", "a b c d e", 1.0),
            ("a b c d e f", "x a b c d e y z", 0.5),
            ("가 나 다 라 마 바", "가 나 다 라 마 사", 0.5),
            ("write a line about it tonight", "call her before lunch and ask", 0.0),
            ("한 줄만 적어 보세요", "한 줄만 적어 보세요", 0.0),
            ("", "a b c d e", 0.0),
        ],
    )
    def test_is_the_share_of_the_shorter_reply(self, one: str, other: str, share: float) -> None:
        assert shared(fivegrams(one), fivegrams(other)) == share


class TestLargestOverlap:
    def test_names_the_pair(self) -> None:
        replies = ["nothing of it", f"{OPENING} walk", "무엇을 먼저 볼까요", f"{OPENING} call a friend"]

        assert largest_overlap(replies) == Overlap(0.8, 1, 3)

    @pytest.mark.parametrize("replies", [[], ["alone"]])
    def test_needs_two_replies(self, replies: list[str]) -> None:
        assert largest_overlap(replies) is None

    def test_of_replies_with_nothing_in_common_is_nought(self) -> None:
        assert largest_overlap(["a b c d e", "f g h i j", ""]) == Overlap(0.0, 0, 1)

    @settings(deadline=None)
    @given(REPLIES)
    def test_is_what_comparing_all_pairs_finds(self, replies: list[str]) -> None:
        grams = [fivegrams(reply) for reply in replies]
        every = [shared(one, other) for one, other in itertools.combinations(grams, 2)]
        found = largest_overlap(replies)

        assert (found.share if found else None) == (max(every) if every else None)
        if found:
            assert shared(grams[found.first], grams[found.second]) == found.share

    def test_two_thousand_replies_with_a_common_opening_are_compared(self) -> None:
        chance = random.Random(1)  # noqa: S311 - nothing secret
        texts = [f"{OPENING} " + " ".join(str(chance.randrange(500)) for _ in range(90)) for _ in range(2000)]
        found = largest_overlap(texts)

        assert found is not None
        assert 0.04 < found.share < 0.2


class TestOverlapsOver:
    def test_come_with_the_most_alike_first(self) -> None:
        replies = [f"{OPENING} walk", "nothing of it", f"{OPENING} call a friend", f"{OPENING} walk"]

        assert overlaps_over(replies) == [Overlap(1.0, 0, 3), Overlap(0.8, 0, 2), Overlap(0.8, 2, 3)]

    def test_what_is_asked_for_itself_does_not_count(self) -> None:
        replies = ["a b c d e f", "x a b c d e y z"]

        assert overlaps_over(replies) == []
        assert overlaps_over(replies, 0.49) == [Overlap(0.5, 0, 1)]

    @pytest.mark.parametrize("replies", [[], ["alone"], ["a b c d e", "f g h i j", ""]])
    def test_replies_with_nothing_in_common_make_none(self, replies: list[str]) -> None:
        assert overlaps_over(replies, 0.0) == []

    @settings(deadline=None)
    @given(REPLIES, st.sampled_from([0.0, 0.3, 0.5, 0.9]))
    def test_are_what_comparing_all_pairs_finds(self, replies: list[str], share: float) -> None:
        grams = list(enumerate(map(fivegrams, replies)))
        every = [(shared(one, other), first, last) for (first, one), (last, other) in itertools.combinations(grams, 2)]

        found = [(each.share, each.first, each.second) for each in overlaps_over(replies, share)]

        assert found == sorted((each for each in every if each[0] > share), key=lambda each: (-each[0], *each[1:]))
