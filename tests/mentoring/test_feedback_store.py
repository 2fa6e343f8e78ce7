import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from ion.db import Database, open_database
from ion.mentoring import (
    ConversationId,
    ConversationStore,
    EngineUsed,
    FeedbackReason,
    FeedbackStore,
    SealingStore,
    StillWriting,
    Thumb,
    TurnId,
    TurnNotFound,
    TurnStore,
    feedback_of,
)
from ion.mentoring.asking import blank
from tests.keyrings import keyring_of
from tests.mentoring.test_store import NOW, make_conversation, make_turn, prepared

CONVERSATION, TURN = ConversationId("c1"), TurnId("t1")
USEFUL = feedback_of(Thumb.UP, [FeedbackReason.USEFUL], None, at=NOW)
VAGUE = feedback_of(Thumb.DOWN, [FeedbackReason.TOO_GENERAL, FeedbackReason.OTHER], "예시가 없어요.", at=NOW)


@dataclass
class Kept:
    database: Database
    conversations: ConversationStore
    turns: TurnStore
    feedback: FeedbackStore
    sealing: SealingStore

    async def columns(self) -> tuple[str | None, bytes | None, int | None]:
        async with self.database.reading() as session:
            plain, sealed, version = (
                await session.execute(text("SELECT text, sealed_text, key_version FROM feedback"))
            ).one()
        return plain, sealed, version

    async def finish(self, turn_id: TurnId = TURN, *, seconds: float = 3) -> None:
        await self.turns.finish(
            turn_id, reply="먼저 볼 것은…", engine=EngineUsed("playbooks"), at=NOW + timedelta(seconds=seconds)
        )

    async def count(self) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(text("SELECT count(*) FROM feedback")) or 0)


@asynccontextmanager
async def kept_at(url: str, *turns: str) -> AsyncIterator[Kept]:
    async with open_database(await prepared(url)) as database:
        keyring = await keyring_of(database)
        kept = Kept(
            database,
            ConversationStore(database, keyring),
            TurnStore(database, keyring),
            FeedbackStore(database, keyring),
            SealingStore(database, keyring),
        )
        await kept.conversations.add(make_conversation())
        for name in turns or ("t1",):
            await kept.turns.append(make_turn(name), title="배포 전날")
        yield kept


class TestFeedbackStore:
    async def test_what_is_kept_comes_back_as_it_was(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            said = await kept.feedback.of(CONVERSATION)

        assert said == {TURN: VAGUE}

    async def test_its_words_are_sealed(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            plain, sealed, version = await kept.columns()

        assert (plain, version) == (None, 1)
        assert VAGUE.text is not None
        assert sealed is not None
        assert VAGUE.text.encode() not in bytes(sealed)

    async def test_words_that_an_older_ion_kept_are_read_and_then_sealed(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            async with kept.database.transaction() as session:
                older = text("UPDATE feedback SET text = :words, sealed_text = NULL, key_version = NULL")
                await session.execute(older, {"words": VAGUE.text})
            before, due = await kept.feedback.of(CONVERSATION), await kept.sealing.due()
            batches = [batch.rows async for batch in kept.sealing.reseal()]
            after, left = await kept.feedback.of(CONVERSATION), await kept.sealing.due()
            plain, _, version = await kept.columns()

        assert before == after == {TURN: VAGUE}
        assert (due, batches, left) == (1, [1], 0)
        assert (plain, version) == (None, 1)

    async def test_the_last_word_replaces_the_one_before(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            await kept.feedback.keep(CONVERSATION, TURN, USEFUL)
            said, count = await kept.feedback.of(CONVERSATION), await kept.count()

        assert (said, count) == ({TURN: USEFUL}, 1)

    async def test_many_at_once_leave_one(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await asyncio.gather(*(kept.feedback.keep(CONVERSATION, TURN, said) for said in (USEFUL, VAGUE) * 4))
            said, count = await kept.feedback.of(CONVERSATION), await kept.count()

        assert count == 1
        assert said[TURN] in (USEFUL, VAGUE)

    async def test_stands_beside_its_turns_in_their_order(self, database_url: str) -> None:
        names = [TurnId(name) for name in ("z", "a", "m")]
        async with kept_at(database_url, *names) as kept:
            for name in names[:2]:
                await kept.finish(name)
                await kept.feedback.keep(CONVERSATION, name, USEFUL)
            said = await kept.feedback.of(CONVERSATION)
            turns = await kept.feedback.beside(CONVERSATION, await kept.turns.of(CONVERSATION))

        assert list(said) == names[:2]
        assert [turn.feedback for turn in turns] == [USEFUL, USEFUL, None]

    async def test_of_a_reply_that_was_redone_is_outdated_until_it_is_given_again(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            before = await kept.turns.with_id(CONVERSATION, TURN)
            await kept.turns.redo(blank(before, before.message), before=before, title="")
            writing = (await kept.feedback.of(CONVERSATION))[TURN]
            await kept.finish(seconds=60)
            redone = (await kept.feedback.of(CONVERSATION))[TURN]
            await kept.feedback.keep(CONVERSATION, TURN, USEFUL)
            given_again = (await kept.feedback.of(CONVERSATION))[TURN]

        assert (writing.outdated, redone.outdated, redone.text) == (True, True, VAGUE.text)
        assert given_again == USEFUL

    async def test_of_a_reply_that_is_not_there_is_refused(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            with pytest.raises(StillWriting):
                await kept.feedback.keep(CONVERSATION, TURN, USEFUL)

            assert await kept.count() == 0

    @pytest.mark.parametrize(("conversation", "turn"), [("c1", "t2"), ("c2", "t1"), ("", "")])
    async def test_of_nothing_is_not_found(self, database_url: str, conversation: str, turn: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            with pytest.raises(TurnNotFound):
                await kept.feedback.keep(ConversationId(conversation), TurnId(turn), USEFUL)

    async def test_cannot_be_given_in_a_deleted_conversation_and_goes_with_it(self, database_url: str) -> None:
        async with kept_at(database_url) as kept:
            await kept.finish()
            await kept.feedback.keep(CONVERSATION, TURN, VAGUE)
            await kept.conversations.delete(CONVERSATION, at=NOW)
            with pytest.raises(TurnNotFound):
                await kept.feedback.keep(CONVERSATION, TURN, USEFUL)
            await kept.conversations.purge(deleted_before=NOW + timedelta(seconds=1))

            assert await kept.count() == 0
