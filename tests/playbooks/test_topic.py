import re
from pathlib import Path

import pytest

from ion.language import LANGUAGES, Language, is_hangul
from ion.playbooks import Topic, grounding
from ion.resonance import Intent, ResonanceKey
from tests.playbooks.factories import library

TOPICS = Path(__file__).parents[2] / "src/ion/playbooks/topics"
FILES = [
    pytest.param(language, topic, id=f"{language}-{slug}")
    for language in LANGUAGES
    for slug, topic in library()[language].items()
]


def pieces_of(topic: Topic) -> list[str]:
    """Return everything of a topic that is shown apart from what stands around it."""
    return [
        *(topic.small + topic.triage[:1] + topic.firsts + topic.pitfalls + topic.followups),
        *(text for step in topic.steps for text in (step.do, step.check)),
        *(criterion.measure for criterion in topic.criteria),
        *(errand.do for errand in topic.people),
    ]


class TestEveryTopic:
    def test_both_languages_have_the_same_ones(self) -> None:
        slugs = list(library()["ko"])

        assert slugs == list(library()["en"]) == sorted(slugs)
        assert set(slugs) == {folder.name for folder in TOPICS.iterdir()}
        assert len(slugs) >= 49

    @pytest.mark.parametrize(("language", "topic"), FILES)
    def test_is_written_in_its_language(self, language: Language, topic: Topic) -> None:
        for text in topic.texts():
            hangul = any(map(is_hangul, text))
            # A Korean cue may be a name that people say in English: flaky, SQL.
            assert hangul or text in topic.cues if language == "ko" else not hangul, text

    @pytest.mark.parametrize(("language", "topic"), FILES)
    def test_has_enough_of_everything(self, language: Language, topic: Topic) -> None:
        counts = [len(topic.small), len(topic.steps), len(topic.criteria), len(topic.people), len(topic.examples)]

        assert all(count >= least for count, least in zip(counts, (4, 6, 5, 5, 12), strict=True))
        assert all(len(questions) >= 2 for questions in topic.questions.values())
        assert all(len(frames) >= 2 for frames in topic.frames.values())

    @pytest.mark.parametrize(("language", "topic"), FILES)
    def test_says_nothing_twice(self, language: Language, topic: Topic) -> None:
        shown = pieces_of(topic)

        assert len(set(shown)) == len(shown)

    @pytest.mark.parametrize(("language", "topic"), FILES)
    def test_every_piece_stands_on_its_own(self, language: Language, topic: Topic) -> None:
        leaning = {
            "ko": r"(?:그 옆에|그 한 줄|그 두 |그 세 |그래도|그다음|그러면|그곳)",
            "en": r"(?:next to it|put them|say them|send them|send both|take that|lower that|for one of them)\b",
        }
        firsts = [
            *topic.small,
            *topic.triage[:1],
            *topic.firsts,
            *(step.do for step in topic.steps),
            *(e.do for e in topic.people),
        ]

        assert [text for text in firsts if re.match(leaning[language], text, re.IGNORECASE)] == []

    @pytest.mark.parametrize(("language", "topic"), FILES)
    def test_punctuation_is_sound(self, language: Language, topic: Topic) -> None:
        groups = [*topic.frames.values(), *topic.questions.values()]
        for text in (*pieces_of(topic), *(text for group in groups for text in group), topic.ends, topic.title):
            # ".gitignore" and "I would ..." are meant.
            assert re.search(r"  |\s[,?;]|\s\.(?![\w.])|[,;]$|,,|;;|(?<!\.)\.\.(?!\.)|!", text) is None, text
            assert text.count("(") == text.count(")"), text
            assert text.count('"') % 2 == 0, text

    @pytest.mark.parametrize("topic", library()["en"].values(), ids=library()["en"])
    def test_what_fills_an_english_lead_begins_small(self, topic: Topic) -> None:
        assert [text for text in topic.small if not (text[0].islower() or text.startswith(("I ", "I'")))] == []

    @pytest.mark.parametrize("topic", library()["ko"].values(), ids=library()["ko"])
    def test_a_small_thing_in_korean_ends_as_a_suggestion(self, topic: Topic) -> None:
        assert [text for text in topic.small if not text.endswith("거예요")] == []

    def test_no_sentence_is_shared_between_topics(self) -> None:
        for language in LANGUAGES:
            shown = [text for topic in library()[language].values() for text in pieces_of(topic)]

            assert [text for text in set(shown) if shown.count(text) > 1] == []


class TestGrounding:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_gives_a_model_the_frames_steps_pitfalls_and_the_end(self, language: Language) -> None:
        topic = library()[language]["flaky-tests"]

        notes = grounding(topic, ResonanceKey.parse("calm-medium-planning"))

        assert [*notes[:2]] == [*topic.frames[Intent.PLANNING][:2]]
        assert f"{topic.steps[0].do} ({topic.steps[0].check})" in notes
        assert notes[-1] == topic.ends
        assert len(notes) == 2 + 3 + 2 + 1
