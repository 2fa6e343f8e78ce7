import pytest

from ion.cli.speech import both, one_of, said
from ion.language import Language


class TestSpeech:
    @pytest.mark.parametrize(("language", "text"), [("ko", "안녕"), ("en", "hello")])
    def test_each_reader_gets_their_language(self, language: Language, text: str) -> None:
        assert said(language, en="hello", ko="안녕") == text
        assert one_of(both(en="hello", ko="안녕"), language) == text

    @pytest.mark.parametrize("language", ["ko", "en"])
    def test_a_text_in_one_language_is_for_everyone(self, language: Language) -> None:
        assert one_of("hello", language) == "hello"
