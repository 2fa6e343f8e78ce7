import pytest

from ion.language import LANGUAGES, Language, language_of
from ion.mentoring.gathering import Alone, Gathering, Ground, Pull, Seat
from ion.mentoring.gathering_reasons import alone_because, seat_reason, together_because
from ion.personas import load_catalogue
from ion.resonance import ResonanceKey
from ion.routing import ResonanceRouter

CATALOGUE = load_catalogue()
CHOICE = ResonanceRouter(CATALOGUE).route(ResonanceKey.parse("calm-medium-learning"))
PARTS = (Pull(CHOICE.scores, "salary", "clause", "words"), Pull(CHOICE.scores, "rosters", "clause"))


class TestTogether:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("ground", Ground)
    def test_is_told_in_the_readers_language(self, ground: Ground, language: Language) -> None:
        told = together_because(Gathering(ground, (Seat("lua"), Seat("nana"))), CATALOGUE, language)

        assert language_of(told) == language
        assert told.endswith(".")
        assert "{" not in told

    def test_counts_the_matters_and_names_who_shares_them(self) -> None:
        seats = (Seat("lua", PARTS[0]), Seat("nana", PARTS[1]), Seat("elro", PARTS[0]))

        told = together_because(Gathering(Ground.MATTERS, seats), CATALOGUE, "en")

        assert told == "The message holds 2 different matters, so Lua, Nana and Elro shared them out."
        assert "2가지 있어서 Lua, Nana, Elro 멘토가" in together_because(
            Gathering(Ground.MATTERS, seats), CATALOGUE, "ko"
        )


class TestAlone:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("alone", Alone)
    def test_names_who_answered(self, alone: Alone, language: Language) -> None:
        told = alone_because(alone, CHOICE, CATALOGUE, language)

        assert language_of(told) == language
        assert "Elro" in told
        assert told.endswith(".")


class TestSeat:
    @pytest.mark.parametrize(
        ("part", "told"),
        [
            (PARTS[0], 'With an eye for empathy and creativity, takes "words".'),
            (PARTS[1], 'With an eye for empathy and creativity, takes "clause".'),
            (
                Pull(CHOICE.scores, "salary", "long " * 30),
                "Looks at it with an eye for empathy and creativity; suits the message with 0.66.",
            ),
            (None, "Looks at it with an eye for empathy and creativity; suits the message with 0.66."),
        ],
    )
    def test_says_what_the_mentor_takes(self, part: Pull | None, told: str) -> None:
        assert seat_reason(Seat("lua", part), CHOICE, CATALOGUE, "en", quotable=True) == told

    def test_repeats_nothing_of_a_suspicious_message(self) -> None:
        assert "words" not in seat_reason(Seat("lua", PARTS[0]), CHOICE, CATALOGUE, "en", quotable=False)

    def test_speaks_korean(self) -> None:
        told = seat_reason(Seat("nana", PARTS[0]), CHOICE, CATALOGUE, "ko", quotable=True)

        assert told == "조율과 진행 멘토라서 'words' 부분을 맡았어요."
