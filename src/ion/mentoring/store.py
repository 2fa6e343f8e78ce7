"""Every question the mentoring feature asks the database about conversations."""

from collections.abc import AsyncGenerator
from datetime import datetime

from sqlalchemy import delete, select, update

from ion.db import Database
from ion.errors import NotFound
from ion.mentoring.conversation import Conversation, ConversationId
from ion.mentoring.models import ConversationRow, TurnRow
from ion.mentoring.rows import conversation_of
from ion.mentoring.search import Passage


class ConversationNotFound(NotFound):
    """No conversation has this id."""

    code = "conversation_not_found"


class ConversationStore:
    """Conversations in the database. One that was deleted is there for `restore` alone, until it is purged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, conversation: Conversation, *, request_key: str | None = None) -> Conversation:
        """Keep a new conversation; return the one that was kept before under the same `request_key`, if any."""
        async with self._database.transaction() as session:
            if request_key is not None:
                known = await session.scalar(select(ConversationRow).where(ConversationRow.request_key == request_key))
                if known is not None:
                    return conversation_of(known)
            session.add(
                ConversationRow(
                    id=conversation.id,
                    created_at=conversation.created_at,
                    updated_at=conversation.updated_at,
                    language=conversation.language,
                    title=conversation.title,
                    persona=conversation.persona,
                    goals=list(conversation.goals),
                    request_key=request_key,
                )
            )
        return conversation

    async def with_id(self, conversation_id: ConversationId) -> Conversation:
        """Return the conversation.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        query = select(ConversationRow).where(ConversationRow.id == conversation_id, _SHOWN)
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise no_conversation()
        return conversation_of(row)

    async def latest(self, *, limit: int) -> list[Conversation]:
        """Return the conversations that were added to last, newest first."""
        query = select(ConversationRow).where(_SHOWN).order_by(*_NEWEST_FIRST).limit(limit)
        async with self._database.reading() as session:
            return [conversation_of(row) for row in await session.scalars(query)]

    async def rename(self, conversation_id: ConversationId, title: str) -> Conversation:
        """Give a conversation a title of the mentee's own.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        async with self._database.transaction() as session:
            row = await session.scalar(select(ConversationRow).where(ConversationRow.id == conversation_id, _SHOWN))
            if row is None:
                raise no_conversation()
            row.title, row.named = title, True
            return conversation_of(row)

    async def delete(self, conversation_id: ConversationId, *, at: datetime) -> None:
        """Hide a conversation until it is restored or purged.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        hide = update(ConversationRow).where(ConversationRow.id == conversation_id, _SHOWN).values(deleted_at=at)
        async with self._database.transaction() as session:
            if not (await session.execute(hide.returning(ConversationRow.id))).first():
                raise no_conversation()

    async def restore(self, conversation_id: ConversationId) -> Conversation:
        """Bring a deleted conversation back; one that was not deleted stays as it is.

        Raises:
            ConversationNotFound: there is none with this id, or none any more.
        """
        async with self._database.transaction() as session:
            row = await session.get(ConversationRow, conversation_id)
            if row is None:
                raise no_conversation()
            row.deleted_at = None
            return conversation_of(row)

    async def purge(self, *, deleted_before: datetime) -> int:
        """Erase what was deleted before this moment, with all its turns; return how many conversations that were."""
        erase = delete(ConversationRow).where(ConversationRow.deleted_at < deleted_before)
        async with self._database.transaction() as session:
            return len((await session.execute(erase.returning(ConversationRow.id))).all())

    async def passages(self) -> AsyncGenerator[Passage]:
        """Yield everything that can be searched, the newest conversation first and in it the newest turn first."""
        query = (
            select(ConversationRow.id, ConversationRow.title, TurnRow.position, TurnRow.message, TurnRow.reply)
            .join(TurnRow, TurnRow.conversation_id == ConversationRow.id)
            .where(_SHOWN)
            .order_by(*_NEWEST_FIRST, TurnRow.position.desc())
        )
        async with self._database.reading() as session:
            async for name, title, position, message, reply in await session.stream(query):
                yield Passage(ConversationId(name), title, position, message, reply)


_SHOWN = ConversationRow.deleted_at.is_(None)
_NEWEST_FIRST = (ConversationRow.updated_at.desc(), ConversationRow.id)


def no_conversation() -> ConversationNotFound:
    """Return the error for an id that no conversation has."""
    return ConversationNotFound("There is no conversation with this id.", field="conversation_id")
