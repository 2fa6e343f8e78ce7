"""Every question the mentoring feature asks the database about turns, and about how they were read.

Messages, replies and drafts are sealed in it.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ion.db import Database
from ion.errors import Conflict, NotFound
from ion.mentoring.conversation import LOCAL, ConversationId, EngineUsed, OwnerId, Turn, TurnId
from ion.mentoring.correction import Correction
from ion.mentoring.models import ConversationRow, CorrectionRow, TurnRow
from ion.mentoring.rows import correction_row, engine_values, row_of, turn_of, values_of
from ion.mentoring.sealed import earlier_of_row, reply_values, title_of_row
from ion.mentoring.store import give_title, no_conversation
from ion.mentoring.titles import title_after
from ion.sealing import Keyring, Keys


class TurnNotFound(NotFound):
    """No turn of this conversation has this id."""

    code = "turn_not_found"


class NoReading(Conflict):
    """The crisis path answered this message, so it was never read."""

    code = "no_reading"


class NotTheLast(Conflict):
    """Only the last message of a conversation can be changed: what came after it was an answer to it."""

    code = "not_the_last"


class StillWriting(Conflict):
    """The reply of this turn is being written; it can be redone once it is there or was stopped."""

    code = "still_writing"


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many turns were corrected, by whether they may train ION."""

    shared: int
    not_shared: int


