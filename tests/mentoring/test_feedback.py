import pytest

from ion.mentoring import MAX_FEEDBACK_CHARS, REASONS_FOR, BadFeedback, FeedbackReason, Thumb, feedback_of
from ion.resonance import BrokenText, EmptyMessage
from tests.mentoring.test_store import NOW


class TestFeedback:
    def test_keeps_what_was_said(self) -> None:
        said = feedback_of(Thumb.DOWN, [FeedbackReason.WRONG, FeedbackReason.OTHER], "날짜가 틀렸어요.", at=NOW)

        assert (said.thumb, said.reasons, said.text, said.given_at, said.outdated) == (
            Thumb.DOWN,
            (FeedbackReason.WRONG, FeedbackReason.OTHER),
            "날짜가 틀렸어요.",
            NOW,
            False,
        )

    def test_counts_a_reason_once(self) -> None:
        said = feedback_of(Thumb.UP, [FeedbackReason.KIND, FeedbackReason.CLEAR, FeedbackReason.KIND], None, at=NOW)

        assert said.reasons == (FeedbackReason.KIND, FeedbackReason.CLEAR)

    @pytest.mark.parametrize("text", [None, "", "  \n"])
    def test_takes_a_blank_text_for_none(self, text: str | None) -> None:
        assert feedback_of(Thumb.UP, [], text, at=NOW).text is None

    def test_shows_nobodys_words(self) -> None:
        assert "secret" not in repr(feedback_of(Thumb.UP, [], "my secret", at=NOW))


class TestReasons:
    @pytest.mark.parametrize("thumb", Thumb)
    @pytest.mark.parametrize("reason", FeedbackReason)
    def test_go_with_the_thumb_they_are_for(self, thumb: Thumb, reason: FeedbackReason) -> None:
        if reason in REASONS_FOR[thumb]:
            assert feedback_of(thumb, [reason], None, at=NOW).reasons == (reason,)
        else:
            with pytest.raises(BadFeedback) as refused:
                feedback_of(thumb, [reason], None, at=NOW)
            assert refused.value.field == "reasons"

    def test_all_have_a_thumb_and_only_other_has_both(self) -> None:
        up, down = REASONS_FOR[Thumb.UP], REASONS_FOR[Thumb.DOWN]

        assert up | down == set(FeedbackReason)
        assert up & down == {FeedbackReason.OTHER}


class TestText:
    def test_may_be_as_long_as_is_said(self) -> None:
        text = "가" * MAX_FEEDBACK_CHARS

        assert feedback_of(Thumb.UP, [], text, at=NOW).text == text
        with pytest.raises(BadFeedback):
            feedback_of(Thumb.UP, [], f"{text}가", at=NOW)

    @pytest.mark.parametrize(
        ("text", "error"), [("a\0b", BrokenText), ("\ud800", BrokenText), ("\u200b", EmptyMessage)]
    )
    def test_has_to_be_readable(self, text: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            feedback_of(Thumb.UP, [], text, at=NOW)
