import re
import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.errors import IonError
from ion.language import LANGUAGES, Language
from ion.resonance import MAX_CHARS, BrokenText, EmptyMessage, Intent, MessageTooLong, Pace, Reader, Reading, Span, Tone
from ion.resonance.reader import DEFAULT_KEY, THRESHOLD
from tests.resonance.corpus import Labelled, labelled

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
CODE = "def f(x):\n    return x.y[0] + 1.5\n\nWhy does `f(None)` raise AttributeError?"
MESSAGES = (
    KOREAN,
    ENGLISH,
    CODE,
    "ㅋㅋㅋㅋㅋ 발표 망했는데 다들 웃음",
    "Why do leaves turn red? I'd love to understand it.",
    "React useEffect dependency가 왜 필요한지 모르겠어요",
    "a",
    "네",
    "日本語のメッセージです。",
    "Привет! Как дела?",
    "1234 5678",
    "🙂🙂🙂",
    "?!",
)


def sample(language: Language, count: int) -> Sequence[Labelled]:
    messages = labelled(language)
    return messages[:: len(messages) // count][:count]


def share_right(reader: Reader, messages: Sequence[Labelled], axis: str) -> float:
    right = [getattr(reader.read(each.text), axis).label == getattr(each, axis) for each in messages]
    return right.count(True) / len(messages)


def words_of(text: str, reading: Reading, axis: str) -> list[str]:
    return [text[span.start : span.end] for span in reading.evidence if span.axis == axis]


def without(text: str, spans: Sequence[Span]) -> str:
    for span in sorted(spans, key=lambda span: -span.start):
        text = text[: span.start] + text[span.end :]
    return text


class TestMessages:
    @pytest.mark.parametrize(
        ("text", "language", "key"),
        [
            (KOREAN, "ko", "urgent-medium-problem_solving"),
            (ENGLISH, "en", "urgent-medium-problem_solving"),
        ],
    )
    def test_flagships(self, reader: Reader, text: str, language: Language, key: str) -> None:
        reading = reader.read(text)

        assert str(reading.key) == key
        assert reading.language == language
        assert reading.abstained == ()

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("React useEffect dependency가 왜 필요해요?", "ko"),
            ("In our team we say 화이팅 before every release, is that odd?", "en"),
            (CODE, "en"),
        ],
    )
    def test_mixed_languages_are_read_in_the_one_that_carries_more(
        self, reader: Reader, text: str, language: Language
    ) -> None:
        assert reader.read(text).language == language

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_default_language_is_for_texts_without_letters(self, reader: Reader, language: Language) -> None:
        assert reader.read("🙂", default_language=language).language == language
        assert reader.read("네", default_language=language).language == "ko"
        assert reader.read("yes", default_language=language).language == "en"

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("axis", ["tone", "intent"])
    def test_weights_and_features_belong_together(self, reader: Reader, language: Language, axis: str) -> None:
        # These messages were trained on, so this says nothing about how good the reader is.
        assert share_right(reader, sample(language, 300), axis) >= 0.8


class TestScores:
    @pytest.mark.parametrize("text", MESSAGES)
    def test_are_probabilities_of_every_label(self, reader: Reader, text: str) -> None:
        reading = reader.read(text)

        assert list(reading.tone.scores) == list(Tone)
        assert list(reading.pace.scores) == list(Pace)
        assert list(reading.intent.scores) == list(Intent)
        for axis in (reading.tone, reading.pace, reading.intent):
            assert sum(axis.scores.values()) == pytest.approx(1, abs=1e-5)
            assert all(0 <= share <= 1 for share in axis.scores.values())
            assert axis.confidence == axis.scores[axis.label]

    @pytest.mark.parametrize("text", MESSAGES)
    def test_decide_the_label_unless_the_reader_abstained(self, reader: Reader, text: str) -> None:
        reading = reader.read(text)
        axes = {"tone": reading.tone, "pace": reading.pace, "intent": reading.intent}

        for name, axis in axes.items():
            likely = max(axis.scores, key=axis.scores.__getitem__)
            assert axis.label == (getattr(DEFAULT_KEY, name) if name in reading.abstained else likely)
            assert getattr(reading.key, name) == axis.label


