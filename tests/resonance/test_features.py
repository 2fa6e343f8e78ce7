from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.resonance import Grams, grams_of
from ion.resonance.features import CHAR_LENGTHS, JAMO_LENGTHS, WORD_BIT

TEXTS = st.text() | st.text(alphabet="aA1 \n가힣ㅋ!각İ")


def hashes_of(text: str) -> Counter[int]:
    return Counter(grams_of(text).hashes.tolist())


def words_in(text: str) -> list[str]:
    grams = grams_of(text)
    words = grams.hashes >= WORD_BIT
    return [text[start:end] for start, end in zip(grams.starts[words], grams.ends[words], strict=True)]


def places_of(grams: Grams) -> list[tuple[int, int]]:
    return list(zip(grams.starts.tolist(), grams.ends.tolist(), strict=True))


HASHES = [
    ("", [1617599761, 1617599761, 390200055]),
    ("a", [1617599761, 28574229, 1617599761, 2078438861, 1318279443, 1438757480, 2796042890]),
    ("가", [1617599761, 1304503267, 1617599761, 883172986, 1605079881, 283595355, 1971446007, 257851800, 2500146063]),
    (
        "ab",
        [
            1617599761,
            28574229,
            1984217503,
            1617599761,
            2078438861,
            1228143541,
            1460714479,
            1119474937,
            814311164,
            926969100,
            3754134563,
        ],
    ),
]
SENTENCE = (239, 3149999795)


class TestPlaces:
    @settings(deadline=None)
    @given(text=TEXTS)
    def test_lie_in_the_text(self, text: str) -> None:
        grams = grams_of(text)

        assert len(grams.hashes) == len(grams.starts) == len(grams.ends) > 0
        assert (grams.starts >= 0).all()
        assert (grams.ends <= len(text)).all()
        assert (grams.starts < grams.ends).all() or text == ""

    def test_cover_every_run_of_characters_once(self) -> None:
        places = Counter(places_of(grams_of("wxyz"))) - Counter({(0, 4): words_in("wxyz").count("wxyz")})

        # Both edges count as a space on the first and the last character.
        assert places[(1, 2)] == 1
        assert places[(0, 1)] == len(["w", "edge", "edge w"])
        assert places[(0, 4)] == len(["wxyz"])
        assert places[(0, 3)] == len(["wxy", "edge wxy"])

    def test_of_jamo_are_those_of_their_syllables(self) -> None:
        grams = grams_of("강아지")
        chars = sum(5 - length + 1 for length in CHAR_LENGTHS)
        jamo = len("ㄱㅏㅇㅇㅏㅈㅣ") + len("  ")

        words = len(["강아지"])
        assert len(grams.hashes) - chars - words == sum(jamo - length + 1 for length in JAMO_LENGTHS)
        assert places_of(grams)[chars:][:3] == [(0, 1), (0, 1), (0, 2)]

    def test_of_a_squeezed_run_reach_over_what_was_left_out(self) -> None:
        places = set(places_of(grams_of("naaaaaaay")))

        assert (0, 4) in places
        assert (3, 9) in places


class TestAlike:
    @pytest.mark.parametrize(
        ("text", "other"),
        [
            pytest.param("Call ME", "call me", id="case"),
            pytest.param("ÄRGER", "ärger", id="case beyond ASCII"),
            pytest.param("room 1234", "room 9876", id="digits"),
            pytest.param("2시 30분", "7시 15분", id="digits in Korean"),
            pytest.param("왜ㅋㅋㅋ", "왜ㅋㅋㅋㅋㅋㅋㅋ", id="repeats"),
            pytest.param("no!!!", "no!!!!!!!!!!", id="repeated marks"),
            pytest.param("one two", "one \t\r\n\u00a0\u3000 two", id="white space"),
        ],
    )
    def test_texts_have_the_same_grams(self, text: str, other: str) -> None:
        assert hashes_of(text) == hashes_of(other)

    @pytest.mark.parametrize(
        ("text", "other"),
        [("no!", "no!!"), ("aa", "aaa"), ("가", "각"), ("one two", "onetwo"), ("ab", "ba"), ("1", "a"), ("해", "헤")],
    )
    def test_not_these(self, text: str, other: str) -> None:
        assert hashes_of(text) != hashes_of(other)

    def test_endings_that_share_jamo_share_grams(self) -> None:
        shared = sum((hashes_of("못해") & hashes_of("못했")).values())

        assert shared > sum((hashes_of("못해") & hashes_of("못가")).values())


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("I can't, sorry", ["I", "can't", ",", "sorry", "I can't", "can't,", ", sorry"]),
            ("왜요?? 네…", ["왜요", "??", "네", "…", "왜요??", "?? 네", "네…"]),
            ("a", ["a"]),
            ("  ", []),
            ("ㅋㅋㅋㅋㅋ!", ["ㅋㅋㅋ", "!", "ㅋㅋㅋㅋㅋ!"]),
        ],
    )
    def test_are_words_and_runs_of_a_mark_and_each_two_that_meet(self, text: str, words: list[str]) -> None:
        assert words_in(text) == words

    def test_are_told_from_the_same_characters(self) -> None:
        grams = grams_of("so")

        assert (grams.hashes >= WORD_BIT).sum() == 1


class TestHash:
    # The shipped weights are addressed by these numbers: if one changes, every weight is in the wrong place.
    @pytest.mark.parametrize(("text", "hashes"), HASHES)
    def test_stays_as_it_was(self, text: str, hashes: list[int]) -> None:
        assert grams_of(text).hashes.tolist() == hashes

    def test_of_a_whole_sentence_stays_as_it_was(self) -> None:
        hashes = grams_of("배포가 내일인데, the tests fail 30% of the time!!").hashes

        assert (len(hashes), int(np.bitwise_xor.reduce(hashes))) == SENTENCE

    def test_of_very_long_texts_goes_on_as_it_began(self) -> None:
        short, long = hashes_of("one two " * 10), hashes_of("one two " * 2_000)

        assert set(long) == set(short)

    def test_different_runs_have_different_hashes(self) -> None:
        words = [f"{chr(first)}{chr(second)}" for first in range(97, 123) for second in range(97, 123)]
        grams = grams_of(" ".join(words))
        single = (grams.hashes >= WORD_BIT) & (grams.ends - grams.starts == 2)

        assert len(np.unique(grams.hashes[single])) == len(words)


class TestEmptyText:
    def test_has_its_edges_alone(self) -> None:
        assert places_of(grams_of("")) == [(0, 0)] * 3
