"""What a mentee thinks of a reply."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ion.errors import Invalid
from ion.resonance import check_text

# Enough to say what was wrong, and no second conversation.
MAX_FEEDBACK_CHARS = 2_000


class Thumb(StrEnum):
    """Whether a reply was any good."""

    UP = "up"
    DOWN = "down"


class FeedbackReason(StrEnum):
    """Why a reply was good or not: a fixed list, so that answers can be counted."""

    USEFUL = "useful"
    CLEAR = "clear"
    UNDERSTOOD = "understood"
    KIND = "kind"
    RIGHT_MENTOR = "right_mentor"
    NOT_USEFUL = "not_useful"
    WRONG = "wrong"
    UNCLEAR = "unclear"
    TOO_LONG = "too_long"
    TOO_GENERAL = "too_general"
    MISUNDERSTOOD = "misunderstood"
    WRONG_TONE = "wrong_tone"
    WRONG_MENTOR = "wrong_mentor"
    UNSAFE = "unsafe"
    OTHER = "other"


_GOOD = frozenset(
    {
        FeedbackReason.USEFUL,
        FeedbackReason.CLEAR,
        FeedbackReason.UNDERSTOOD,
        FeedbackReason.KIND,
        FeedbackReason.RIGHT_MENTOR,
    }
)
REASONS_FOR = {
    Thumb.UP: _GOOD | {FeedbackReason.OTHER},
    Thumb.DOWN: frozenset(FeedbackReason) - _GOOD,
}


class BadFeedback(Invalid):
    """What is said of a reply contradicts itself, or is too long."""

    code = "bad_feedback"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a mentee thinks of a reply; `text` is theirs, and treated like a message.

    `outdated` says that the reply was redone since: another one stands in its place.
    """

    thumb: Thumb
    reasons: tuple[FeedbackReason, ...]
    text: str | None = field(repr=False)
    given_at: datetime
    outdated: bool = False


def feedback_of(thumb: Thumb, reasons: Iterable[FeedbackReason], text: str | None, *, at: datetime) -> Feedback:
    """Return the feedback with these parts; reasons that come twice count once, a blank text is none.

    Raises:
        BadFeedback: a reason does not go with the thumb, or the text is over MAX_FEEDBACK_CHARS.
        EmptyMessage, BrokenText: the text holds nothing readable, or what is no character.
    """
    given = tuple(dict.fromkeys(reasons))
    for reason in given:
        if reason not in REASONS_FOR[thumb]:
            raise BadFeedback(f"The reason {reason.value!r} does not go with a thumb {thumb}.", field="reasons")
    text = text if text and text.strip() else None
    if text is not None:
        if len(text) > MAX_FEEDBACK_CHARS:
            raise BadFeedback(f"The text is over {MAX_FEEDBACK_CHARS:,} characters.", field="text")
        check_text(text, field="text")
    return Feedback(thumb, given, text, at)
