"""Erasing conversations: all of one owner, or those that nobody has added to for long."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from ion.db import Row
from ion.mentoring.conversation import OwnerId
from ion.mentoring.models import ConversationRow, CorrectionRow, FeedbackRow, TurnRow


async def erase_conversations(session: AsyncSession, owner: OwnerId) -> Mapping[str, int]:
    """Erase the owner's conversations, deleted or not, with everything in them; return how much of what that was."""
    own = ConversationRow.owner_id == owner
    turns = TurnRow.conversation_id.in_(select(ConversationRow.id).where(own))
    within = select(TurnRow.id).where(turns)
    counts = {
        "corrections": await _count(session, CorrectionRow, CorrectionRow.turn_id.in_(within)),
        "feedback": await _count(session, FeedbackRow, FeedbackRow.turn_id.in_(within)),
        "turns": await _count(session, TurnRow, turns),
        "conversations": await _count(session, ConversationRow, own),
    }
    # What is in them goes with them.
    await session.execute(delete(ConversationRow).where(own))
    return counts


async def erase_idle(session: AsyncSession, owners: Collection[OwnerId], *, before: datetime, most: int) -> int:
    """Erase what these owners last added to before a moment, `most` at once; return how many conversations that were.

    What is in them goes with them.
    """
    is_idle = ConversationRow.updated_at < before
    idle = select(ConversationRow.id).where(ConversationRow.owner_id.in_(owners), is_idle).limit(most)
    # Looked at once more: somebody may have added to one meanwhile.
    erase = delete(ConversationRow).where(ConversationRow.id.in_(idle), is_idle)
    return len((await session.execute(erase.returning(ConversationRow.id))).all())


async def _count(session: AsyncSession, table: type[Row], which: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(table).where(which)) or 0
