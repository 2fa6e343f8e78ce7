import pytest

from ion.language import LANGUAGES, Language, is_hangul
from ion.resonance import WORDS, Intent, Pace, Tone


@pytest.mark.parametrize("language", LANGUAGES)
class TestWords:
    def test_every_part_of_a_key_has_its_own(self, language: Language) -> None:
        words = WORDS[language]

        assert set(words) == {*Tone, *Pace, *Intent}
        assert len(set(words.values())) == len(words)

    def test_are_in_the_language(self, language: Language) -> None:
        for words in WORDS[language].values():
            assert any(map(is_hangul, words)) == (language == "ko")
