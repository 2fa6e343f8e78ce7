import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts.keyboard import are_neighbours, keys_of, unshifted


class TestHangul:
    @pytest.mark.parametrize(
        ("text", "keys"),
        [
            ("안녕하세요", "dkssudgktpdy"),
            ("비밀번호", "qlalfqjsgh"),
            ("사랑해", "tkfkdgo"),
            ("닭값", "ekfrrkqt"),
            ("의왕", "dmldhkd"),
            ("빨리", "qkffl"),
            ("ㅋㅋㅋ", "zzz"),
            ("ㄳ", "rt"),
            ("힣", "glg"),
            ("Pass 1!", "pass 1!"),
        ],
    )
    def test_is_what_is_typed_on_a_korean_keyboard(self, text: str, keys: str) -> None:
        assert keys_of(text) == keys

    @given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=20))
    def test_is_the_same_taken_apart_and_typed_with_letters_alone(self, text: str) -> None:
        keys = keys_of(text)

        assert keys == keys_of(unicodedata.normalize("NFD", text))
        assert keys.isascii()
        assert len(text) * 2 <= len(keys) <= len(text) * 5


class TestNeighbours:
    @pytest.mark.parametrize("pair", ["qw", "wq", "qa", "az", "1q", "2q", "lk", "./", "p[", "ws"])
    def test_touch(self, pair: str) -> None:
        assert are_neighbours(*pair)

    @pytest.mark.parametrize("pair", ["qe", "qp", "aa", "1z", "가나"])
    def test_do_not_touch(self, pair: str) -> None:
        assert not are_neighbours(*pair)

    @pytest.mark.parametrize(("key", "without"), [("!", "1"), ("@", "2"), ("?", "/"), ("a", "a"), ("5", "5")])
    def test_are_told_without_shift(self, key: str, without: str) -> None:
        assert unshifted(key) == without
