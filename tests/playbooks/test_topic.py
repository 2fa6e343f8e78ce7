import re
import shutil
from pathlib import Path

import pytest

from ion.errors import Misconfigured
from ion.language import LANGUAGES, Language, is_hangul
from ion.playbooks import BadTopic, Topic, grounding, load_topics
from ion.resonance import Intent, ResonanceKey
from tests.personas.factories import line_with, replaced
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
        *(topic.small + topic.triage[:1] + topic.pitfalls + topic.followups),
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
        firsts = [*topic.small, *topic.triage[:1], *(step.do for step in topic.steps), *(e.do for e in topic.people)]

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


# (what is replaced, by what, a part of the line to be named, the reason)
BROKEN = {
    "toml-string-left-open": ('applies = "', "applies = ", "applies", "Invalid value."),
    "toml-table-without-end": ("[frames]", "[frames", "[frames", "Expected ']' at the end of a table declaration."),
    "key-misspelt": ("applies = ", "aplies = ", "title", "applies: Field required."),
    "a-key-too-many": ("[frames]", 'colour = "red"\n\n[frames]', "colour", "colour: Extra inputs are not permitted."),
    "empty-title": (
        'title = "이유 없이 깨졌다 붙었다 하는 테스트"',
        'title = ""',
        "title",
        "title: String should have at least 1 character.",
    ),
    "small-with-full-stop": (
        "커피 한 잔 하고 오는 거예요",
        "커피 한 잔 하고 오는 거예요.",
        "small",
        "small.2: String should match pattern",
    ),
    "pitfall-not-closed": ("결함도 같이 숨어요.", "결함도 같이 숨어요", "pitfalls", "pitfalls.0: String should match"),
    "question-without-mark": ("몇 번 깨지나요?", "몇 번 깨지나요", "reality", "questions.reality.0: String should"),
    "frames-of-no-intent": ("planning = [", "plans = [", "plans", "frames.plans.[key]: Input should be"),
    "questions-of-no-stage": ("options = [", "choices = [", "choices", "questions.choices.[key]: Input should be"),
    "too-few-triage": (
        "triage = [",
        'triage = ["하나만 해요"]\nearlier = [',
        "triage",
        "triage: Tuple should have at least 2 items",
    ),
}
# (what is replaced, by what, the first line of the piece whose head is to be named, the reason)
BROKEN_PIECES = {
    "step-without-check": (
        'check = "혼자서는 늘',
        'chekc = "혼자서는 늘',
        'do = "그 테스트만 따로',
        "steps.1.check: Field required.",
    ),
    "errand-without-time": ('when = "이번 주"', 'wenn = "이번 주"', "wenn", "people.3.when: Field required."),
    "criterion-without-measure": ('measure = "실패의 80', 'meazure = "실패의 80', "쏠림", "criteria.2.measure: Field"),
}


class TestLoadTopics:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        shutil.copytree(TOPICS / "flaky-tests", tmp_path / "flaky-tests")
        return tmp_path / "flaky-tests/ko.toml"

    def test_reads_another_folder(self, file: Path) -> None:
        library = load_topics(file.parents[1])

        assert [list(library[language]) for language in LANGUAGES] == [["flaky-tests"], ["flaky-tests"]]
        assert library["ko"]["flaky-tests"].slug == "flaky-tests"

    def test_leaves_out_what_is_put_aside(self, file: Path) -> None:
        for name in ("_draft", ".trash"):
            shutil.copytree(file.parent, file.parents[1] / name)
        (file.parents[1] / "README.md").write_text("topics", encoding="utf-8")

        assert list(load_topics(file.parents[1])["ko"]) == ["flaky-tests"]

    @pytest.mark.parametrize(("old", "new", "part", "reason"), BROKEN.values(), ids=BROKEN)
    def test_a_fault_is_named_by_file_line_and_reason(
        self, file: Path, old: str, new: str, part: str, reason: str
    ) -> None:
        replaced(file, old, new)

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        assert caught.value.message.startswith(f"{file}:{line_with(file, part)}: {reason}")
        assert caught.value.code == "bad_topic"
        assert isinstance(caught.value, Misconfigured)

    @pytest.mark.parametrize(("old", "new", "part", "reason"), BROKEN_PIECES.values(), ids=BROKEN_PIECES)
    def test_what_a_piece_lacks_is_named_by_its_head(
        self, file: Path, old: str, new: str, part: str, reason: str
    ) -> None:
        replaced(file, old, new)

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        assert caught.value.message.startswith(f"{file}:{line_with(file, part) - 1}: {reason}")

    def test_too_few_frames_are_refused(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        start = text.index("validation = [")
        end = text.index("]\n", start)
        file.write_text(text[:start] + 'validation = ["하나뿐이에요."' + text[end:], encoding="utf-8")

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        line = line_with(file, "[frames]")
        assert caught.value.message == f"{file}:{line}: frames: fewer than two frames for validation."

    def test_a_missing_stage_is_refused(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        start = text.index("options = [")
        end = text.index("]\n", start) + 2
        file.write_text(text[:start] + text[end:], encoding="utf-8")

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        line = line_with(file, "[questions]")
        assert caught.value.message == f"{file}:{line}: questions: no questions for options."

    def test_a_language_that_is_missing_is_named(self, file: Path) -> None:
        english = file.with_name("en.toml")
        english.unlink()

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        assert caught.value.message == f"{english}: this file is missing."

    def test_another_encoding_is_refused(self, file: Path) -> None:
        file.write_bytes("# 설명\n".encode("cp949") + file.read_bytes())

        with pytest.raises(BadTopic) as caught:
            load_topics(file.parents[1])

        assert caught.value.message == f"{file}: not UTF-8 (byte 3)."


class TestGrounding:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_gives_a_model_the_frames_steps_pitfalls_and_the_end(self, language: Language) -> None:
        topic = library()[language]["flaky-tests"]

        notes = grounding(topic, ResonanceKey.parse("calm-medium-planning"))

        assert [*notes[:2]] == [*topic.frames[Intent.PLANNING]]
        assert f"{topic.steps[0].do} ({topic.steps[0].check})" in notes
        assert notes[-1] == topic.ends
        assert len(notes) == 2 + 3 + 2 + 1
