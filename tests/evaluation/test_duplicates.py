from itertools import combinations
from string import ascii_letters

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.evaluation.duplicates import near_duplicates, overlaps, shingles
from ion.language import language_of
from tests.evaluation.rows import rows_of, text_row

# Pairs that one person could have made from the other by changing a word, a name, a number or the marks.
SAME = [
    (
        "Oren cancelled our one to one for the third week and I have stopped preparing anything for it.",
        "Mira cancelled our one to one for the fourth week and I have stopped preparing anything for it!!",
    ),
    ("how do i get a branch back after git reset --hard", "How do I get a branch back after   git reset --hard??"),
    (
        "지난주부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠어요.",
        "지난달부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠네요ㅠㅠ",
    ),
    ("발표가 내일인데 슬라이드 순서를 아직 못 정했어요.", "발표가 내일인데 슬라이드 순서를 아직도 못 정했어요"),
]
# The same situation in other words, the same frame around something else, or one language beside the other.
DIFFERENT = [
    (
        "Oren cancelled our one to one for the third week and I have stopped preparing anything for it.",
        "My lead keeps moving our weekly talk. By now I turn up empty-handed, if it takes place at all.",
    ),
    ("What is the difference between a fugue and a canon?", "What is the difference between a mutex and a semaphore?"),
    ("how do i get a branch back after git reset --hard", "I reset too hard and lost a branch, can it be recovered"),
    (
        "지난주부터 아침마다 공방 문을 열기가 싫어져요. 손님이 없는 것도 아닌데 왜 이런지 모르겠어요.",
        "요즘 출근길에 가게가 가까워질수록 걸음이 느려집니다. 장사는 그럭저럭 되는데 이유를 못 찾겠네요.",
    ),
    ("발표가 내일인데 슬라이드 순서를 아직 못 정했어요.", "내일 발표 자료, 뭘 먼저 보여줄지 아직 고민 중입니다."),
    ("발표가 내일이에요.", "The talk is tomorrow."),
]


class TestShingles:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("abcdef", {"abcde", "bcdef"}),
            ("ABC  def", {"abc d", "bc de", "c def"}),
            ("네", {"네"}),
            ("aaaaaaaa", {"aaaaa"}),
        ],
    )
    def test_are_five_characters_in_a_row(self, text: str, found: set[str]) -> None:
        assert shingles(text) == found


class TestNearDuplicates:
    @pytest.mark.parametrize(("one", "other"), SAME)
    def test_a_message_slightly_changed_is_found(self, one: str, other: str) -> None:
        pairs = near_duplicates(rows_of([one, "Something else entirely lies between.", other]))

        assert [(pair.earlier.line, pair.later.line) for pair in pairs] == [(1, 3)]
        assert 0.6 <= pairs[0].similarity < 1

    @pytest.mark.parametrize(("one", "other"), DIFFERENT)
    def test_the_same_in_other_words_stays(self, one: str, other: str) -> None:
        assert near_duplicates(rows_of([one, other])) == []

    def test_the_same_text_has_a_similarity_of_1(self) -> None:
        pairs = near_duplicates([text_row("Wat?", 1, "a"), text_row("wat?", 1, "b")])

        assert [(pair.earlier.file, pair.later.file, pair.similarity) for pair in pairs] == [("a", "b", 1.0)]

    def test_a_copy_of_a_copy_makes_a_pair_with_each(self) -> None:
        pairs = near_duplicates(rows_of(["the same text"] * 3))

        assert [(pair.earlier.line, pair.later.line) for pair in pairs] == [(1, 2), (1, 3), (2, 3)]

    @pytest.mark.parametrize(("shared", "found"), [(3, True), (2, False)])
    def test_the_threshold_itself_is_near(self, shared: int, found: bool) -> None:
        # Five shingles in all, of which three are 0.6.
        one, other = ("abcdefg", "abcdefgh!") if shared == 3 else ("abcdef", "abcdefgh!")

        assert len(shingles(one) & shingles(other)) == shared
        assert len(shingles(one) | shingles(other)) == 5
        assert bool(near_duplicates(rows_of([one, other]))) is found

    def test_languages_are_not_compared(self) -> None:
        korean, english = (f"가나다라마바사아자차 {ascii_letters[:letters]}" for letters in (40, 41))

        assert (language_of(korean), language_of(english)) == ("ko", "en")
        assert near_duplicates(rows_of([korean, english])) == []
        assert len(near_duplicates(rows_of([english, f"{english}!"]))) == 1

    @given(
        st.lists(st.text("abc ㅋ", min_size=1, max_size=40), max_size=12),
        st.sampled_from([0.05, 0.3, 0.5, 0.6, 0.9, 1.0]),
    )
    def test_no_pair_is_lost_or_added(self, texts: list[str], threshold: float) -> None:
        expected = []
        for (place, one), (later, other) in combinations(enumerate(texts, start=1), 2):
            similarity = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
            if language_of(one) == language_of(other) and similarity >= threshold:
                expected.append((later, place, similarity))

        pairs = near_duplicates(rows_of(texts), threshold=threshold)

        assert [(pair.later.line, pair.earlier.line, pair.similarity) for pair in pairs] == sorted(expected)


class TestOverlaps:
    def test_a_row_that_is_held_out_is_found(self) -> None:
        kept = [text_row(text, number, "held") for number, text in enumerate([SAME[0][1], "alone, as it should be"], 1)]
        pairs = overlaps(rows_of([DIFFERENT[0][1], SAME[0][0]]), kept)

        assert [(pair.earlier.file, pair.earlier.line, pair.later.line) for pair in pairs] == [("held", 1, 2)]

    def test_pairs_on_one_side_do_not_count(self) -> None:
        twice = "the same text twice"

        assert overlaps(rows_of([twice, twice]), []) == []
        assert overlaps([], [text_row(twice, 1, "held"), text_row(twice, 2, "held")]) == []
