"""Every question the mentoring feature asks the database about conversations; titles and goals are sealed in it."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from ion.db import Database
from ion.errors import Invalid, NotFound
from ion.mentoring.conversation import LOCAL, Conversation, ConversationId, OwnerId, TurnId
from ion.mentoring.models import ConversationRow, TurnRow
from ion.mentoring.rows import conversation_of, conversation_row
from ion.mentoring.sealed import opened_message, opened_reply, opened_title, title_values
from ion.mentoring.search import Passage
from ion.sealing import Keyring, Keys, OwnerKeys


class ConversationNotFound(NotFound):
    """No conversation has this id."""

    code = "conversation_not_found"


class BadCursor(Invalid):
    """A place in the list of conversations is not one that ION gave."""

    code = "bad_cursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list of conversations: behind the one that was last added to at this moment and has this id."""

    at: datetime
    conversation: ConversationId

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.conversation}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor that is written like this.

        Raises:
            BadCursor: none is.
        """
        written = _CURSOR.fullmatch(text)
        if written is None:
            raise BadCursor("This is no place in the list of conversations; take `next` of an answer.", field="before")
        return cls(_EPOCH + int(written[1]) * _MICROSECOND, ConversationId(written[2]))


class ConversationStore:
    """The conversations of one owner in the database; to others there is nothing here.

    One that was deleted is there for `restore` alone, until it is purged.
    """

    def __init__(self, database: Database, keyring: Keyring, owner: OwnerId = LOCAL) -> None:
        self._database = database
        self._keyring = keyring
        self._owner = owner

    async def add(self, conversation: Conversation, *, request_key: str | None = None) -> Conversation:
        """Keep a new conversation as the owner's; return the one that was kept before under the same `request_key`.

        Raises:
            ConversationNotFound: that one was deleted.
        """
        known = None if request_key is None else await self._with_request_key(request_key)
        if known is not None:
            return known
        conversation = replace(conversation, owner=self._owner)
        keys = await self._keyring.keys_to_seal(self._owner)
        try:
            async with self._database.transaction() as session:
                session.add(conversation_row(conversation, keys, request_key=request_key))
        except IntegrityError:
            # Whoever came with the same key at the same time was faster.
            known = None if request_key is None else await self._with_request_key(request_key)
            if known is None:
                raise
            return known
        return conversation

    @property
    def _own(self) -> ColumnElement[bool]:
        return ConversationRow.owner_id == self._owner

    async def _with_request_key(self, request_key: str) -> Conversation | None:
        query = select(ConversationRow).where(ConversationRow.request_key == request_key, self._own)
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is not None and row.deleted_at is not None:
            raise no_conversation()
        return None if row is None else await self._opened(row)

    async def _opened(self, row: ConversationRow) -> Conversation:
        return (await self._all_opened([row]))[0]

    async def _all_opened(self, rows: Sequence[ConversationRow]) -> list[Conversation]:
        return await self._keyring.opened({row.owner_id for row in rows}, partial(_conversations, rows))

    async def with_id(self, conversation_id: ConversationId) -> Conversation:
        """Return the conversation.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        return await self._only(ConversationRow.id == conversation_id, _SHOWN)

    async def latest(self, *, limit: int, before: Cursor | None = None, titled: bool = False) -> list[Conversation]:
        """Return the conversations that were added to last, newest first; those behind a cursor with `before`.

        With `titled` those are left out in which nothing has been said yet.
        """
        query = select(ConversationRow).where(self._own, _SHOWN).order_by(*_NEWEST_FIRST).limit(limit)
        if titled:
            query = query.where(ConversationRow.titled)
        if before is not None:
            at_once = and_(ConversationRow.updated_at == before.at, ConversationRow.id > before.conversation)
            query = query.where(or_(ConversationRow.updated_at < before.at, at_once))
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
        return await self._all_opened(rows)

    async def count(self) -> int:
        """Return how many conversations the owner has."""
        query = select(func.count()).select_from(ConversationRow).where(self._own, _SHOWN)
        async with self._database.reading() as session:
            return await session.scalar(query) or 0

    async def deleted_with_id(self, conversation_id: ConversationId) -> Conversation:
        """Return a conversation that was deleted and can be restored.

        Raises:
            ConversationNotFound: there is none with this id that is.
        """
        return await self._only(ConversationRow.id == conversation_id, ~_SHOWN)

    async def _only(self, *which: ColumnElement[bool]) -> Conversation:
        async with self._database.reading() as session:
            row = await session.scalar(select(ConversationRow).where(self._own, *which))
        if row is None:
            raise no_conversation()
        return await self._opened(row)

    async def unfinished(self, conversation_id: ConversationId | None = None) -> list[TurnId]:
        """Return the turns of a conversation, or of all, deleted or not, whose reply is not complete."""
        query = (
            select(TurnRow.id)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(self._own, TurnRow.finished_at.is_(None))
        )
        if conversation_id is not None:
            query = query.where(TurnRow.conversation_id == conversation_id)
        async with self._database.reading() as session:
            return [TurnId(name) for name in await session.scalars(query)]

    async def rename(self, conversation_id: ConversationId, title: str) -> Conversation:
        """Give a conversation a title of the mentee's own.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        async with self._database.transaction() as session:
            shown = select(ConversationRow).where(ConversationRow.id == conversation_id, self._own, _SHOWN)
            row = await session.scalar(shown)
            if row is None:
                raise no_conversation()
            give_title(row, title, await self._keyring.keys_of(row.owner_id))
            row.named = True
            return await self._opened(row)

    async def delete(self, conversation_id: ConversationId, *, at: datetime) -> None:
        """Hide a conversation until it is restored or purged.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        shown = update(ConversationRow).where(ConversationRow.id == conversation_id, self._own, _SHOWN)
        async with self._database.transaction() as session:
            if not (await session.execute(shown.values(deleted_at=at).returning(ConversationRow.id))).first():
                raise no_conversation()

    async def restore(self, conversation_id: ConversationId) -> Conversation:
        """Bring a deleted conversation back; one that was not deleted stays as it is.

        Raises:
            ConversationNotFound: there is none with this id, or none any more.
        """
        async with self._database.transaction() as session:
            row = await session.scalar(select(ConversationRow).where(ConversationRow.id == conversation_id, self._own))
            if row is None:
                raise no_conversation()
            row.deleted_at = None
            return await self._opened(row)

    async def purge(self, *, deleted_before: datetime) -> int:
        """Erase what anybody deleted before this moment, with all turns; return how many conversations that were."""
        erase = delete(ConversationRow).where(ConversationRow.deleted_at < deleted_before)
        async with self._database.transaction() as session:
            return len((await session.execute(erase.returning(ConversationRow.id))).all())

    async def passages(self) -> AsyncGenerator[Passage]:
        """Yield everything that can be searched, the newest conversation first and in it the newest turn first."""
        query = (
            select(*_SEARCHED)
            .join(TurnRow, TurnRow.conversation_id == ConversationRow.id)
            .where(self._own, _SHOWN)
            .order_by(*_NEWEST_FIRST, TurnRow.position.desc())
            # Few at once: between them others get their turn.
            .execution_options(yield_per=_ROWS_AT_ONCE)
        )
        async with self._database.reading() as session:
            async for rows in (await session.stream(query)).partitions():
                owners = {row.owner_id for row in rows}
                for passage in await self._keyring.opened_aside(owners, partial(_passages, rows)):
                    yield passage


