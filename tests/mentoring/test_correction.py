from datetime import UTC, datetime

import pytest

from ion.mentoring import Correction, NothingCorrected, correction_of
from ion.resonance import BadResonanceKey, Intent, Pace, ResonanceKey, Tone

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