class TestAbstaining:
    @pytest.mark.parametrize("text", ["🙂", "🙂🙂🙂", "😭 😭", "?!", "...", "--- ***", "❤\ufe0f", "=>"])
    def test_on_everything_where_there_are_no_words(self, reader: Reader, text: str) -> None:
        reading = reader.read(text)

        assert reading.abstained == ("tone", "intent", "pace")
        assert str(reading.key) == "calm-medium-learning"
        assert reading.evidence == ()

    def test_below_the_thresholds_and_only_there(self, reader: Reader) -> None:
        texts = [" ".join(each.text.split()[:2]) for each in (*sample("ko", 150), *sample("en", 150))]
        readings = [reader.read(text) for text in texts]

        for reading in readings:
            assert ("tone" in reading.abstained) == (max(reading.tone.scores.values()) < THRESHOLD)
            assert ("intent" in reading.abstained) == (max(reading.intent.scores.values()) < THRESHOLD)
        assert any("tone" in reading.abstained for reading in readings)
        assert any("intent" in reading.abstained for reading in readings)

    def test_an_axis_without_an_answer_has_no_evidence(self, reader: Reader) -> None:
        texts = [" ".join(each.text.split()[:2]) for each in sample("en", 150)]
        readings = [reading for reading in map(reader.read, texts) if "tone" in reading.abstained]

        assert readings
        for reading in readings:
            assert reading.key.tone is Tone.CALM
            assert "tone" not in {span.axis for span in reading.evidence}


class TestEvidence:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_made_of_words_of_the_text(self, reader: Reader, language: Language) -> None:
        for message in sample(language, 150):
            reading = reader.read(message.text)
            for span in reading.evidence:
                words = message.text[span.start : span.end]
                assert 0 <= span.start < span.end <= len(message.text)
                assert words == words.strip()
                assert span.start == 0 or message.text[span.start - 1].isspace()
                assert span.end == len(message.text) or message.text[span.end].isspace() or span.axis == "pace"
                assert 0 < span.weight <= 1.0001

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_at_most_three_words_of_tone_and_of_intent_in_the_order_of_the_text(
        self, reader: Reader, language: Language
    ) -> None:
        for message in sample(language, 150):
            reading = reader.read(message.text)
            for axis in ("tone", "intent"):
                spans = [span for span in reading.evidence if span.axis == axis]
                assert 1 <= len(" ".join(words_of(message.text, reading, axis)).split()) <= 3
                assert all(one.end + 1 < other.start for one, other in pairwise(spans))
                assert sum(span.weight for span in spans) <= 1.0001

    def test_points_at_what_a_reader_would_point_at(self, reader: Reader) -> None:
        assert "tomorrow" in " ".join(words_of(ENGLISH, reader.read(ENGLISH), "tone"))
        assert "내일인데" in " ".join(words_of(KOREAN, reader.read(KOREAN), "tone"))

    def test_neighbours_are_one_span(self, reader: Reader) -> None:
        read = [(message.text, reader.read(message.text)) for message in sample("en", 50)]

        assert any(" " in words for text, reading in read for words in words_of(text, reading, "tone"))

    def test_without_it_the_tone_is_less_likely(self, reader: Reader) -> None:
        weaker = 0
        for message in (*sample("ko", 20), *sample("en", 20)):
            reading = reader.read(message.text)
            rest = without(message.text, [span for span in reading.evidence if span.axis == "tone"])
            weaker += reader.read(rest).tone.scores[reading.tone.label] < reading.tone.confidence

        # 40 of 40 when this was written.
        assert weaker >= 36

    def test_it_matters_more_than_as_many_other_words(self, reader: Reader) -> None:
        stronger = 0
        for message in (*sample("ko", 20), *sample("en", 20)):
            reading = reader.read(message.text)
            evidence = [span for span in reading.evidence if span.axis == "tone"]
            words = [word for span in evidence for word in message.text[span.start : span.end].split()]
            others = [word for word in message.text.split() if word not in words][: len(words)]
            other_rest = " ".join(word for word in message.text.split() if word not in others)
            label = reading.tone.label
            stronger += (
                reader.read(without(message.text, evidence)).tone.scores[label]
                < reader.read(other_rest).tone.scores[label]
            )

        assert stronger >= 30

    def test_of_a_burst_are_its_two_shortest_sentences(self, reader: Reader) -> None:
        text = "Everything is on fire today!! Help. Please hurry up!"
        reading = reader.read(text)

        assert reading.key.pace is Pace.BURST
        assert words_of(text, reading, "pace") == ["Help.", "Please hurry up!"]

    def test_of_a_contemplative_message_is_its_longest_sentence(self, reader: Reader) -> None:
        longest = f"Looking back, {'I keep turning over what that year was for, ' * 4}and nothing settles."
        text = f"{longest} Perhaps it never will, {'and that may well be all there is to say about it, ' * 2}or not."
        reading = reader.read(text)

        assert reading.key.pace is Pace.CONTEMPLATIVE
        assert words_of(text, reading, "pace") == [longest]

    @pytest.mark.parametrize("text", [KOREAN, ENGLISH])
    def test_of_a_medium_pace_is_nothing(self, reader: Reader, text: str) -> None:
        assert words_of(text, reader.read(text), "pace") == []


