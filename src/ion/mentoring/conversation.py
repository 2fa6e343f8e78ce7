"""What a conversation is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from ion.language import Language
from ion.mentoring.correction import Correction
from ion.mentoring.feedback import Feedback
from ion.resonance import Reading, ResonanceKey
from ion.routing import Choice

ConversationId = NewType("ConversationId", str)
OwnerId = NewType("OwnerId", str)
TurnId = NewType("TurnId", str)

# Whose everything is where ION runs for one person.
LOCAL = OwnerId("local")
# Whoever has not signed in; no conversation is theirs.
NOBODY = OwnerId("")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A mentee's conversation. `persona` is set where they chose one mentor for all of it; `owner` is whose it is."""

    id: ConversationId
    created_at: datetime
    updated_at: datetime
    language: Language
    title: str
    persona: str | None
    goals: tuple[str, ...]
    owner: OwnerId = LOCAL


@dataclass(frozen=True, slots=True)
class EngineUsed:
    """What wrote a reply.

    `degraded` is True where a better engine was wanted and failed; `reason` then says how it failed. `help_lines`
    is the crisis path. `stopped` says that the mentee had it stopped before its end. Token counts are the provider's
    own.
    """

    name: Literal["model", "playbooks", "help_lines"]
    model: str | None = None
    degraded: bool = False
    reason: str | None = None
    topic: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a turn was before it was redone; `persona` is the slug of who had answered, None on the crisis path."""

    message: str
    reply: str
    persona: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its reply.

    A turn is stored before its reply is written, so that nothing is lost; `finished_at` is None until then.
    `reading` and `choice` are None on the crisis path, where no message is read and no mentor chosen. `correction` is
    what the mentee last said of the reading. `again_of` is the turn whose message was asked of another mentor here.
    `earlier` is what the turn was before it was redone, oldest first. `feedback` is what the mentee thinks of the
    reply, where it was looked up.
    """

    id: TurnId
    conversation_id: ConversationId | None
    position: int
    created_at: datetime
    finished_at: datetime | None
    message: str
    language: Language
    crisis: str | None
    key: ResonanceKey | None
    reading: Reading | None
    choice: Choice | None
    reply: str
    engine: EngineUsed | None
    injection: str | None = None
    correction: Correction | None = None
    again_of: TurnId | None = None
    earlier: tuple[Draft, ...] = ()
    feedback: Feedback | None = None

    @property
    def corrected_key(self) -> ResonanceKey | None:
        """The reading as the mentee corrected it; None where they did not."""
        if self.reading is None or self.correction is None:
            return None
        return self.correction.applied_to(self.reading.key)


def usable(turns: Sequence[Turn]) -> list[Turn]:
    """Return the turns that a later reply may build on: finished ones, and none from the crisis path."""
    return [turn for turn in turns if turn.finished_at is not None and turn.crisis is None]
