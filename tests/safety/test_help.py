import pytest

from ion.language import LANGUAGES, Language
from ion.safety import CrisisReason, CrisisReply, crisis_reply


def reply(
    reason: CrisisReason = CrisisReason.SUICIDE,
    language: Language = "ko",
    *,
    country: str | None = None,
    name: str | None = None,
    contact: str | None = None,
) -> CrisisReply:
    return crisis_reply(reason, language, country=country, contact_name=name, contact=contact)


def numbers(answer: CrisisReply) -> list[str]:
    return [line.number for line in answer.lines]


class TestLines:
    def test_korean_is_given_korean_lines(self) -> None:
        assert numbers(reply())[:2] == ["109", "1577-0199"]

    def test_english_without_a_country_is_given_american_british_and_international_ones(self) -> None:
        assert {"988", "116 123", "findahelpline.com"} <= set(numbers(reply(language="en")))

    @pytest.mark.parametrize(("country", "first"), [("GB", "116 123"), ("us", "988"), ("KR", "109")])
    def test_a_country_has_its_own(self, country: str, first: str) -> None:
        assert numbers(reply(language="en", country=country))[0] == first

    def test_any_other_country_is_led_to_its_own(self) -> None:
        assert numbers(reply(language="en", country="NZ")) == ["findahelpline.com"]

    def test_violence_has_its_own_lines_first(self) -> None:
        assert numbers(reply(CrisisReason.VIOLENCE))[:2] == ["1366", "112"]
        assert "1-800-799-7233" in numbers(reply(CrisisReason.VIOLENCE, "en"))

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("reason", CrisisReason)
    def test_every_line_stands_in_the_text_and_can_be_tapped(self, reason: CrisisReason, language: Language) -> None:
        answer = reply(reason, language)

        assert answer.lines
        for line in answer.lines:
            assert f"{line.name}: {line.number}" in answer.text
            assert line.href.startswith(("tel:", "https://"))


class TestContact:
    def test_comes_first(self) -> None:
        answer = reply(name="학생상담센터", contact="02-123-4567")

        assert (answer.lines[0].name, answer.lines[0].number, answer.lines[0].href) == (
            "학생상담센터",
            "02-123-4567",
            "tel:021234567",
        )

    def test_that_is_a_place_is_no_link(self) -> None:
        assert reply(contact="본관 3층 상담실").lines[0].href == ""


class TestWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("reason", CrisisReason)
    def test_say_that_it_is_automatic_and_ask_nothing(self, reason: CrisisReason, language: Language) -> None:
        text = reply(reason, language).text

        assert ("자동" if language == "ko" else "automatic") in text
        assert "?" not in text
