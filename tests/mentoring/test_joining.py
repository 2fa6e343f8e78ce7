import pytest

from ion.language import Language
from ion.mentoring.conversation import EngineUsed
from ion.mentoring.joining import Spoken, is_well_merged, joined, merged_engine, tidied
from ion.personas import load_catalogue

LUA, ELRO = (load_catalogue()[slug] for slug in ("lua", "elro"))
MODEL = EngineUsed("model", model="m", input_tokens=7, output_tokens=3)
TWO = (Spoken(LUA, "Breathe first. Then write one line.", MODEL), Spoken(ELRO, "Split it in two.", MODEL))


class TestTidying:
    @pytest.mark.parametrize(
        ("text", "tidy"),
        [
            ("Lua: Breathe first.", "Breathe first."),
            ("**Lua** (empathy): Breathe first.", "Breathe first."),
            ("  Breathe first. Then write.  ", "Breathe first. Then write."),
            ("Breathe first. What comes up?", "Breathe first."),
            ("Breathe first. What comes up? And then?", "Breathe first."),
            ("What comes up?", "What comes up?"),
            ("Breathe first. Then you cou", "Breathe first."),
            ("Breathe first.\n- one\n- two", "Breathe first.\n- one\n- two"),
            ("잠깐 쉬어요. 무엇이 떠오르세요?", "잠깐 쉬어요."),
            ("Half a sentence alone", "Half a sentence alone"),
        ],
    )
    def test_leaves_whole_sentences_without_name_or_question(self, text: str, tidy: str) -> None:
        assert tidied(text, LUA) == tidy


class TestJoining:
    def test_names_who_says_what_and_ends_with_the_closing(self) -> None:
        text = joined(TWO, head="Hello.", closing="What now?")

        assert text == (
            "Hello.\n\n**Lua**: Breathe first. Then write one line.\n\n**Elro**: Split it in two.\n\nWhat now?"
        )

    def test_says_nothing_twice(self) -> None:
        again = Spoken(ELRO, "Then write one line! Split it in two.", MODEL)

        assert "**Elro**: Split it in two." in joined((TWO[0], again), head="", closing="What now?")

    def test_numbers_of_lists_are_no_repetition(self) -> None:
        lists = [
            Spoken(persona, f"1. {text}\n2. Rest.", MODEL) for persona, text in ((LUA, "Breathe."), (ELRO, "Split."))
        ]

        assert "**Elro**: 1. Split.\n2. Rest." in joined(lists, head="", closing="What now?")

    def test_leaves_out_who_adds_nothing(self) -> None:
        echo = Spoken(ELRO, "then, write one line.", MODEL)

        assert "Elro" not in joined((TWO[0], echo), head="", closing="What now?")


class TestMerging:
    @pytest.mark.parametrize(
        ("text", "language", "well"),
        [
            ("**Lua**: Breathe.\n\n**Elro**: Split it.\n\nWhat now?", "en", True),
            ("**Lua:** Breathe.\n\n**Elro:** Split it.\n\nWhat now?", "en", True),
            ("**Lua**: Breathe, and split it as Elro says.", "en", False),
            ("Breathe, then split it.", "en", False),
            ("**Lua**: 쉬어요.\n\n**Elro**: 나눠요.", "en", False),
            ("**Lua**: 쉬어요.\n\n**Elro**: 나눠요.", "ko", True),
            ("**Lua**:\n\n**Elro**:", "en", False),
        ],
    )
    def test_is_done_well_where_everybody_speaks_in_the_language(
        self, text: str, language: Language, well: bool
    ) -> None:
        assert is_well_merged(text, TWO, language) is well


class TestEngine:
    def test_of_models_alone_adds_their_counts(self) -> None:
        used = merged_engine(TWO, MODEL)

        assert used == EngineUsed("model", model="m", input_tokens=21, output_tokens=9)

    def test_of_playbooks_names_the_first_topic(self) -> None:
        spoken = [Spoken(LUA, "a", EngineUsed("playbooks")), Spoken(ELRO, "b", EngineUsed("playbooks", topic="salary"))]

        assert merged_engine(spoken, None) == EngineUsed("playbooks", topic="salary")

    def test_of_one_that_failed_is_degraded(self) -> None:
        failed = EngineUsed("playbooks", degraded=True, reason="timeout", topic="salary")

        used = merged_engine((TWO[0], Spoken(ELRO, "b", failed)), MODEL)

        assert (used.name, used.degraded, used.reason, used.topic) == ("model", True, "timeout", None)