class TestLongTexts:
    @pytest.mark.timeout(20)
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("가나 다라 " * (MAX_CHARS // 6), id="Korean words"),
            pytest.param("a. " * (MAX_CHARS // 3), id="short sentences"),
            pytest.param("x" * MAX_CHARS, id="one word"),
            pytest.param("!" * (MAX_CHARS - 1) + "a", id="marks and a letter"),
            pytest.param("?!" * (MAX_CHARS // 2 - 1) + "a", id="mixed marks and a letter"),
            pytest.param("." * (MAX_CHARS - 1) + "a", id="dots and a letter"),
            pytest.param("a" + " " * (MAX_CHARS - 2) + "b", id="spaces"),
            pytest.param("ㅋ" * MAX_CHARS, id="laughter"),
            pytest.param("🙂" * MAX_CHARS, id="emoji"),
            pytest.param('"\n' * (MAX_CHARS // 2 - 1) + "a", id="quotes and lines"),
            pytest.param("\u200b" * (MAX_CHARS - 1) + "a", id="invisible"),
        ],
    )
    def test_are_read_in_well_under_five_seconds(self, reader: Reader, text: str) -> None:
        started = time.perf_counter()
        reader.read(text)

        assert time.perf_counter() - started < 5

    def test_one_character_more_is_refused(self, reader: Reader) -> None:
        with pytest.raises(MessageTooLong):
            reader.read("a" * (MAX_CHARS + 1))

    @pytest.mark.parametrize("place", ["first", "last"])
    def test_what_stands_around_a_paste_decides(self, reader: Reader, place: str) -> None:
        log = "2024-01-01 00:00:00 INFO worker-7 heartbeat ok latency=12ms queue=0\n" * 1000
        text = f"{ENGLISH}\n{log}" if place == "first" else f"{log}\n{ENGLISH}"
        plain = reader.read(f"{ENGLISH} {log[:2900]}").tone.scores["urgent"]

        assert reader.read(text).tone.scores["urgent"] > reader.read(log).tone.scores["urgent"]
        assert plain > reader.read(log[:2900]).tone.scores["urgent"]

    @pytest.mark.parametrize("length", [5_999, 6_000, 6_001, 6_002, 6_007, 20_000])
    def test_evidence_is_of_whole_words_wherever_it_is_cut(self, reader: Reader, length: int) -> None:
        text = ("내일까지 마감인데 tests keep failing and nobody answers " * 500)[: length - 1] + "x"
        reading = reader.read(text)

        assert reading.evidence
        for span in reading.evidence:
            assert span.start == 0 or text[span.start - 1] == " "
            assert span.end == len(text) or text[span.end] == " "

    def test_evidence_behind_what_is_not_read_is_found_at_its_place(self, reader: Reader) -> None:
        text = f"{'lorem ipsum dolor sit amet ' * 2_000}{ENGLISH}"
        reading = reader.read(text)
        behind = [text[span.start : span.end] for span in reading.evidence if span.start > len(text) - len(ENGLISH)]

        assert behind
        assert set(" ".join(behind).split()) <= set(ENGLISH.split())

    def test_one_endless_word_is_read_without_evidence(self, reader: Reader) -> None:
        reading = reader.read("아" * 7_000)

        assert {span.axis for span in reading.evidence} <= {"pace"}


class TestRefusals:
    @pytest.mark.parametrize("text", ["", "  \n", "\u200b\ufeff", "\u3164\u1160"])
    def test_nothing_to_read(self, reader: Reader, text: str) -> None:
        with pytest.raises(EmptyMessage):
            reader.read(text)

    @pytest.mark.parametrize("text", ["도와주세요\ud83d", "\udc00", "nul\0byte"])
    def test_broken_text(self, reader: Reader, text: str) -> None:
        with pytest.raises(BrokenText):
            reader.read(text)


class TestRepetition:
    @pytest.mark.parametrize("text", MESSAGES)
    def test_the_same_message_reads_the_same(self, reader: Reader, text: str) -> None:
        assert reader.read(text) == reader.read(text)

    def test_earlier_messages_leave_no_trace(self, reader: Reader, fresh: Reader) -> None:
        for message in sample("ko", 30):
            reader.read(message.text)

        assert [reader.read(text) for text in MESSAGES] == [fresh.read(text) for text in reversed(MESSAGES)][::-1]


class TestAnyText:
    @settings(deadline=None)
    @given(text=st.text() | st.text(st.characters(exclude_categories=())) | st.text(alphabet=" \n.!?…가ㅋa1\"'"))
    def test_is_read_or_refused(self, reader: Reader, text: str) -> None:
        refused = ""
        try:
            reading = reader.read(text)
        except IonError as refusal:
            refused = refusal.code

        assert (refused == "broken_text") == bool(re.search("[\0\ud800-\udfff]", text))
        assert refused in {"", "empty_message", "broken_text"}
        if not refused:
            for axis in (reading.tone, reading.pace, reading.intent):
                assert sum(axis.scores.values()) == pytest.approx(1, abs=1e-5)
            assert all(0 <= span.start < span.end <= len(text) for span in reading.evidence)
