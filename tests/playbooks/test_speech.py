import pytest

from tests.playbooks.speech import impolite


class TestImpolite:
    @pytest.mark.parametrize(
        "sentence", ["해 봐요.", "그렇죠.", "볼까요?", "합니다.", "어떻습니까?", "적어 주세요.", "일하는 법, 말, 규칙."]
    )
    def test_passes_polite_sentences_and_lists(self, sentence: str) -> None:
        assert impolite(sentence, [sentence]) == []

    @pytest.mark.parametrize("sentence", ["해 봐.", "한다.", "그렇지?", "적어라.", "할 것.", "몇 번인지."])
    def test_finds_what_is_not(self, sentence: str) -> None:
        assert impolite(sentence, [sentence]) == [sentence]

    def test_a_measure_is_a_label(self) -> None:
        assert impolite("- **실패율**: 열 번 중 몇 번인지.", ["열 번 중 몇 번인지."]) == []
