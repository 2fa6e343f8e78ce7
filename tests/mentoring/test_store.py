from datetime import UTC, datetime, timedelta

import pytest

from ion.db import upgrade
from ion.db.engine import make_engine, open_database
from ion.mentoring import (
    Conversation,
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    EngineUsed,
    Turn,
    TurnId,
    TurnStore,
)
from ion.personas import load_catalogue
from ion.resonance import LinearModel, Reader
from ion.routing import ResonanceRouter
from tests.keyrings import keyring_of

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def make_conversation(name: str = "c1", *, at: datetime = NOW) -> Conversation:
    return Conversation(ConversationId(name), at, at, "ko", "", "lua", ("이직", "건강"))


def make_turn(name: str = "t1", *, conversation: str = "c1") -> Turn:
    text = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
    reading = Reader(LinearModel.load()).read(text)
    choice = ResonanceRouter(load_catalogue()).route(reading.key)
    return Turn(
        id=TurnId(name),
        conversation_id=ConversationId(conversation),
        position=1,
        created_at=NOW,
        finished_at=None,
        message=text,
        language="ko",
        crisis=None,
        key=reading.key,
        reading=reading,
        choice=choice,
        reply="",
        engine=None,
        injection="base64",
    )


async def prepared(url: str) -> str:
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    return url


class TestOnBothDatabases:
    async def test_what_is_kept_comes_back_as_it_was(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = ConversationStore(database, await keyring_of(database))
            await store.add(make_conversation())
            turns_of = TurnStore(database, await keyring_of(database))
            placed = await turns_of.append(make_turn(), title="배포 전날")
            engine = EngineUsed("playbooks", degraded=True, reason="timeout", topic="flaky-tests")
            await turns_of.finish(placed.id, reply="먼저 볼 것은…", engine=engine, at=NOW + timedelta(seconds=3))
            conversation = await store.with_id(ConversationId("c1"))
            (turn,) = await turns_of.of(ConversationId("c1"))

        assert (conversation.title, conversation.goals, conversation.persona) == ("배포 전날", ("이직", "건강"), "lua")
        assert conversation.updated_at == NOW
        assert (turn.reading, turn.choice, turn.key) == (placed.reading, placed.choice, placed.key)
        assert (turn.reply, turn.engine, turn.injection) == ("먼저 볼 것은…", engine, "base64")
        assert turn.finished_at == NOW + timedelta(seconds=3)

    async def test_turns_stand_in_the_order_they_came(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = ConversationStore(database, await keyring_of(database))
            await store.add(make_conversation())
            turns_of = TurnStore(database, await keyring_of(database))
            for name in ("t3", "t1", "t2"):
                await turns_of.append(make_turn(name), title="")
            turns = await turns_of.of(ConversationId("c1"))

        assert [(turn.id, turn.position) for turn in turns] == [("t3", 1), ("t1", 2), ("t2", 3)]

    async def test_the_latest_conversations_come_first(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = ConversationStore(database, await keyring_of(database))
            for number in range(4):
                await store.add(make_conversation(f"c{number}", at=NOW + timedelta(minutes=number)))
            latest = await store.latest(limit=3)

        assert [conversation.id for conversation in latest] == ["c3", "c2", "c1"]

    async def test_what_is_not_there_is_said_to_be_not_there(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = ConversationStore(database, await keyring_of(database))
            turns_of = TurnStore(database, await keyring_of(database))
            with pytest.raises(ConversationNotFound):
                await store.with_id(ConversationId("nowhere"))
            with pytest.raises(ConversationNotFound):
                await turns_of.append(make_turn(conversation="nowhere"), title="")
            turns = await turns_of.of(ConversationId("nowhere"))

        assert turns == []

    async def test_a_request_key_outlives_its_conversation_until_that_is_erased(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = ConversationStore(database, await keyring_of(database))
            await store.add(make_conversation(), request_key="k1")
            await store.delete(ConversationId("c1"), at=NOW)
            with pytest.raises(ConversationNotFound):
                await store.add(make_conversation("c2"), request_key="k1")
            await store.purge(deleted_before=NOW + timedelta(seconds=1))
            again = await store.add(make_conversation("c2"), request_key="k1")

        assert again.id == "c2"
