"""Every question the mentoring feature asks the database about what mentees think of replies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select

from ion.db import Database
from ion.mentoring.conversation import LOCAL, ConversationId, OwnerId, Turn, TurnId
from ion.mentoring.feedback import Feedback, FeedbackReason, Thumb
from ion.mentoring.models import ConversationRow, FeedbackRow, TurnRow
from ion.mentoring.sealed import text_of_row, text_values
from ion.mentoring.turn_store import StillWriting, TurnNotFound
from ion.sealing import Keyring, Keys


class FeedbackStore:
    """One owner's feedback in the database: of each turn the last word alone, sealed.

    It goes when its conversation is erased.
    """

    def __init__(self, database: Database, keyring: Keyring, owner: OwnerId = LOCAL) -> None:
        self._database = database
        self._keyring = keyring
        self._owner = owner

    async def keep(self, conversation_id: ConversationId, turn_id: TurnId, feedback: Feedback) -> None:
        """Keep what is thought of a turn's reply, in place of what was said of it before.

        Raises:
            TurnNotFound: the conversation has no turn with this id, or is gone.
            StillWriting: there is no reply yet.
        """
        query = (
            select(TurnRow, ConversationRow.owner_id)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id)
            .where(ConversationRow.owner_id == self._owner, ConversationRow.deleted_at.is_(None))
            # The row lock makes two that arrive together come one after the other.
            .with_for_update(of=TurnRow)
        )
        async with self._database.transaction() as session:
            found = (await session.execute(query)).one_or_none()
            if found is None:
                raise TurnNotFound("There is no turn with this id in this conversation.", field="turn_id")
            turn, owner = found
            if turn.finished_at is None:
                raise StillWriting("There is no reply yet that anything could be said of.", field="turn_id")
            keys = await self._keyring.keys_to_seal(owner)
            await session.merge(
                FeedbackRow(
                    turn_id=turn_id,
                    thumb=feedback.thumb,
                    reasons=list(feedback.reasons),
                    **text_values(turn_id, feedback.text, keys),
                    key_version=keys.current,
                    given_at=feedback.given_at,
                    reply_at=turn.finished_at,
                )
            )

    async def of(self, conversation_id: ConversationId) -> dict[TurnId, Feedback]:
        """Return what was said of the turns of a conversation, in their order."""
        query = (
            select(FeedbackRow, TurnRow.finished_at, ConversationRow.owner_id)
            .join(TurnRow, TurnRow.id == FeedbackRow.turn_id)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(ConversationRow.owner_id == self._owner, TurnRow.conversation_id == conversation_id)
            .order_by(TurnRow.position)
        )
        async with self._database.reading() as session:
            found = [(row, finished_at, owner) for row, finished_at, owner in await session.execute(query)]
        return await self._keyring.opened({owner for _, _, owner in found}, partial(_said, found))

    async def beside(self, conversation_id: ConversationId, turns: Sequence[Turn]) -> list[Turn]:
        """Return turns of a conversation with what was said of them."""
        said = await self.of(conversation_id)
        return [replace(turn, feedback=said.get(turn.id)) for turn in turns]


def _said(rows: Sequence[tuple[FeedbackRow, datetime | None, str]], keys: Keys) -> dict[TurnId, Feedback]:
    return {
        TurnId(row.turn_id): Feedback(
            Thumb(row.thumb),
            tuple(FeedbackReason(reason) for reason in row.reasons),
            text_of_row(row, keys[owner]),
            row.given_at,
            outdated=row.reply_at != finished_at,
        )
        for row, finished_at, owner in rows
    }
