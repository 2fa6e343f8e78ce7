"""What people wrote, sealed into the columns of a row and opened again."""

from typing import Any

from pydantic import TypeAdapter

from ion.mentoring.conversation import Draft
from ion.mentoring.models import ConversationRow, FeedbackRow, TurnRow
from ion.sealing import OwnerKeys, Place

_GOALS = TypeAdapter(tuple[str, ...])
_EARLIER = TypeAdapter(tuple[Draft, ...])
_CONVERSATION, _TURN, _FEEDBACK = ConversationRow.__tablename__, TurnRow.__tablename__, FeedbackRow.__tablename__


def title_values(row_id: str, title: str, keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that a title fills."""
    return {
        "title": "",
        "titled": title != "",
        "sealed_title": keys.seal(title, Place(_CONVERSATION, row_id, "title")),
    }


def goals_values(row_id: str, goals: tuple[str, ...], keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that goals fill."""
    text = _GOALS.dump_json(goals).decode()
    return {"goals": [], "sealed_goals": keys.seal(text, Place(_CONVERSATION, row_id, "goals"))}


def message_values(row_id: str, message: str, keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that a message fills."""
    return {"message": "", "sealed_message": keys.seal(message, Place(_TURN, row_id, "message"))}


def reply_values(row_id: str, reply: str, keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that a reply fills."""
    return {"reply": "", "sealed_reply": keys.seal(reply, Place(_TURN, row_id, "reply"))}


def earlier_values(row_id: str, earlier: tuple[Draft, ...], keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that earlier drafts fill."""
    text = _EARLIER.dump_json(earlier).decode()
    return {"earlier": [], "sealed_earlier": keys.seal(text, Place(_TURN, row_id, "earlier"))}


def text_values(turn_id: str, text: str | None, keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that the words of feedback fill."""
    return {"text": None, "sealed_text": None if text is None else keys.seal(text, Place(_FEEDBACK, turn_id, "text"))}


def title_of_row(row: ConversationRow, keys: OwnerKeys) -> str:
    """Return a conversation's title. Raises what `OwnerKeys.open` raises."""
    return opened_title(row.id, row.sealed_title, row.title, keys)


def opened_title(row_id: str, sealed: bytes | None, plain: str, keys: OwnerKeys) -> str:
    """Return a title from its two columns. Raises what `OwnerKeys.open` raises."""
    return plain if sealed is None else keys.open(sealed, Place(_CONVERSATION, row_id, "title"))


def goals_of_row(row: ConversationRow, keys: OwnerKeys) -> tuple[str, ...]:
    """Return a conversation's goals. Raises what `OwnerKeys.open` raises."""
    if row.sealed_goals is None:
        return tuple(row.goals)
    return _GOALS.validate_json(keys.open(row.sealed_goals, Place(_CONVERSATION, row.id, "goals")))


def opened_message(row_id: str, sealed: bytes | None, plain: str, keys: OwnerKeys) -> str:
    """Return a message from its two columns. Raises what `OwnerKeys.open` raises."""
    return plain if sealed is None else keys.open(sealed, Place(_TURN, row_id, "message"))


def opened_reply(row_id: str, sealed: bytes | None, plain: str, keys: OwnerKeys) -> str:
    """Return a reply from its two columns. Raises what `OwnerKeys.open` raises."""
    return plain if sealed is None else keys.open(sealed, Place(_TURN, row_id, "reply"))


def earlier_of_row(row: TurnRow, keys: OwnerKeys) -> tuple[Draft, ...]:
    """Return what a turn was before it was redone. Raises what `OwnerKeys.open` raises."""
    if row.sealed_earlier is None:
        return _EARLIER.validate_python(row.earlier)
    return _EARLIER.validate_json(keys.open(row.sealed_earlier, Place(_TURN, row.id, "earlier")))


def text_of_row(row: FeedbackRow, keys: OwnerKeys) -> str | None:
    """Return the words of feedback. Raises what `OwnerKeys.open` raises."""
    return row.text if row.sealed_text is None else keys.open(row.sealed_text, Place(_FEEDBACK, row.turn_id, "text"))


def conversation_anew(row: ConversationRow, keys: OwnerKeys) -> dict[str, Any]:
    """Return what a conversation's row holds sealed with the newest key. Raises what `OwnerKeys.open` raises."""
    return {
        **title_values(row.id, title_of_row(row, keys), keys),
        **goals_values(row.id, goals_of_row(row, keys), keys),
        "key_version": keys.current,
    }


def turn_anew(row: TurnRow, keys: OwnerKeys) -> dict[str, Any]:
    """Return what a turn's row holds sealed with the newest key. Raises what `OwnerKeys.open` raises."""
    return {
        **message_values(row.id, opened_message(row.id, row.sealed_message, row.message, keys), keys),
        **reply_values(row.id, opened_reply(row.id, row.sealed_reply, row.reply, keys), keys),
        **earlier_values(row.id, earlier_of_row(row, keys), keys),
        "key_version": keys.current,
    }


def feedback_anew(row: FeedbackRow, keys: OwnerKeys) -> dict[str, Any]:
    """Return what a row of feedback holds sealed with the newest key. Raises what `OwnerKeys.open` raises."""
    return {**text_values(row.turn_id, text_of_row(row, keys), keys), "key_version": keys.current}
