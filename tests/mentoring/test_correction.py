from datetime import UTC, datetime

import pytest

from ion.mentoring import Correction, NothingCorrected, correction_of
from ion.resonance import BadResonanceKey, Intent, LinearModel, Pace, Reader, ResonanceKey, Tone

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KEY = ResonanceKey.parse("urgent-medium-problem_solving")


class TestCorrection:
    @pytest.mark.parametrize(
        ("tone", "pace", "intent", "corrected"),
        [
            ("calm", None, None, "calm-medium-problem_solving"),
            (None, "burst", None, "urgent-burst-problem_solving"),
            (None, None, "seeking-advice", "urgent-medium-seek_advice"),
            ("CALM ", "", "learning", "calm-medium-learning"),
        ],
    )
    def test_replaces_the_parts_that_are_given(
        self, tone: str | None, pace: str | None, intent: str | None, corrected: str
    ) -> None:
        correction = correction_of(tone=tone, pace=pace, intent=intent, share=False, at=NOW)

        assert str(correction.applied_to(KEY)) == corrected

    def test_says_something(self) -> None:
        with pytest.raises(NothingCorrected):
            Correction(None, None, None, share=True, created_at=NOW)
        with pytest.raises(NothingCorrected):
            correction_of(tone="", pace=None, intent=None, share=True, at=NOW)

    @pytest.mark.parametrize(("axis", "labels"), [("tone", Tone), ("pace", Pace), ("intent", Intent)])
    def test_an_unknown_label_is_refused_with_those_there_are(
        self, axis: str, labels: type[Tone] | type[Pace] | type[Intent]
    ) -> None:
        given = {"tone": None, "pace": None, "intent": None, axis: "nice"}
        with pytest.raises(BadResonanceKey) as caught:
            correction_of(**given, share=False, at=NOW)

        assert caught.value.field == axis
        assert all(label in caught.value.message for label in labels)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(LinearModel.load())


class TestLabels:
    def test_are_those_read_with_the_corrected_ones_in_place(self, reader: Reader) -> None:
        reading = reader.read("We have a release tomorrow and the tests fail at random. Where do I start?")
        correction = correction_of(tone="anxious", pace=None, intent=None, share=True, at=NOW)

        assert reading.abstained == ()
        assert correction.labels(reading) == {
            "tone": "anxious",
            "intent": str(reading.key.intent),
            "pace": str(reading.key.pace),
        }

    @pytest.mark.parametrize(
        ("corrected", "labels"),
        [
            ({"tone": "playful"}, {"tone": "playful"}),
            ({"intent": "learning"}, {"intent": "learning"}),
            ({"pace": "burst", "tone": "calm"}, {"tone": "calm", "pace": "burst"}),
        ],
    )
    def test_what_nobody_read_has_none(self, reader: Reader, corrected: dict[str, str], labels: dict[str, str]) -> None:
        reading = reader.read("😀😀")
        given = {"tone": None, "pace": None, "intent": None, **corrected}

        assert reading.abstained == ("tone", "intent", "pace")
        assert correction_of(**given, share=True, at=NOW).labels(reading) == labels
