import re
from dataclasses import replace

import pytest

from ion.language import LANGUAGES, Language, is_hangul
from ion.personas import Catalogue
from ion.resonance import WORDS, ResonanceKey, every_key
from ion.routing import ResonanceRouter, reason_for
from tests.routing.personas import make_persona

PERSONAS = ("lua", "elro", "riri", "nana")


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryReason:
    def test_names_the_mentor_the_role_how_it_read_and_the_score(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language
    ) -> None:
        for key in every_key():
            choice = router.route(key)
            chosen = catalogue[choice.primary]
            reason = reason_for(choice, catalogue, language)

            assert chosen.name in reason
            assert chosen.profile.role[language] in reason
            assert f"{choice.scores[choice.primary]:.2f}" in reason
            for part in (key.tone, key.pace, key.intent):
                assert WORDS[language][part] in reason

    def test_names_the_runner_up_and_every_change_that_would_have_chosen_it(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language
    ) -> None:
        for key in every_key():
            choice = router.route(key)
            assert choice.secondary is not None
            _, _, what_if = reason_for(choice, catalogue, language).partition("예요. " if language == "ko" else ". ")

            assert catalogue[choice.secondary].name in what_if
            assert f"{choice.scores[choice.secondary]:.2f}" in what_if
            for axis in choice.changed_axes:
                assert WORDS[language][getattr(choice.turning_key, axis)] in what_if

    def test_is_in_the_readers_language(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language
    ) -> None:
        for key in every_key():
            for persona in (None, *PERSONAS):
                reason = reason_for(router.route(key, persona=persona), catalogue, language)
                assert any(map(is_hangul, reason)) == (language == "ko")

    def test_is_whole_sentences(self, router: ResonanceRouter, catalogue: Catalogue, language: Language) -> None:
        for key in every_key():
            for persona in (None, *PERSONAS):
                reason = reason_for(router.route(key, persona=persona), catalogue, language)
                assert reason.endswith(".")
                assert reason == " ".join(reason.split())
                assert not re.search(r"[{}_]|None", reason)

    def test_says_that_the_mentor_was_asked_for(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language
    ) -> None:
        asked = "직접 골라 주신" if language == "ko" else "You asked for"

        for persona in PERSONAS:
            chosen = catalogue[persona]
            for key in every_key():
                reason = reason_for(router.route(key, persona=persona), catalogue, language)
                assert asked in reason
                assert chosen.name in reason
                assert chosen.profile.role[language] in reason
                assert asked not in reason_for(router.route(key), catalogue, language)


class TestOfAMentorWhoWasAskedFor:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_says_who_would_have_answered_otherwise(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language
    ) -> None:
        for key in every_key():
            best = router.route(key).primary
            for persona in PERSONAS:
                choice = router.route(key, persona=persona)
                _, _, otherwise = reason_for(choice, catalogue, language).partition(
                    "답이에요." if language == "ko" else "answered."
                )
                if choice.scores[persona] == choice.scores[best]:
                    assert otherwise == ""
                else:
                    assert catalogue[best].name in otherwise
                    assert catalogue[persona].name in otherwise
                    assert f"{choice.scores[best]:.2f}" in otherwise
                    assert f"{choice.scores[persona]:.2f}" in otherwise

    KEY = ResonanceKey.parse("urgent-medium-problem_solving")

    @pytest.mark.parametrize(
        ("language", "reason"),
        [
            (
                "ko",
                "직접 골라 주신 멘토 Lua({role})의 답이에요. "
                "글만 보면 Nana 멘토에게 가장 잘 맞아요({best}점). Lua 멘토는 {own}점이에요.",
            ),
            (
                "en",
                "You asked for Lua ({role}), so Lua answered. "
                "By itself the message suits Nana best, with {best}; Lua has {own}.",
            ),
        ],
    )
    def test_in_words(self, router: ResonanceRouter, catalogue: Catalogue, language: Language, reason: str) -> None:
        choice = router.route(self.KEY, persona="lua")
        best, own = (f"{choice.scores[slug]:.2f}" for slug in ("nana", "lua"))
        role = catalogue["lua"].profile.role[language]

        assert reason_for(choice, catalogue, language) == reason.format(role=role, best=best, own=own)

    @pytest.mark.parametrize(("language", "end"), [("ko", "의 답이에요."), ("en", "so Nana answered.")])
    def test_is_short_where_the_message_suits_them_best(
        self, router: ResonanceRouter, catalogue: Catalogue, language: Language, end: str
    ) -> None:
        assert reason_for(router.route(self.KEY, persona="nana"), catalogue, language).endswith(end)


