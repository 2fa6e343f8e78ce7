import re
from importlib.resources import files
from string import Formatter
from typing import get_args

import pytest

from ion.language import LANGUAGES, is_hangul
from ion.llm import Reason
from ion.web.texts import load_texts

TEXTS = load_texts()
TEMPLATES = {entry.name: entry.read_text(encoding="utf-8") for entry in (files("ion.web") / "templates").iterdir()}
# t("section.name") and texts[…]("section.name"); keys put together with ~ are in the tables below.
USED = re.compile(r"""(?:\bt|\]|nearest)\(["']([a-z_]+\.[a-z_0-9]+)["'](?!\s*~)""")


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class TestBothLanguages:
    def test_have_the_same_keys_in_the_same_order(self) -> None:
        assert list(TEXTS["ko"].by_key) == list(TEXTS["en"].by_key)

    def test_use_the_same_values(self) -> None:
        different = [
            key for key, text in TEXTS["en"].by_key.items() if values_in(text) != values_in(TEXTS["ko"].by_key[key])
        ]

        assert different == []

    def test_are_in_their_own_language(self) -> None:
        foreign = [key for key, text in TEXTS["ko"].by_key.items() if not any(map(is_hangul, text))]
        foreign += [key for key, text in TEXTS["en"].by_key.items() if any(map(is_hangul, text))]

        assert foreign == ["site.name"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_cannot_be_changed(self, language: str) -> None:
        with pytest.raises(TypeError):
            TEXTS["ko" if language == "ko" else "en"].by_key["site.name"] = "x"  # type: ignore[index]  # meant


class TestKeys:
    @pytest.mark.parametrize("template", TEMPLATES)
    def test_that_a_template_uses_exist(self, template: str) -> None:
        assert set(USED.findall(TEMPLATES[template])) <= set(TEXTS["en"].by_key)

    @pytest.mark.parametrize("reason", [*get_args(Reason), "unknown"])
    def test_there_is_a_text_for_each_way_a_model_can_fail(self, reason: str) -> None:
        assert f"degraded.{reason}" in TEXTS["en"].by_key

    def test_an_unknown_key_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            TEXTS["en"]("no.such")

    def test_a_missing_value_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            TEXTS["en"]("why.summary")

    def test_the_first_known_one_is_taken(self) -> None:
        assert TEXTS["en"].nearest("error.nothing", "error.status_404", "error.other") == TEXTS["en"](
            "error.status_404"
        )
