import asyncio
from dataclasses import replace

import pytest

from ion.db import Database, open_database
from ion.mentoring import (
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    Draft,
    EngineUsed,
    TurnId,
    TurnNotFound,
    TurnStore,
)
from tests.keyrings import keyring_of
from tests.mentoring.test_store import NOW, make_conversation, make_turn, prepared
from tests.servers.postgres import Postgres

C1 = ConversationId("c1")


async def with_conversation(database: Database, *names: str) -> TurnStore:
    for name in names or ("c1",):
        await ConversationStore(database, await keyring_of(database)).add(make_conversation(name))
    return TurnStore(database, await keyring_of(database))


class TestRequestKeys:
    async def test_a_turn_is_kept_once_under_its_key_in_its_conversation(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database, "c1", "c2")
            first = await store.append(make_turn("t1"), title="", request_key="k1")
            second = await store.append(make_turn("t2"), title="", request_key="k1")
            elsewhere = await store.append(make_turn("t3", conversation="c2"), title="", request_key="k1")
            found = [
                await store.with_request_key(C1, "k1"),
                await store.with_request_key(ConversationId("c2"), "k1"),
                await store.with_request_key(C1, "k2"),
            ]

        assert second == first
        assert found == [first, elsewhere, None]

    async def test_of_many_at_once_one_is_kept(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database)
            placed = await asyncio.gather(
                *(store.append(make_turn(f"t{number}"), title="", request_key="k1") for number in range(8))
            )
            kept = await store.of(C1)

        assert placed == kept * 8

    async def test_of_two_processes_one_keeps_it(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        async with open_database(url) as one, open_database(url) as other:
            await with_conversation(one)
            stores = (TurnStore(one, await keyring_of(one)), TurnStore(other, await keyring_of(other)))
            placed = await asyncio.gather(
                *(stores[number % 2].append(make_turn(f"t{number}"), title="", request_key="k1") for number in range(8))
            )
            kept = await stores[0].of(C1)

        assert placed == kept * 8


class TestFinishing:
    async def test_the_first_reply_stays(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database)
            turn = await store.append(make_turn(), title="")
            for reply in ("One.", "Two."):
                await store.finish(turn.id, reply=reply, engine=EngineUsed("playbooks"), at=NOW)
            kept = await store.with_id(C1, turn.id)

        assert kept == replace(turn, reply="One.", engine=EngineUsed("playbooks"), finished_at=NOW)


class TestLookingUp:
    async def test_turns_up_to_a_place_and_how_many_there_are(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database)
            for number in range(1, 6):
                await store.append(make_turn(f"t{number}"), title="")
            before = await store.of(C1, before=4, limit=2)
            none = await store.of(C1, before=1, limit=2)
            count = await store.count(C1)

        assert [turn.id for turn in before] == ["t2", "t3"]
        assert none == []
        assert count == 5

    async def test_the_answers_to_a_message(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database, "c1", "c2")
            for turn in (
                make_turn("t1"),
                make_turn("t2"),
                replace(make_turn("t3"), again_of=TurnId("t1")),
                replace(make_turn("t4", conversation="c2"), again_of=TurnId("t1")),
            ):
                await store.append(turn, title="")
            answers = await store.answers_to(C1, TurnId("t1"))

        assert [(turn.id, turn.again_of) for turn in answers] == [("t1", None), ("t3", "t1")]

    async def test_a_turn_only_in_its_conversation_and_only_while_that_is_there(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database, "c1", "c2")
            turn = await store.append(make_turn(), title="")
            found = await store.with_id(C1, turn.id)
            with pytest.raises(TurnNotFound):
                await store.with_id(ConversationId("c2"), turn.id)
            await ConversationStore(database, await keyring_of(database)).delete(C1, at=NOW)
            with pytest.raises(TurnNotFound):
                await store.with_id(C1, turn.id)
            with pytest.raises(ConversationNotFound):
                await store.append(make_turn("t2"), title="")

        assert found == turn


class TestWhatATurnWas:
    async def test_comes_back_as_it_was_kept(self, database_url: str) -> None:
        drafts = (Draft("처음 말", "처음 답", "lua", NOW), Draft("위험한 말", "109", None, NOW))
        async with open_database(await prepared(database_url)) as database:
            store = await with_conversation(database)
            before = await store.append(make_turn(), title="")
            turn = replace(before, message="다시 말", earlier=drafts, reply="새 답", engine=EngineUsed("help_lines"))
            await store.redo(turn, before=before, title="새 제목")
            kept = await store.with_id(C1, turn.id)
            conversation = await ConversationStore(database, await keyring_of(database)).with_id(C1)

        assert kept == turn
        assert conversation.title == "새 제목"