class TestSentences:
    KEY = ResonanceKey.parse("urgent-medium-problem_solving")

    def test_in_english(self, router: ResonanceRouter, catalogue: Catalogue) -> None:
        reason = reason_for(router.route(self.KEY), catalogue, "en")

        assert reason.startswith(
            "It has an urgent tone, in plain sentences, and reads as a problem to be solved; Nana ("
        )
        assert reason.endswith("would have answered.")

    def test_in_korean(self, router: ResonanceRouter, catalogue: Catalogue) -> None:
        reason = reason_for(router.route(self.KEY), catalogue, "ko")

        assert reason.startswith(
            "시간에 쫓기는 말투, 평이한 문장, 문제를 풀려는 글로 읽었고, 여기에 가장 잘 맞는 멘토는 Nana("
        )
        assert reason.endswith("에게 갔을 거예요.")

    @pytest.mark.parametrize(
        ("turned", "words"),
        [
            ("calm-medium-problem_solving", "차분한 말투로 읽혔다면"),
            ("urgent-burst-problem_solving", "짧게 끊어지는 문장으로 읽혔다면"),
            ("urgent-medium-reflection", "돌아보는 글로 읽혔다면"),
            ("calm-burst-problem_solving", "차분한 말투, 짧게 끊어지는 문장으로 읽혔다면"),
            ("calm-burst-reflection", "차분한 말투, 짧게 끊어지는 문장, 돌아보는 글로 읽혔다면"),
        ],
    )
    def test_korean_particles_follow_the_last_change(
        self, router: ResonanceRouter, catalogue: Catalogue, turned: str, words: str
    ) -> None:
        choice = replace(router.route(self.KEY), turning_key=ResonanceKey.parse(turned))

        assert words in reason_for(choice, catalogue, "ko")

    def test_no_korean_reason_has_a_particle_that_does_not_fit(
        self, router: ResonanceRouter, catalogue: Catalogue
    ) -> None:
        reasons = [reason_for(router.route(key), catalogue, "ko") for key in every_key()]

        assert [reason for reason in reasons if "문장로" in reason or "글으로" in reason or "말투으로" in reason] == []
        assert [reason for reason in reasons if "문장으로 읽혔다면" in reason]

    @pytest.mark.parametrize(("language", "words"), [("ko", "다음은 Never("), ("en", "Next came Never (")])
    def test_a_runner_up_that_never_wins_is_named_without_a_change(
        self, catalogue: Catalogue, language: Language, words: str
    ) -> None:
        personas = Catalogue(
            [
                make_persona(catalogue["lua"], slug="always", rank=1, tone=1.0),
                make_persona(catalogue["lua"], slug="never", rank=2, tone=0.9),
            ]
        )
        router = ResonanceRouter(personas)

        assert words in reason_for(router.route(self.KEY), personas, language)

    @pytest.mark.parametrize(("language", "end"), [("ko", "점)예요."), ("en", "suits that best, with 0.96.")])
    def test_a_single_persona_has_nobody_to_be_compared_with(
        self, catalogue: Catalogue, language: Language, end: str
    ) -> None:
        alone = Catalogue([make_persona(catalogue["nana"], slug="alone", rank=1)])
        reason = reason_for(ResonanceRouter(alone).route(self.KEY), alone, language)

        assert "Alone" in reason
        assert reason.endswith(end)
