"""What is asked of the pipeline, and the turns that come of it before anything is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ion.language import Language, language_of
from ion.mentoring.conversation import ConversationId, Draft, Turn, TurnId
from ion.playbooks import Exchange
from ion.resonance import ResonanceKey


@dataclass(frozen=True, slots=True)
class Ask:
    """A message to answer.

    `key` and `persona` are the caller's own choice and win. `history` is for callers that keep the conversation
    themselves; with `conversation` the kept turns are used. `language` decides where the message has no letters. What
    comes twice with the same `request_key` is answered once. `again_of` is a turn of the conversation with the same
    message: another mentor is to answer it too.
    """

    text: str
    conversation: ConversationId | None = None
    persona: str | None = None
    key: ResonanceKey | None = None
    history: tuple[Exchange, ...] = ()
    goals: tuple[str, ...] = ()
    language: Language | None = None
    instructions: str = ""
    request_key: str | None = None
    again_of: TurnId | None = None


def new_turn(ask: Ask, turn_id: TurnId, now: datetime) -> Turn:
    """Return the turn of a message that nobody has looked at yet."""
    return Turn(
        id=turn_id,
        conversation_id=ask.conversation,
        position=1,
        created_at=now,
        finished_at=None,
        message=ask.text,
        language="en",
        crisis=None,
        key=None,
        reading=None,
        choice=None,
        reply="",
        engine=None,
        again_of=ask.again_of,
    )


def blank(turn: Turn, message: str) -> Turn:
    """Return the turn with this message and without its reply, which is kept among what it was before."""
    persona = None if turn.choice is None else turn.choice.primary
    draft = Draft(turn.message, turn.reply, persona, turn.finished_at or turn.created_at)
    # A reply that never came is nothing to look back at.
    earlier = turn.earlier if turn.finished_at is None else (*turn.earlier, draft)
    emptied = replace(
        turn, reply="", engine=None, finished_at=None, crisis=None, key=None, reading=None, choice=None, earlier=earlier
    )
    return emptied if message == turn.message else replace(emptied, message=message, correction=None, again_of=None)


def given_key(turn: Turn) -> ResonanceKey | None:
    """Return the key that the caller gave for a turn; None where the message was read, or is corrected."""
    # What the mentee says of their message counts more than what a program said before them.
    if turn.reading is None or turn.correction is not None or turn.key == turn.reading.key:
        return None
    return turn.key


def language_before(history: Sequence[Exchange]) -> Language | None:
    """Return the language of the newest message before; None where there is none."""
    return language_of(history[-1].message) if history else None
