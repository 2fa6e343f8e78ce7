import pytest

from ion.language import LANGUAGES, Language, language_of
from ion.personas import PromptAsk, Said, build_prompt, company_of, load_catalogue, merging_prompt
from ion.resonance import ResonanceKey

LUA, ELRO, NANA = (load_catalogue()[slug] for slug in ("lua", "elro", "nana"))


class TestCompany:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_the_others_and_the_part_that_is_ones_own(self, language: Language) -> None:
        told = company_of(LUA, [ELRO, NANA], language=language, words="the words", said=[])

        assert f"Elro ({ELRO.profile.role[language]}), Nana ({NANA.profile.role[language]})" in told
        assert LUA.profile.role[language] in told
        assert "the words" in told
        assert language_of(told) == language
        assert "{" not in told

    def test_tells_what_those_before_said_up_to_a_length(self) -> None:
        told = company_of(LUA, [ELRO], language="en", words=None, said=[Said(ELRO, "Split it. " + "x" * 5_000)])

        assert "Elro has answered this already" in told
        assert "Split it." in told
        assert len(told) < 2_000
        assert "Your part" not in told

    @pytest.mark.parametrize("compact", [True, False])
    def test_is_in_every_prompt(self, compact: bool) -> None:
        ask = PromptAsk("en", ResonanceKey.parse("calm-medium-learning"), "Hi", (), (), (), False, "YOU ARE ONE OF TWO")
        prompt = build_prompt(LUA, ask, history_tokens=100, output_tokens=100, compact=compact)

        assert "YOU ARE ONE OF TWO" in prompt.system


class TestMerging:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_gives_the_message_and_every_part_as_material(self, language: Language) -> None:
        prompt = merging_prompt([Said(LUA, "Rest."), Said(ELRO, "Split.")], "Help me", language, output_tokens=77)

        given = prompt.messages[-1].content
        assert "<<<\nHelp me\n>>>" in given
        assert f"Lua ({LUA.profile.role[language]}):\n<<<\nRest.\n>>>" in given
        assert "Split." in given
        assert "Lua, Elro" in prompt.system
        assert language_of(prompt.system) == language
        assert prompt.max_output_tokens == 77
