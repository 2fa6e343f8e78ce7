"""Every question the mentoring feature asks the database about what mentees think of replies."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from ion.db import Database
from ion.mentoring.conversation import ConversationId, Turn, TurnId
from ion.mentoring.feedback import Feedback, FeedbackReason, Thumb
from ion.mentoring.models import ConversationRow, FeedbackRow, TurnRow
from ion.mentoring.turn_store import StillWriting, TurnNotFound


class FeedbackStore:
    """Feedback in the database: of each turn the last word alone. It goes when its conversation is erased."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, conversation_id: ConversationId, turn_id: TurnId, feedback: Feedback) -> None:
        """Keep what is thought of a turn's reply, in place of what was said of it before.

        Raises:
            TurnNotFound: the conversation has no turn with this id, or is gone.
            StillWriting: there is no reply yet.
        """
        query = (
            select(TurnRow)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id)
            .where(ConversationRow.deleted_at.is_(None))
            # The row lock makes two that arrive together come one after the other.
            .with_for_update(of=TurnRow)
        )
        async with self._database.transaction() as session:
            turn = await session.scalar(query)
            if turn is None:
                raise TurnNotFound("There is no turn with this id in this conversation.", field="turn_id")
            if turn.finished_at is None:
                raise StillWriting("There is no reply yet that anything could be said of.", field="turn_id")
            await session.merge(
                FeedbackRow(
                    turn_id=turn_id,
                    thumb=feedback.thumb,
                    reasons=list(feedback.reasons),
                    text=feedback.text,
                    given_at=feedback.given_at,
                    reply_at=turn.finished_at,
                )
            )

    async def of(self, conversation_id: ConversationId) -> dict[TurnId, Feedback]:
        """Return what was said of the turns of a conversation, in their order."""
        query = (
            select(FeedbackRow, TurnRow.finished_at)
            .join(TurnRow, TurnRow.id == FeedbackRow.turn_id)
            .where(TurnRow.conversation_id == conversation_id)
            .order_by(TurnRow.position)
        )
        async with self._database.reading() as session:
            found = (await session.execute(query)).all()
        return {
            TurnId(row.turn_id): replace(_feedback(row), outdated=row.reply_at != finished_at)
            for row, finished_at in found
        }

    async def beside(self, conversation_id: ConversationId, turns: Sequence[Turn]) -> list[Turn]:
        """Return turns of a conversation with what was said of them."""
        said = await self.of(conversation_id)
        return [replace(turn, feedback=said.get(turn.id)) for turn in turns]


def _feedback(row: FeedbackRow) -> Feedback:
    reasons = tuple(FeedbackReason(reason) for reason in row.reasons)
    return Feedback(Thumb(row.thumb), reasons, row.text, row.given_at)