_SEARCHED = (
    ConversationRow.id,
    ConversationRow.owner_id,
    ConversationRow.sealed_title,
    ConversationRow.title,
    TurnRow.id.label("turn_id"),
    TurnRow.position,
    TurnRow.sealed_message,
    TurnRow.message,
    TurnRow.sealed_reply,
    TurnRow.reply,
)
_SHOWN = ConversationRow.deleted_at.is_(None)
_ROWS_AT_ONCE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,17})-([\w-]{1,36})", re.ASCII)
_NEWEST_FIRST = (ConversationRow.updated_at.desc(), ConversationRow.id)


def _conversations(rows: Sequence[ConversationRow], keys: Keys) -> list[Conversation]:
    return [conversation_of(row, keys[row.owner_id]) for row in rows]


def _passages(rows: Sequence[Row[*tuple[Any, ...]]], keys: Keys) -> list[Passage]:
    titles: dict[str, str] = {}
    found = []
    for row in rows:
        own = keys[row.owner_id]
        if row.id not in titles:
            titles[row.id] = opened_title(row.id, row.sealed_title, row.title, own)
        message = opened_message(row.turn_id, row.sealed_message, row.message, own)
        reply = opened_reply(row.turn_id, row.sealed_reply, row.reply, own)
        found.append(Passage(ConversationId(row.id), titles[row.id], row.position, message, reply))
    return found


def give_title(row: ConversationRow, title: str, keys: OwnerKeys) -> None:
    """Put a title into a row; what else is in it may be sealed with another key."""
    for name, value in title_values(row.id, title, keys).items():
        setattr(row, name, value)
    if row.key_version is not None:
        row.key_version = min(row.key_version, keys.current)


def no_conversation() -> ConversationNotFound:
    """Return the error for an id that no conversation has."""
    return ConversationNotFound("There is no conversation with this id.", field="conversation_id")
