import itertools
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from ion.errors import Misconfigured
from ion.language import LANGUAGES, Language, is_hangul
from ion.playbooks import narrowing
from ion.playbooks.narrowing import Narrowing, narrowing_texts
from ion.resonance import Intent
from ion.toml import read_toml
from tests.personas.factories import replaced
from tests.playbooks.factories import catalogue, sentences_of, without_quotations
from tests.playbooks.speech import impolite

EACH = 18
FOLDER = Path(narrowing.__file__).parent


def parts_in(language: Language) -> tuple[Mapping[Intent, tuple[str, ...]], Mapping[Intent, tuple[str, ...]]]:
    texts = narrowing_texts(language)
    return texts.questions, texts.meanwhile


def pieces_in(language: Language) -> list[str]:
    return [piece for part in parts_in(language) for pieces in part.values() for piece in pieces]


def said_in(language: Language) -> list[str]:
    """Return every template of every persona, and what is said where no topic fits."""
    templates = []
    for persona in catalogue().values():
        phrases = persona.phrases[language]
        for _, texts in (*phrases.openings, *phrases.leads.items(), *phrases.narrow):
            templates += texts
    return [*pieces_in(language), *templates]


def five_word_sequences(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    return {tuple(words[place : place + 5]) for place in range(len(words) - 4)}


@pytest.mark.parametrize("language", LANGUAGES)
class TestPieces:
    def test_there_are_enough_for_every_intent(self, language: Language) -> None:
        for part in parts_in(language):
            assert {intent: len(pieces) for intent, pieces in part.items()} == dict.fromkeys(Intent, EACH)

    def test_are_written_in_their_language(self, language: Language) -> None:
        for piece in pieces_in(language):
            assert re.search("[A-Za-z]", piece) is None if language == "ko" else not any(map(is_hangul, piece)), piece

    def test_ask_once_or_not_at_all(self, language: Language) -> None:
        for pieces in narrowing_texts(language).questions.values():
            assert all(piece.endswith("?") and piece.count("?") == 1 for piece in pieces)
        for pieces in narrowing_texts(language).meanwhile.values():
            assert all(piece.endswith(".") and "?" not in piece for piece in pieces)

    def test_punctuation_is_sound(self, language: Language) -> None:
        for piece in pieces_in(language):
            assert re.search(r"[{}!]|  |\s[.,;?]|[,;]$|,,|;;|\.\.", piece) is None, piece
            assert piece.count('"') % 2 == 0, piece

    def test_no_five_words_in_a_row_are_said_twice(self, language: Language) -> None:
        seen: dict[tuple[str, ...], str] = {}
        shared = []
        own = set(pieces_in(language))
        for text in said_in(language):
            for words in five_word_sequences(text):
                other = seen.setdefault(words, text)
                if other != text and own & {text, other}:
                    shared.append((other, text))

        assert shared == []

    def test_none_is_given_for_two_intents(self, language: Language) -> None:
        for part in parts_in(language):
            for one, other in itertools.combinations(part.values(), 2):
                assert not {*one} & {*other}


class TestKoreanPieces:
    def test_are_polite(self) -> None:
        for piece in pieces_in("ko"):
            assert impolite(piece, list(sentences_of(without_quotations(piece, "ko")))) == []


class TestNarrowing:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        shutil.copy(FOLDER / "narrowing.en.toml", tmp_path)
        return tmp_path / "narrowing.en.toml"

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("[meanwhile]\nseek_advice = [", "[meanwhile]\nadvice = [", "meanwhile.advice.[key]: Input should be"),
            ("in this cannot move?", "in this cannot move", "questions.planning.0: String should match pattern"),
            ("The last time you", "When? The last time you", "questions.planning.6: String should match pattern"),
            ("[questions]", 'note = "x"\n\n[questions]', "note: Extra inputs are not permitted."),
        ],
    )
    def test_a_fault_is_named_by_file_line_and_reason(self, file: Path, old: str, new: str, reason: str) -> None:
        replaced(file, old, new)

        with pytest.raises(Misconfigured) as caught:
            read_toml(file, Narrowing, error=Misconfigured)

        assert re.match(rf"{re.escape(str(file))}:\d+: {re.escape(reason)}", caught.value.message)

    def test_an_intent_that_is_missing_is_named(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        start = text.rindex("reflection = [")
        file.write_text(text[:start] + "reflection = []\n", encoding="utf-8")

        with pytest.raises(Misconfigured) as caught:
            read_toml(file, Narrowing, error=Misconfigured)

        assert caught.value.message.endswith(": meanwhile: nothing given for reflection.")
