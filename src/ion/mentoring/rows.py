"""Rows to values and back; what people wrote is sealed on the way in and opened on the way out."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from ion.language import Language
from ion.mentoring.conversation import Conversation, ConversationId, EngineUsed, OwnerId, Turn, TurnId
from ion.mentoring.correction import Correction, correction_of
from ion.mentoring.models import ConversationRow, CorrectionRow, TurnRow
from ion.mentoring.sealed import (
    earlier_of_row,
    earlier_values,
    goals_of_row,
    goals_values,
    message_values,
    opened_message,
    opened_reply,
    reply_values,
    title_of_row,
    title_values,
)
from ion.resonance import Reading, ResonanceKey
from ion.routing import Choice
from ion.sealing import OwnerKeys

_Kept = TypeVar("_Kept")
_READING = TypeAdapter(Reading)
_CHOICE = TypeAdapter(Choice)
_ENGINE = TypeAdapter(EngineUsed)
_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)


def conversation_of(row: ConversationRow, keys: OwnerKeys) -> Conversation:
    """Return the conversation that a row keeps. Raises what `OwnerKeys.open` raises."""
    return Conversation(
        id=ConversationId(row.id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        language=_LANGUAGE.validate_python(row.language),
        title=title_of_row(row, keys),
        persona=row.persona,
        goals=goals_of_row(row, keys),
        owner=OwnerId(row.owner_id),
    )


def conversation_row(conversation: Conversation, keys: OwnerKeys, *, request_key: str | None) -> ConversationRow:
    """Return the row of a new conversation."""
    return ConversationRow(
        id=conversation.id,
        created_at=conversation.created_at,
        updated_at=conversation.updated_at,
        language=conversation.language,
        persona=conversation.persona,
        request_key=request_key,
        owner_id=conversation.owner,
        key_version=keys.current,
        **title_values(conversation.id, conversation.title, keys),
        **goals_values(conversation.id, conversation.goals, keys),
    )


def turn_of(row: TurnRow, correction: CorrectionRow | None, keys: OwnerKeys) -> Turn:
    """Return the turn that a row keeps, with what its mentee said of it. Raises what `OwnerKeys.open` raises."""
    return Turn(
        id=TurnId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        position=row.position,
        created_at=row.created_at,
        finished_at=row.finished_at,
        message=opened_message(row.id, row.sealed_message, row.message, keys),
        language=_LANGUAGE.validate_python(row.language),
        crisis=row.crisis,
        injection=row.injection,
        key=None if row.resonance_key is None else ResonanceKey.parse(row.resonance_key),
        reading=_kept(_READING, row.reading),
        choice=_kept(_CHOICE, row.routing),
        reply=opened_reply(row.id, row.sealed_reply, row.reply, keys),
        engine=_kept(_ENGINE, row.engine),
        correction=None if correction is None else _correction(correction),
        again_of=None if row.again_of is None else TurnId(row.again_of),
        earlier=earlier_of_row(row, keys),
    )


def values_of(turn: Turn, keys: OwnerKeys) -> dict[str, Any]:
    """Return the columns that a turn's message, its reading and its reply fill."""
    return {
        "finished_at": turn.finished_at,
        **message_values(turn.id, turn.message, keys),
        "language": turn.language,
        "crisis": turn.crisis,
        "injection": turn.injection,
        "resonance_key": None if turn.key is None else str(turn.key),
        "reading": {} if turn.reading is None else _READING.dump_python(turn.reading, mode="json"),
        "persona": None if turn.choice is None else turn.choice.primary,
        "routing": {} if turn.choice is None else _CHOICE.dump_python(turn.choice, mode="json"),
        **reply_values(turn.id, turn.reply, keys),
        "engine": {} if turn.engine is None else engine_values(turn.engine),
        "again_of": turn.again_of,
        **earlier_values(turn.id, turn.earlier, keys),
        "key_version": keys.current,
    }


def row_of(turn: Turn, keys: OwnerKeys, *, request_key: str | None) -> TurnRow:
    """Return the row of a new turn."""
    return TurnRow(
        id=turn.id,
        conversation_id=turn.conversation_id,
        position=turn.position,
        created_at=turn.created_at,
        request_key=request_key,
        **values_of(turn, keys),
    )


def engine_values(engine: EngineUsed) -> dict[str, Any]:
    """Return what is kept of an engine."""
    kept: dict[str, Any] = _ENGINE.dump_python(engine, mode="json")
    return kept


def correction_row(turn_id: TurnId, correction: Correction) -> CorrectionRow:
    """Return the row of what a mentee says of a reading."""
    return CorrectionRow(
        turn_id=turn_id,
        tone=correction.tone,
        intent=correction.intent,
        pace=correction.pace,
        share=correction.share,
        created_at=correction.created_at,
    )


def _correction(row: CorrectionRow) -> Correction:
    return correction_of(tone=row.tone, pace=row.pace, intent=row.intent, share=row.share, at=row.created_at)


def _kept(adapter: TypeAdapter[_Kept], value: dict[str, Any]) -> _Kept | None:
    return adapter.validate_python(value) if value else None
