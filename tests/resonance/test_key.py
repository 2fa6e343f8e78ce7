from collections.abc import Callable
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ion.errors import Invalid
from ion.resonance import BadResonanceKey, Intent, Pace, ResonanceKey, Tone, every_key, part_of

ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.from_regex(r"[a-z_ ]{0,9}-[a-z]{0,9}-[a-zA-Z_-]{0,9}")


class TestEveryKey:
    def test_there_are_216_and_no_two_alike(self) -> None:
        keys = list(every_key())

        assert len(keys) == 216
        assert len(set(keys)) == 216

    def test_tones_are_outermost_and_intents_innermost(self) -> None:
        keys = list(map(str, every_key()))

        assert keys[0] == "frustrated-burst-seek_advice"
        assert keys[1] == "frustrated-burst-problem_solving"
        assert keys[6] == "frustrated-flowing-seek_advice"
        assert keys[24] == "playful-burst-seek_advice"
        assert keys[-1] == "collaborative-medium-reflection"

    @pytest.mark.parametrize("key", list(every_key()), ids=str)
    def test_what_is_printed_is_read_back(self, key: ResonanceKey) -> None:
        assert ResonanceKey.parse(str(key)) == key
        assert str(key) == f"{key.tone.value}-{key.pace.value}-{key.intent.value}"


class TestParse:
    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("calm-medium-seek_advice", "calm-medium-seek_advice"),
            ("calm-medium-seeking_advice", "calm-medium-seek_advice"),
            ("calm-medium-seek-advice", "calm-medium-seek_advice"),
            ("calm-medium-seeking-advice", "calm-medium-seek_advice"),
            ("urgent-burst-problem-solving", "urgent-burst-problem_solving"),
            ("URGENT-BURST-PROBLEM_SOLVING", "urgent-burst-problem_solving"),
            ("Curious-Flowing-Seeking-Advice", "curious-flowing-seek_advice"),
            ("  anxious-contemplative-reflection\n", "anxious-contemplative-reflection"),
            ("\u3000calm-medium-learning\u00a0", "calm-medium-learning"),
        ],
    )
    def test_old_spellings_case_and_spaces_around_are_understood(self, text: str, key: str) -> None:
        assert str(ResonanceKey.parse(text)) == key

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "calm",
            "calm-medium",
            "calm-medium-",
            "-medium-learning",
            "calm--learning",
            "calm_medium_learning",
            "calm medium learning",
            "calm -medium-learning",
            "calm-medium-seek advice",
            "calm\u2013medium\u2013learning",
            "\ud800-\udc00",
            "-" * 10_000,
        ],
    )
    def test_a_wrong_shape_is_refused_with_the_shape_and_every_name(self, text: str) -> None:
        with pytest.raises(BadResonanceKey) as caught:
            ResonanceKey.parse(text)

        assert "write tone-pace-intent" in caught.value.message
        for name in (*Tone, *Pace, *Intent):
            assert name in caught.value.message
        assert (caught.value.code, caught.value.field) == ("bad_resonance_key", "resonance_key")

    @pytest.mark.parametrize(
        ("text", "axis", "unknown", "allowed"),
        [
            ("happy-medium-learning", "tone", "happy", Tone),
            ("calm-slow-learning", "pace", "slow", Pace),
            ("calm-medium-inquiry", "intent", "inquiry", Intent),
            ("calm-medium-learning-more", "intent", "learning-more", Intent),
            ("medium-calm-learning", "tone", "medium", Tone),
            ("차분-medium-learning", "tone", "차분", Tone),
        ],
    )
    def test_an_unknown_part_is_refused_with_those_there_are(
        self, text: str, axis: str, unknown: str, allowed: type[StrEnum]
    ) -> None:
        with pytest.raises(BadResonanceKey) as caught:
            ResonanceKey.parse(text)

        assert caught.value.message == f"Unknown {axis} {unknown!r}; allowed: {', '.join(allowed)}."
        assert caught.value.field == axis

    def test_the_sender_can_mend_it(self) -> None:
        assert issubclass(BadResonanceKey, Invalid)

    def test_a_long_text_is_not_repeated_in_full(self) -> None:
        with pytest.raises(BadResonanceKey) as caught:
            ResonanceKey.parse("x" * 10_000)

        assert len(caught.value.message) < 500

    @settings(deadline=None)
    @given(text=ANY_TEXT)
    def test_any_text_is_a_key_or_refused(self, text: str) -> None:
        refusal = None
        try:
            key = ResonanceKey.parse(text)
        except BadResonanceKey as error:
            refusal = error

        assert refusal.message.isprintable() if refusal else key in set(every_key())


class TestPartOf:
    def test_every_name_is_found(self) -> None:
        assert [part_of(Tone, tone.value) for tone in Tone] == list(Tone)
        assert [part_of(Pace, pace.value) for pace in Pace] == list(Pace)
        assert [part_of(Intent, intent.value) for intent in Intent] == list(Intent)

    def test_case_and_spaces_around_do_not_matter(self) -> None:
        assert [part_of(Tone, f" {tone.value.upper()}\n") for tone in Tone] == list(Tone)
        assert [part_of(Pace, f"\t{pace.value.title()}") for pace in Pace] == list(Pace)
        assert [part_of(Intent, f"{intent.value.upper()} ") for intent in Intent] == list(Intent)

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("seek-advice", Intent.SEEK_ADVICE),
            ("seeking_advice", Intent.SEEK_ADVICE),
            ("SEEKING-ADVICE", Intent.SEEK_ADVICE),
            ("problem-solving", Intent.PROBLEM_SOLVING),
        ],
    )
    def test_old_intents_are_understood(self, text: str, intent: Intent) -> None:
        assert part_of(Intent, text) is intent

    @pytest.mark.parametrize(
        ("call", "text", "allowed"),
        [
            (lambda text: part_of(Tone, text), "burst", Tone),
            (lambda text: part_of(Pace, text), "calm", Pace),
            (lambda text: part_of(Pace, text), "seeking_advice", Pace),
            (lambda text: part_of(Intent, text), "", Intent),
        ],
    )
    def test_a_name_of_another_axis_is_unknown(
        self, call: Callable[[str], object], text: str, allowed: type[StrEnum]
    ) -> None:
        axis = allowed.__name__.lower()

        with pytest.raises(BadResonanceKey, match=f"Unknown {axis} {text!r}; allowed: {', '.join(allowed)}") as caught:
            call(text)
        assert caught.value.field == axis
