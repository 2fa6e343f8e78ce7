import pytest

from ion.cli.environment import has_display, is_debugging, wanted_language
from ion.language import Language


class TestWantedLanguage:
    @pytest.mark.parametrize(
        ("words", "locale", "language"),
        [
            ([], {}, "en"),
            ([], {"LANG": "ko_KR.UTF-8"}, "ko"),
            ([], {"LC_ALL": "ko"}, "ko"),
            ([], {"LC_ALL": "en_GB.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
            ([], {"LC_MESSAGES": "ko_KR", "LANG": "en_US"}, "ko"),
            ([], {"LC_ALL": "", "LANG": "ko_KR"}, "ko"),
            ([], {"LANG": "fr_FR.UTF-8"}, "en"),
            (["doctor", "--lang", "ko"], {}, "ko"),
            (["doctor", "--lang=ko"], {}, "ko"),
            (["doctor", "--lang", "en"], {"LANG": "ko_KR"}, "en"),
            (["doctor", "--lang"], {"LANG": "ko_KR"}, "ko"),
            (["doctor", "--lang", "fr"], {"LANG": "ko_KR"}, "ko"),
            (["ask", "--", "--lang", "ko"], {}, "en"),
            (["ask", "뭐부터 봐야 할까요?"], {}, "ko"),
            (["ask", "뭐부터 봐야 할까요?", "--lang", "en"], {}, "ko"),
            (["ask", "Where do I start?", "--lang", "ko"], {}, "ko"),
            (["ask", "Where do I start?"], {"LANG": "ko_KR"}, "ko"),
        ],
    )
    def test_follows_the_message_then_the_option_then_the_locale(
        self, monkeypatch: pytest.MonkeyPatch, words: list[str], locale: dict[str, str], language: Language
    ) -> None:
        monkeypatch.delenv("LANG")
        for name, value in locale.items():
            monkeypatch.setenv(name, value)

        assert wanted_language(words) == language


class TestSurroundings:
    @pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
    def test_a_display_is_one_of_two_variables(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        before = has_display()
        monkeypatch.setenv(name, ":0")

        assert (before, has_display()) == (False, True)

    @pytest.mark.parametrize(("level", "debugging"), [("debug", True), ("info", False)])
    def test_debugging_is_asked_for_by_the_log_level(
        self, monkeypatch: pytest.MonkeyPatch, level: str, debugging: bool
    ) -> None:
        monkeypatch.setenv("ION_LOG__LEVEL", level)

        assert is_debugging() is debugging
