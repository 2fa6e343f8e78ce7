"""Rows to values and back."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from ion.language import Language
from ion.mentoring.conversation import Conversation, ConversationId, Draft, EngineUsed, Turn, TurnId
from ion.mentoring.correction import Correction, correction_of
from ion.mentoring.models import ConversationRow, CorrectionRow, TurnRow
from ion.resonance import Reading, ResonanceKey
from ion.routing import Choice

_Kept = TypeVar("_Kept")
_READING = TypeAdapter(Reading)
_CHOICE = TypeAdapter(Choice)
_ENGINE = TypeAdapter(EngineUsed)
_EARLIER = TypeAdapter(tuple[Draft, ...])
_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)


def conversation_of(row: ConversationRow) -> Conversation:
    """Return the conversation that a row keeps."""
    return Conversation(
        id=ConversationId(row.id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        language=_LANGUAGE.validate_python(row.language),
        title=row.title,
        persona=row.persona,
        goals=tuple(row.goals),
    )


def turn_of(row: TurnRow, correction: CorrectionRow | None) -> Turn:
    """Return the turn that a row keeps, with what its mentee said of the reading."""
    return Turn(
        id=TurnId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        position=row.position,
        created_at=row.created_at,
        finished_at=row.finished_at,
        message=row.message,
        language=_LANGUAGE.validate_python(row.language),
        crisis=row.crisis,
        injection=row.injection,
        key=None if row.resonance_key is None else ResonanceKey.parse(row.resonance_key),
        reading=_kept(_READING, row.reading),
        choice=_kept(_CHOICE, row.routing),
        reply=row.reply,
        engine=_kept(_ENGINE, row.engine),
        correction=None if correction is None else _correction(correction),
        again_of=None if row.again_of is None else TurnId(row.again_of),
        earlier=_EARLIER.validate_python(row.earlier),
    )


def values_of(turn: Turn) -> dict[str, Any]:
    """Return the columns that a turn's message, its reading and its reply fill."""
    return {
        "finished_at": turn.finished_at,
        "message": turn.message,
        "language": turn.language,
        "crisis": turn.crisis,
        "injection": turn.injection,
        "resonance_key": None if turn.key is None else str(turn.key),
        "reading": {} if turn.reading is None else _READING.dump_python(turn.reading, mode="json"),
        "persona": None if turn.choice is None else turn.choice.primary,
        "routing": {} if turn.choice is None else _CHOICE.dump_python(turn.choice, mode="json"),
        "reply": turn.reply,
        "engine": {} if turn.engine is None else engine_values(turn.engine),
        "again_of": turn.again_of,
        "earlier": _EARLIER.dump_python(turn.earlier, mode="json"),
    }


def row_of(turn: Turn, *, request_key: str | None) -> TurnRow:
    """Return the row of a new turn."""
    return TurnRow(
        id=turn.id,
        conversation_id=turn.conversation_id,
        position=turn.position,
        created_at=turn.created_at,
        request_key=request_key,
        **values_of(turn),
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
