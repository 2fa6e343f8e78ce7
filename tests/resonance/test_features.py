from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.resonance import Grams, grams_of
from ion.resonance.features import BUCKETS, CHAR_LENGTHS, JAMO_LENGTHS

TEXTS = st.text() | st.text(alphabet="aA1 \n가힣ㅋ!각İ")


def buckets_of(text: str) -> Counter[int]:
    return Counter(grams_of(text).buckets.tolist())


def places_of(grams: Grams) -> list[tuple[int, int]]:
    return list(zip(grams.starts.tolist(), grams.ends.tolist(), strict=True))


class TestPlaces:
    @settings(deadline=None)
    @given(text=TEXTS)
    def test_lie_in_the_text(self, text: str) -> None:
        grams = grams_of(text)

        assert len(grams.buckets) == len(grams.starts) == len(grams.ends) > 0
        assert ((grams.buckets >= 0) & (grams.buckets < BUCKETS)).all()
        assert (grams.starts >= 0).all()
        assert (grams.ends <= len(text)).all()
        assert (grams.starts < grams.ends).all() or text == ""

    def test_cover_every_run_of_characters_once(self) -> None:
        places = Counter(places_of(grams_of("wxyz")))

        # Both edges count as a space on the first and the last character.
        assert places[(1, 2)] == 1
        assert places[(0, 1)] == len(["w", "edge", "edge w"])
        assert places[(0, 4)] == len(["wxyz"])
        assert places[(0, 3)] == len(["wxy", "edge wxy"])

    def test_of_jamo_are_those_of_their_syllables(self) -> None:
        grams = grams_of("강아지")
        chars = sum(5 - length + 1 for length in CHAR_LENGTHS)
        jamo = len("ㄱㅏㅇㅇㅏㅈㅣ") + len("  ")

        assert len(grams.buckets) - chars == sum(jamo - length + 1 for length in JAMO_LENGTHS)
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
        assert buckets_of(text) == buckets_of(other)

    @pytest.mark.parametrize(
        ("text", "other"),
        [("no!", "no!!"), ("aa", "aaa"), ("가", "각"), ("one two", "onetwo"), ("ab", "ba"), ("1", "a"), ("해", "헤")],
    )
    def test_not_these(self, text: str, other: str) -> None:
        assert buckets_of(text) != buckets_of(other)

    def test_endings_that_share_jamo_share_grams(self) -> None:
        shared = sum((buckets_of("못해") & buckets_of("못했")).values())

        assert shared > sum((buckets_of("못해") & buckets_of("못가")).values())


class TestHash:
    # The shipped weights are addressed by these numbers: if one changes, every weight is in the wrong place.
    @pytest.mark.parametrize(
        ("text", "buckets"),
        [
            ("", [43708, 43708, 35411]),
            ("a", [43708, 29368, 43708, 65516, 18146, 35287]),
            ("가", [43708, 20059, 43708, 31843, 13541, 34343, 45776, 34586]),
            ("ab", [43708, 29368, 46902, 43708, 65516, 44391, 40621, 28262, 22940, 62026]),
        ],
    )
    def test_stays_as_it_was(self, text: str, buckets: list[int]) -> None:
        assert grams_of(text).buckets.tolist() == buckets

    def test_of_a_whole_sentence_stays_as_it_was(self) -> None:
        buckets = grams_of("배포가 내일인데, the tests fail 30% of the time!!").buckets

        assert (len(buckets), int(buckets.sum()), int(np.bitwise_xor.reduce(buckets))) == (216, 7_521_880, 18_148)

    def test_spreads_over_the_buckets(self) -> None:
        words = " ".join(f"{chr(first)}{chr(second)}" for first in range(97, 123) for second in range(97, 123))
        buckets = np.unique(grams_of(words).buckets)

        assert len(np.unique(buckets // (BUCKETS // 64))) == 64


class TestEmptyText:
    def test_has_its_edges_alone(self) -> None:
        assert places_of(grams_of("")) == [(0, 0)] * 3