class TurnStore:
    """Turns and corrections in the database, in the conversations of one owner; to others there is nothing here."""

    def __init__(self, database: Database, keyring: Keyring, owner: OwnerId = LOCAL) -> None:
        self._database = database
        self._keyring = keyring
        self._owner = owner

    async def of(
        self, conversation_id: ConversationId, *, before: int | None = None, limit: int | None = None
    ) -> list[Turn]:
        """Return turns of a conversation, oldest first: the last `limit` of those before the position `before`."""
        own = self._with_corrections().where(TurnRow.conversation_id == conversation_id)
        query = own.order_by(TurnRow.position.desc())
        if before is not None:
            query = query.where(TurnRow.position < before)
        async with self._database.reading() as session:
            rows = await session.stream(query.limit(limit).execution_options(yield_per=_ROWS_AT_ONCE))
            # Few at once: between them others get their turn.
            found = [turn async for few in rows.partitions() for turn in await self._opened(few)]
        return found[::-1]

    async def count(self, conversation_id: ConversationId) -> int:
        """Return how many turns a conversation has, which is the position of the last one."""
        own = select(ConversationRow.id).where(
            ConversationRow.id == conversation_id, ConversationRow.owner_id == self._owner
        )
        async with self._database.reading() as session:
            found = await session.scalar(own)
            return 0 if found is None else await _last_position(session, conversation_id)

    async def with_id(self, conversation_id: ConversationId, turn_id: TurnId) -> Turn:
        """Return one turn.

        Raises:
            TurnNotFound: the conversation has none with this id, or is gone.
        """
        query = self._with_corrections().where(
            TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id, ConversationRow.deleted_at.is_(None)
        )
        async with self._database.reading() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            raise _no_turn()
        return await self._one_opened(found)

    async def with_request_key(self, conversation_id: ConversationId, request_key: str) -> Turn | None:
        """Return the turn that was kept under this request key; None where there is none."""
        async with self._database.reading() as session:
            return await self._kept_under(session, conversation_id, request_key)

    async def answers_to(self, conversation_id: ConversationId, turn_id: TurnId) -> list[Turn]:
        """Return the turns that answer the message of this turn: itself, and those of other mentors, oldest first."""
        query = (
            self._with_corrections()
            .where(TurnRow.conversation_id == conversation_id)
            .where((TurnRow.id == turn_id) | (TurnRow.again_of == turn_id))
            .order_by(TurnRow.position)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return await self._opened(rows)

    async def append(self, turn: Turn, *, title: str, request_key: str | None = None) -> Turn:
        """Keep a new turn at the end of its conversation, and return it with its position; an untitled one is titled.

        What was kept before under the same `request_key` is returned in its place.

        Raises:
            ConversationNotFound: the conversation is gone.
        """
        async with self._database.transaction() as session:
            # The row lock makes messages that arrive together queue up for their positions (SQLite has one writer).
            conversation = await self._conversation(session, turn.conversation_id, for_update=True)
            if request_key is not None:
                known = await self._kept_under(session, turn.conversation_id, request_key)
                if known is not None:
                    return known
            conversation.updated_at = turn.created_at
            if not conversation.named:
                kept = await self._keyring.opened([conversation.owner_id], partial(_title, conversation))
                if title_after(kept, title) != kept:
                    give_title(conversation, title, await self._keyring.keys_of(conversation.owner_id))
            keys = await self._keyring.keys_of(conversation.owner_id)
            placed = replace(turn, position=await _last_position(session, turn.conversation_id) + 1)
            session.add(row_of(placed, keys, request_key=request_key))
        return placed

    async def finish(self, turn_id: TurnId, *, reply: str, engine: EngineUsed, at: datetime) -> None:
        """Keep the reply of a turn, whoever's it is; of two that are written at once the first one stays."""
        owner = select(ConversationRow.owner_id).join(TurnRow, TurnRow.conversation_id == ConversationRow.id)
        async with self._database.transaction() as session:
            name = await session.scalar(owner.where(TurnRow.id == turn_id))
            if name is None:
                return
            keys = await self._keyring.keys_of(name)
            sealed = reply_values(turn_id, reply, keys)
            # The message may be sealed with a newer key than this process knows of, or with an older one.
            oldest = case((TurnRow.key_version > keys.current, keys.current), else_=TurnRow.key_version)
            await session.execute(
                update(TurnRow)
                .where(TurnRow.id == turn_id, TurnRow.finished_at.is_(None))
                .values(engine=engine_values(engine), finished_at=at, key_version=oldest, **sealed)
            )

    async def redo(self, turn: Turn, *, before: Turn, title: str) -> None:
        """Keep `turn` in the place of what it was `before`; where its message changed, its correction goes.

        Raises:
            ConversationNotFound: the conversation is gone.
            StillWriting: the turn was redone or answered elsewhere since `before` was looked up.
            NotTheLast: the message of a turn changed that others follow.
        """
        async with self._database.transaction() as session:
            conversation = await self._conversation(session, turn.conversation_id, for_update=True)
            keys = await self._keyring.keys_of(conversation.owner_id)
            if turn.message != before.message:
                if await _last_position(session, turn.conversation_id) != turn.position:
                    raise NotTheLast("Only the last message can be changed; others follow this one.", field="content")
                await session.execute(delete(CorrectionRow).where(CorrectionRow.turn_id == turn.id))
                if not conversation.named and turn.position == 1:
                    give_title(conversation, title, keys)
            row = await session.get(TurnRow, turn.id)
            if row is None or row.finished_at != before.finished_at:
                raise _just_changed()
            drafts = await self._keyring.opened([conversation.owner_id], partial(_drafts, row, conversation.owner_id))
            if drafts != len(before.earlier):
                raise _just_changed()
            for name, value in values_of(turn, keys).items():
                setattr(row, name, value)

    async def correct(self, conversation_id: ConversationId, turn_id: TurnId, correction: Correction) -> Turn:
        """Keep what the mentee says of how a turn was read, in place of what they said before; return the turn.

        Raises:
            ConversationNotFound: there is no conversation with this id.
            TurnNotFound: it has no turn with this id.
            NoReading: the crisis path answered the turn.
        """
        async with self._database.transaction() as session:
            conversation = await self._conversation(session, conversation_id)
            # The row lock makes corrections that arrive together come one after the other.
            query = select(TurnRow).where(TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id)
            turn = await session.scalar(query.with_for_update())
            if turn is None:
                raise _no_turn()
            if not turn.reading:
                raise NoReading("This message was answered with help lines; it has no reading.", field="turn_id")
            said = await session.merge(correction_row(turn_id, correction))
            return await self._one_opened((turn, said, conversation.owner_id))

    async def corrected(self) -> Corrected:
        """Count the corrections of all owners."""
        count = func.count()
        query = select(count.filter(CorrectionRow.share), count.filter(~CorrectionRow.share))
        async with self._database.reading() as session:
            shared, not_shared = (await session.execute(query)).one()
        return Corrected(shared, not_shared)

    async def shared(self) -> AsyncGenerator[Turn]:
        """Yield the turns whose mentee, whoever it is, lets their correction train ION.

        None is of the crisis path, none deleted. Their order stays, and tells nothing of when they were written or
        which of them belong together.
        """
        query = (
            select(TurnRow, CorrectionRow, ConversationRow.owner_id)
            .join(CorrectionRow, CorrectionRow.turn_id == TurnRow.id)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(CorrectionRow.share, TurnRow.crisis.is_(None), ConversationRow.deleted_at.is_(None))
            .order_by(TurnRow.id)
        )
        async with self._database.reading() as session:
            async for row in await session.stream(query):
                yield await self._one_opened(row)

    def _with_corrections(self) -> Select[TurnRow, CorrectionRow, str]:
        return (
            select(TurnRow, CorrectionRow, ConversationRow.owner_id)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .outerjoin(CorrectionRow, CorrectionRow.turn_id == TurnRow.id)
            .where(ConversationRow.owner_id == self._owner)
        )

    async def _conversation(
        self, session: AsyncSession, conversation_id: ConversationId | None, *, for_update: bool = False
    ) -> ConversationRow:
        """Return the conversation, unless it is gone or deleted; `for_update` makes others wait with their changes."""
        row = await session.get(ConversationRow, conversation_id, with_for_update=for_update)
        if row is None or row.owner_id != self._owner or row.deleted_at is not None:
            raise no_conversation()
        return row

    async def _kept_under(
        self, session: AsyncSession, conversation_id: ConversationId | None, request_key: str
    ) -> Turn | None:
        query = self._with_corrections().where(
            TurnRow.conversation_id == conversation_id, TurnRow.request_key == request_key
        )
        found = (await session.execute(query)).one_or_none()
        return None if found is None else await self._one_opened(found)

    async def _one_opened(self, row: Iterable[Any]) -> Turn:
        return (await self._opened([row]))[0]

    async def _opened(self, rows: Sequence[Iterable[Any]]) -> list[Turn]:
        """Return the turns of rows as `_with_corrections` gives them."""
        kept = [(turn, said, owner) for turn, said, owner in rows]
        return await self._keyring.opened({owner for _, _, owner in kept}, partial(_turns, kept))


_ROWS_AT_ONCE = 200


def _turns(rows: Iterable[tuple[TurnRow, CorrectionRow | None, str]], keys: Keys) -> list[Turn]:
    return [turn_of(row, said, keys[owner]) for row, said, owner in rows]


def _title(row: ConversationRow, keys: Keys) -> str:
    return title_of_row(row, keys[row.owner_id])


def _drafts(row: TurnRow, owner: str, keys: Keys) -> int:
    return len(earlier_of_row(row, keys[owner]))


def _just_changed() -> StillWriting:
    return StillWriting("The reply of this message has just changed. Look at it first.")


async def _last_position(session: AsyncSession, conversation_id: ConversationId | None) -> int:
    last = select(func.max(TurnRow.position)).where(TurnRow.conversation_id == conversation_id)
    return await session.scalar(last) or 0


def _no_turn() -> TurnNotFound:
    return TurnNotFound("There is no turn with this id in this conversation.", field="turn_id")
