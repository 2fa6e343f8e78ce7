from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.language import (
    LANGUAGES,
    Language,
    direction_particle,
    is_hangul,
    language_of,
    object_particle,
    subject_particle,
    topic_particle,
)


class TestIsHangul:
    @pytest.mark.parametrize("char", ["가", "힣", "ㅋ", "ㅠ", "\u1100", "\u11ff", "\u3130", "\u318f"])
    def test_syllables_and_jamo_are(self, char: str) -> None:
        assert is_hangul(char)

    @pytest.mark.parametrize("char", ["a", "1", "漢", "あ", "🙂", "\uabff", "\ud7a4", "\u10ff", "\u1200", "\u3190"])
    def test_others_are_not(self, char: str) -> None:
        assert not is_hangul(char)


class TestLanguageOf:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("배포가 내일이에요", "ko"),
            ("ㅋㅋㅋㅋ", "ko"),
            ("We ship tomorrow", "en"),
            # English terms do not make a Korean message English
            ("React useEffect dependency가 왜 필요해요?", "ko"),
            ("git rebase 하다가 conflict 났어요", "ko"),
            ("CI에서 pytest가 timeout 나요", "ko"),
            # nor a Korean word an English one Korean
            ("My manager wrote '수고하셨습니다' at the end. Is that good?", "en"),
            ("Our team says 화이팅 before every release", "en"),
            # four letters weigh as much as one syllable, and a tie is Korean
            ("가 abcd", "ko"),
            ("가 abcde", "en"),
        ],
    )
    def test_is_what_most_letters_are_in(self, text: str, language: Language) -> None:
        assert language_of(text) == language

    @pytest.mark.parametrize("default", LANGUAGES)
    @pytest.mark.parametrize("text", ["", "🙂", "123 ?!", "日本語", "привет"])
    def test_is_the_default_where_there_are_no_letters_of_either(self, text: str, default: Language) -> None:
        assert language_of(text, default=default) == default

    def test_the_default_is_english_unless_said(self) -> None:
        assert language_of("?") == "en"

    @settings(deadline=None)
    @given(text=st.text())
    def test_any_text_has_one(self, text: str) -> None:
        assert language_of(text) in LANGUAGES


class TestParticles:
    @pytest.mark.parametrize(
        ("word", "obj", "topic", "subject", "direction"),
        [
            ("테스트", "를", "는", "가", "로"),
            ("계획", "을", "은", "이", "으로"),
            ("글", "을", "은", "이", "로"),
            ("말투", "를", "는", "가", "로"),
            ("문장", "을", "은", "이", "으로"),
            ("가", "를", "는", "가", "로"),
            ("힣", "을", "은", "이", "으로"),
            ("'계획'", "을", "은", "이", "으로"),
            ("“회의” ", "를", "는", "가", "로"),
            ("일정)", "을", "은", "이", "으로"),
            ("Lua", "을(를)", "은(는)", "이(가)", "(으)로"),
            ("2024", "을(를)", "은(는)", "이(가)", "(으)로"),
            ("ㅋㅋ", "을(를)", "은(는)", "이(가)", "(으)로"),
            ("", "을(를)", "은(는)", "이(가)", "(으)로"),
        ],
    )
    def test_follow_the_last_syllable(self, word: str, obj: str, topic: str, subject: str, direction: str) -> None:
        particles = (object_particle, topic_particle, subject_particle, direction_particle)

        assert [particle(word) for particle in particles] == [obj, topic, subject, direction]

    @pytest.mark.parametrize("particle", [object_particle, topic_particle, subject_particle, direction_particle])
    @settings(deadline=None)
    @given(word=st.text())
    def test_every_word_takes_one(self, particle: Callable[[str], str], word: str) -> None:
        assert particle(word)
