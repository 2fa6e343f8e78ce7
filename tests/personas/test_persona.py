import re
from string import Template

import pytest

from ion.language import LANGUAGES, is_hangul, language_of
from ion.personas import Persona, load_catalogue
from ion.resonance import Intent, Pace, ResonanceKey, Tone
from ion.routing import ResonanceRouter

CATALOGUE = load_catalogue()
ROUTER = ResonanceRouter(CATALOGUE)
every_persona = pytest.mark.parametrize("persona", CATALOGUE.values(), ids=CATALOGUE)


@every_persona
class TestEveryPersona:
    def test_says_who_it_is_in_both_languages(self, persona: Persona) -> None:
        for language in LANGUAGES:
            role, description = persona.profile.role[language], persona.profile.description[language]

            assert any(map(is_hangul, role)) == any(map(is_hangul, description)) == (language == "ko")
            assert description.endswith(".")
            assert len(role) < len(description)

    def test_has_phrases_of_its_own_in_both_languages(self, persona: Persona) -> None:
        others = [other for other in CATALOGUE.values() if other is not persona]
        for language in LANGUAGES:
            mine = set(persona.phrases[language].openings.quote)

            assert len(mine) >= 5
            assert not any(mine & set(other.phrases[language].openings.quote) for other in others)

    def test_has_a_lead_for_every_intent(self, persona: Persona) -> None:
        for language in LANGUAGES:
            assert {intent for intent, leads in persona.phrases[language].leads.items() if len(leads) >= 2} == {*Intent}

    def test_has_prompts_that_name_it(self, persona: Persona) -> None:
        for language in LANGUAGES:
            assert {*Template(persona.prompts[language]).get_identifiers()} == {"name", "role"}

    def test_quotes_only_between_quotation_marks(self, persona: Persona) -> None:
        for language in LANGUAGES:
            openings, narrow = persona.phrases[language].openings, persona.phrases[language].narrow
            sentences = (*openings.quote, *openings.question, *openings.deadline, *openings.continuing, *narrow.known)
            slots = re.findall(r"(.?)\{(?:quote|question|about)\}(.?)", "\n".join(sentences))

            assert {*slots} == {("'", "'") if language == "ko" else ('"', '"')}

    def test_has_an_example_in_each_language(self, persona: Persona) -> None:
        assert sorted(example.language for example in persona.examples) == ["en", "ko"]

    def test_answers_its_own_examples(self, persona: Persona) -> None:
        for example in persona.examples:
            assert ROUTER.route(ResonanceKey.parse(example.key)).primary == persona.slug
            assert language_of(example.message) == example.language
            assert language_of(example.good) in LANGUAGES

    def test_suits_some_message_best(self, persona: Persona) -> None:
        best = [key for key in _keys() if ROUTER.route(key).primary == persona.slug]

        assert best

    def test_gives_its_three_affinities_for_a_key(self, persona: Persona) -> None:
        table = persona.profile.affinity

        assert persona.affinity(Tone.URGENT, Pace.BURST, Intent.PLANNING) == (
            table.tone[Tone.URGENT],
            table.pace[Pace.BURST],
            table.intent[Intent.PLANNING],
        )


def _keys() -> list[ResonanceKey]:
    return [ResonanceKey(tone, pace, intent) for tone in Tone for pace in Pace for intent in Intent]
