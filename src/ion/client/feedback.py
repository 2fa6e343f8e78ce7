"""What mentees think of replies."""

from collections.abc import Sequence
from typing import Literal

from ion.client.call import Call, given
from ion.client.outcomes import as_a
from ion.client.values import FeedbackList, KeptFeedback, TurnFeedback
from ion.client.verbs import L, Resource, verb

Thumb = Literal["up", "down"]
FeedbackReason = Literal[
    "useful",
    "clear",
    "understood",
    "kind",
    "right_mentor",
    "not_useful",
    "wrong",
    "unclear",
    "too_long",
    "too_general",
    "misunderstood",
    "wrong_tone",
    "wrong_mentor",
    "unsafe",
    "other",
]


class FeedbackOnReplies(Resource[L]):
    """What mentees think of replies."""

    @verb
    def give(
        self,
        conversation_id: str,
        turn_id: str,
        thumb: Thumb,
        *,
        reasons: Sequence[FeedbackReason] = (),
        text: str | None = None,
    ) -> Call[KeptFeedback]:
        """Say what the mentee thinks of a reply, in place of what they said of it before.

        Where the text speaks of danger, `crisis` of the answer says whom to turn to: show it.
        """
        body = given(
            conversation_id=conversation_id, turn_id=turn_id, thumb=thumb, reasons=[*reasons] or None, text=text
        )
        return Call("POST", "/feedback", as_a(KeptFeedback), body=body, repeatable=True)

    @verb
    def list(self, conversation_id: str) -> Call[tuple[TurnFeedback, ...]]:
        """Return what was said of the replies of a conversation, in the order of its turns."""
        query = {"conversation_id": conversation_id}
        return Call("GET", "/feedback", lambda answer: as_a(FeedbackList)(answer).items, query=query, repeatable=True)
