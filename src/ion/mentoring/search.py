"""Find words in conversations."""

from dataclasses import dataclass

from ion.mentoring.conversation import ConversationId


@dataclass(frozen=True, slots=True)
class Passage:
    """A turn as it can be searched: its words, and where they are."""

    conversation: ConversationId
    title: str
    position: int
    message: str
    reply: str
