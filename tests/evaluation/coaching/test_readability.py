import pytest

from ion.evaluation.coaching import readability_of
from ion.language import Language

EASY: list[tuple[Language, str]] = [
    ("en", "Write one line. Read it aloud. What do you hear?"),
    ("en", "The test fails one time in three, so look at what it shares with the others."),
    ("en", "- one\n- two\n- three"),
    ("ko", "한 줄만 적어 보세요. 소리 내어 읽어 볼까요?"),
    ("ko", "세 번 가운데 한 번 깨진다면 다른 테스트와 함께 쓰는 것부터 볼 만해요."),
    ("ko", "- 하나\n- 둘"),
]
HARD: list[tuple[Language, str]] = [
    ("en", "In order to " + "facilitate comprehensive organisational communication improvements " * 6 + "we proceed."),
    ("en", " ".join(["word"] * 45) + "."),
    ("en", "Notwithstanding aforementioned considerations, " * 9 + "implementation continues."),
    ("ko", "그리고 나서 " * 20 + "보면 좋아요."),
    ("ko", "조직내의사소통활성화방안을 " * 19 + "검토해야합니다."),
    ("ko", "여러 사람이 함께 모여서 오래 이야기를 나누다가 " * 6 + "정해요."),
]


class TestScore:
    @pytest.mark.parametrize(("language", "reply"), EASY)
    def test_is_high_for_short_sentences(self, language: Language, reply: str) -> None:
        assert readability_of(reply, language).score >= 0.9

    @pytest.mark.parametrize(("language", "reply"), HARD)
    def test_is_low_for_long_ones(self, language: Language, reply: str) -> None:
        assert readability_of(reply, language).score <= 0.5

    def test_of_nothing_is_one(self) -> None:
        assert readability_of("", "en").score == 1


class TestParts:
    def test_are_counted(self) -> None:
        found = readability_of("One two three. " + "word " * 26 + "internationalisation.", "en")

        assert found.words_per_sentence == 15
        assert found.long_sentences == 0.5
        assert found.long_words == pytest.approx(1 / 30)
