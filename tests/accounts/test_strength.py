import random
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts import Weakness, WeakPassword, weakness_of
from ion.accounts.keyboard import keys_of
from ion.accounts.strength import LEAST, MOST, refuse_weak

ABOUT = ("minjae.kim@example.org", "minjae.kim", "김민재", "Blue School", "blue-school")
LETTERS = string.ascii_letters + string.digits
BASES = (
    "password",
    "welcome",
    "seoul",
    "dragon",
    "summer",
    "비밀번호",
    "사랑해요",
    "대한민국",
    "바보",
    "saranghae",
    "qwerty",
)
ENDINGS = ("1", "12", "123", "1234", "2024", "2025!", "1!", "!!", "1004", "8282", "00", "@1", "")


def leet(text: str) -> str:
    return text.translate(str.maketrans("aeios", "@310$"))


class TestLength:
    @pytest.mark.parametrize(
        ("password", "weakness"),
        [
            ("", Weakness.TOO_SHORT),
            ("kX9#vPq2L", Weakness.TOO_SHORT),
            ("kX9#vPq2Lm", None),
            ("문어가 점심을 산다", None),
            ("문어 점심", Weakness.TOO_SHORT),
        ],
    )
    def test_is_at_least_ten_characters(self, password: str, weakness: Weakness | None) -> None:
        assert weakness_of(password) is weakness

    def test_counts_letters_and_not_how_they_are_put_together(self) -> None:
        """Nine syllables are nine letters, though they may come as twenty-one."""
        taken_apart = unicodedata.normalize("NFD", "초록문어점심산다네")

        assert len(taken_apart) > LEAST
        assert weakness_of(taken_apart) is Weakness.TOO_SHORT

    @pytest.mark.parametrize("length", [MOST + 1, 5_000, 2_000_000])
    def test_has_an_end(self, length: int) -> None:
        password = "".join(random.Random(1).choices(LETTERS, k=length))  # noqa: S311 - a text, not a secret

        assert weakness_of(password) is Weakness.TOO_LONG

    def test_a_sentence_of_the_greatest_length_is_taken(self) -> None:
        assert weakness_of("".join(random.Random(1).choices(LETTERS, k=MOST))) is None  # noqa: S311 - as above


class TestCommonWords:
    @pytest.mark.parametrize("ending", ENDINGS)
    @pytest.mark.parametrize("base", BASES)
    def test_with_their_endings_are_refused_however_they_are_written(self, base: str, ending: str) -> None:
        plain = (base + ending).ljust(LEAST, "!")
        forms = {plain, plain.upper(), plain.capitalize(), leet(plain), keys_of(plain), f"{ending}{base}{ending}!!!!!!"}

        assert [form for form in forms if weakness_of(form) is None] == []

    @pytest.mark.parametrize(
        "password",
        [
            "dkssudgktpdy",
            "dkssudgktpdy1!",
            "ekstnsQlqjs!2",
            "tkfkdgody1004",
            "P@ssw0rd2024!",
            "monkeydragon77",
            "iloveyou2024",
        ],
    )
    def test_in_korean_on_an_english_keyboard_and_in_signs(self, password: str) -> None:
        expected = None if password.startswith("ekstns") else Weakness.COMMON

        assert weakness_of(password) is expected

    def test_twice_is_no_better_than_once(self) -> None:
        assert weakness_of("zebrazebrazebra") is not None
        assert weakness_of("zebrafoliowhisk") is None


class TestPatterns:
    @pytest.mark.parametrize(
        "password",
        [
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "x9Kdx9Kdx9Kd",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "0987654321",
            "가나다라마바사아자차",
            "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ",
            "ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ",
            "qwertyuiop",
            "asdfghjkl;'",
            "ㅂㅈㄷㄱㅅㅁㄴㅇㄹㅎㅋㅌ",
            "!@#$%^&*()",
            "1qaz2wsx3edc",
            "1q2w3e4r5t",
            "01012345678",
            "83759204716",
            "20240301 1231",
        ],
    )
    def test_are_refused(self, password: str) -> None:
        assert weakness_of(password) in (Weakness.PATTERN, Weakness.COMMON)


class TestPersonal:
    @pytest.mark.parametrize(
        "password",
        [
            "minjae.kim@example.org",
            "MinjaeKim1994",
            "m1nj4e-k1m!",
            "rlaalswo1994",
            "blueschool2026",
            "Blue School!!",
            "minjae-alswo",
        ],
    )
    def test_is_what_others_know(self, password: str) -> None:
        assert weakness_of(password, about=ABOUT) is Weakness.PERSONAL

    def test_is_nobodys_elses_concern(self) -> None:
        assert weakness_of("minjaekim1994") is None


class TestGoodOnes:
    @pytest.mark.parametrize(
        "password",
        [
            "correct horse battery staple",
            "kX9#vPq2Lm",
            "오늘 점심은 초록색 문어",
            "blue table river",
            "오리가 물을 건넜다",
        ],
    )
    def test_are_taken(self, password: str) -> None:
        assert weakness_of(password, about=ABOUT) is None

    def test_so_are_those_of_a_generator(self) -> None:
        drawn = random.Random(20260301)  # noqa: S311 - the same ones in every run
        refused = [
            password
            for password in ("".join(drawn.choices(LETTERS, k=12)) for _ in range(2_000))
            if weakness_of(password, about=ABOUT) is not None
        ]

        assert refused == []

    @given(st.text(max_size=60))
    def test_anything_at_all_is_judged(self, text: str) -> None:
        assert weakness_of(text, about=[text[:20]]) in (None, *Weakness)

    @given(st.text(min_size=LEAST, max_size=40))
    def test_nobody_may_have_their_own_name_as_password(self, text: str) -> None:
        name = f"mina{text}"

        assert weakness_of(name, about=[name]) is not None


class TestTelling:
    @pytest.mark.parametrize("weakness", Weakness)
    def test_each_has_its_own_sentence(self, weakness: Weakness) -> None:
        with pytest.raises(WeakPassword) as caught:
            refuse_weak(weakness)

        assert caught.value.details == {"weakness": str(weakness)}
        assert caught.value.field == "password"
        assert caught.value.message.endswith(".")

    def test_nothing_where_there_is_none(self) -> None:
        refuse_weak(None)
