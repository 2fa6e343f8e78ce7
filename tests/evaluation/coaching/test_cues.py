import re

import pytest

from ion.evaluation.coaching.cues import any_of, cues_of
from ion.language import LANGUAGES, Language


class TestCues:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_tables_are_complete(self, language: Language) -> None:
        assert len(cues_of(language).stopwords) > 30

    def test_case_does_not_matter(self) -> None:
        assert cues_of("en").directives.offers.search("YOU COULD")


class TestAnyOf:
    def test_finds_what_any_pattern_finds(self) -> None:
        found = any_of(["a|b", "c"])

        assert isinstance(found, re.Pattern)
        assert found.findall("abcd") == ["a", "b", "c"]

    def test_no_patterns_find_nothing(self) -> None:
        found = any_of([])

        assert isinstance(found, re.Pattern)
        assert found.search("") is None

    @pytest.mark.parametrize("patterns", ["a", [1], ["("]])
    def test_refuses_what_is_no_pattern(self, patterns: object) -> None:
        with pytest.raises(ValueError, match="pattern"):
            any_of(patterns)
