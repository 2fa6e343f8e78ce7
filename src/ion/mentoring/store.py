"""Every question the mentoring feature asks the database."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import func, select, update

from ion.db import Database
from ion.errors import Conflict, NotFound
from ion.language import Language
from ion.mentoring.conversation import Conversation, ConversationId, EngineUsed, Turn, TurnId
from ion.mentoring.correction import Correction, correction_of
from ion.mentoring.models import ConversationRow, CorrectionRow, TurnRow
from ion.resonance import Reading, ResonanceKey
from ion.routing import Choice

_Kept = TypeVar("_Kept")
_READING = TypeAdapter(Reading)
_CHOICE = TypeAdapter(Choice)
_ENGINE = TypeAdapter(EngineUsed)
_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)


class ConversationNotFound(NotFound):
    """No conversation has this id."""

    code = "conversation_not_found"


class TurnNotFound(NotFound):
    """No turn of this conversation has this id."""

    code = "turn_not_found"


class NoReading(Conflict):
    """The crisis path answered this message, so it was never read."""

    code = "no_reading"


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many turns were corrected, by whether they may train ION."""

    shared: int
    not_shared: int


class ConversationStore:
    """Conversations, turns and corrections in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conversation: Conversation) -> None:
        """Keep a new conversation."""
        async with self._database.transaction() as session:
            session.add(
                ConversationRow(
                    id=conversation.id,
                    created_at=conversation.created_at,
                    updated_at=conversation.updated_at,
                    language=conversation.language,
                    title=conversation.title,
                    persona=conversation.persona,
                    goals=list(conversation.goals),
                )
            )

    async def with_id(self, conversation_id: ConversationId) -> Conversation:
        """Return the conversation.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        async with self._database.reading() as session:
            row = await session.get(ConversationRow, conversation_id)
        if row is None:
            raise ConversationNotFound("There is no conversation with this id.", field="conversation_id")
        return _conversation(row)

    async def latest(self, *, limit: int) -> list[Conversation]:
        """Return the conversations that were added to last, newest first."""
        query = select(ConversationRow).order_by(ConversationRow.updated_at.desc(), ConversationRow.id).limit(limit)
        async with self._database.reading() as session:
            return [_conversation(row) for row in await session.scalars(query)]

    async def turns(self, conversation_id: ConversationId) -> list[Turn]:
        """Return the turns of a conversation, oldest first."""
        query = (
            select(TurnRow, CorrectionRow)
            .outerjoin(CorrectionRow, CorrectionRow.turn_id == TurnRow.id)
            .where(TurnRow.conversation_id == conversation_id)
            .order_by(TurnRow.position)
        )
        async with self._database.reading() as session:
            return [_turn(turn, correction) for turn, correction in await session.execute(query)]

    async def append(self, turn: Turn, *, title: str) -> Turn:
        """Keep a new turn at the end of its conversation, and return it with its position; an untitled one is titled.

        Raises:
            ConversationNotFound: the conversation is gone.
        """
        async with self._database.transaction() as session:
            # The row lock makes messages that arrive together queue up for their positions (SQLite has one writer).
            query = select(ConversationRow).where(ConversationRow.id == turn.conversation_id).with_for_update()
            conversation = await session.scalar(query)
            if conversation is None:
                raise ConversationNotFound("There is no conversation with this id.", field="conversation_id")
            conversation.updated_at = turn.created_at
            conversation.title = conversation.title or title
            last = select(func.max(TurnRow.position)).where(TurnRow.conversation_id == turn.conversation_id)
            placed = replace(turn, position=(await session.scalar(last) or 0) + 1)
            session.add(_row(placed))
        return placed

    async def finish(self, turn_id: TurnId, *, reply: str, engine: EngineUsed, at: datetime) -> None:
        """Keep the reply of a turn."""
        async with self._database.transaction() as session:
            await session.execute(
                update(TurnRow)
                .where(TurnRow.id == turn_id)
                .values(reply=reply, engine=_ENGINE.dump_python(engine, mode="json"), finished_at=at)
            )

    async def correct(self, conversation_id: ConversationId, turn_id: TurnId, correction: Correction) -> Turn:
        """Keep what the mentee says of how a turn was read, in place of what they said before; return the turn.

        Raises:
            ConversationNotFound: there is no conversation with this id.
            TurnNotFound: it has no turn with this id.
            NoReading: the crisis path answered the turn.
        """
        async with self._database.transaction() as session:
            if await session.get(ConversationRow, conversation_id) is None:
                raise ConversationNotFound("There is no conversation with this id.", field="conversation_id")
            # The row lock makes corrections that arrive together come one after the other.
            query = select(TurnRow).where(TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id)
            turn = await session.scalar(query.with_for_update())
            if turn is None:
                raise TurnNotFound("There is no turn with this id in this conversation.", field="turn_id")
            if not turn.reading:
                raise NoReading("This message was answered with help lines; it has no reading.", field="turn_id")
            return _turn(turn, await session.merge(_correction_row(turn_id, correction)))

    async def corrected(self) -> Corrected:
        """Count the corrections."""
        count = func.count()
        query = select(count.filter(CorrectionRow.share), count.filter(~CorrectionRow.share))
        async with self._database.reading() as session:
            shared, not_shared = (await session.execute(query)).one()
        return Corrected(shared, not_shared)

    async def shared(self) -> AsyncGenerator[Turn]:
        """Yield the turns whose mentee lets their correction train ION; none is of the crisis path.

        Their order stays, and tells nothing of when they were written or which of them belong together.
        """
        query = (
            select(TurnRow, CorrectionRow)
            .join(CorrectionRow, CorrectionRow.turn_id == TurnRow.id)
            .where(CorrectionRow.share, TurnRow.crisis.is_(None))
            .order_by(TurnRow.id)
        )
        async with self._database.reading() as session:
            async for turn, correction in await session.stream(query):
                yield _turn(turn, correction)


def _row(turn: Turn) -> TurnRow:
    return TurnRow(
        id=turn.id,
        conversation_id=turn.conversation_id,
        position=turn.position,
        created_at=turn.created_at,
        finished_at=turn.finished_at,
        message=turn.message,
        language=turn.language,
        crisis=turn.crisis,
        injection=turn.injection,
        resonance_key=None if turn.key is None else str(turn.key),
        reading={} if turn.reading is None else _READING.dump_python(turn.reading, mode="json"),
        persona=None if turn.choice is None else turn.choice.primary,
        routing={} if turn.choice is None else _CHOICE.dump_python(turn.choice, mode="json"),
        reply=turn.reply,
        engine={} if turn.engine is None else _ENGINE.dump_python(turn.engine, mode="json"),
    )


def _turn(row: TurnRow, correction: CorrectionRow | None) -> Turn:
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
    )


def _correction_row(turn_id: TurnId, correction: Correction) -> CorrectionRow:
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


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        language=_LANGUAGE.validate_python(row.language),
        title=row.title,
        persona=row.persona,
        goals=tuple(row.goals),
    )
