"""Rows that are older than sealing, and rows whose keys were replaced."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.engine import Connection

from ion.db import Database, DatabaseUnavailable, open_database
from ion.db.engine import make_engine
from ion.db.migrating import config
from ion.mentoring import (
    ConversationId,
    ConversationStore,
    Draft,
    EngineUsed,
    OwnerId,
    Sealed,
    Sealer,
    SealingStore,
    TurnId,
    TurnStore,
    has_rows,
)
from ion.sealing import Keyring
from ion.services import open_kept, open_services
from ion.settings import DatabaseSettings, Settings
from tests.keyrings import keyring_of, sealing_settings
from tests.mentoring.test_sealed import shown_in
from tests.mentoring.test_store import NOW, make_conversation, make_turn, prepared
from tests.sealing.test_keyring import Watch
from tests.servers.postgres import Postgres

OLD_TURNS = 250
PLAIN = [
    "발표가 코앞인데 손이 떨려요",
    "오늘은 한 문장만 적어 볼까요",
    "Nobody told me of the move",
    "Lead the retrospective",
]
MESSAGE, REPLY, TITLE, GOAL = PLAIN
C1 = ConversationId("c1")
PLAYBOOKS = EngineUsed("playbooks")

CONVERSATION = (
    "INSERT INTO conversation (id, created_at, updated_at, language, title, goals, named) "
    "VALUES (:id, :at, :at, 'ko', :title, :goals, :named)"
)
TURN = (
    "INSERT INTO turn (id, conversation_id, position, created_at, message, language, reading, routing, reply, engine, "
    "earlier) VALUES (:id, 'c1', :position, :at, :message, 'ko', '{}', '{}', :reply, '{}', :earlier)"
)


async def kept_by_an_older_ion(url: str) -> str:
    """Make a database as it was before texts were sealed, with a conversation in it and an empty one."""
    engine = make_engine(url)

    def old_tables(connection: Connection) -> None:
        command.upgrade(config(connection), "0003")

    earlier = [{"message": f"{MESSAGE} 초안", "reply": f"{REPLY} 초안", "persona": "lua", "at": NOW.isoformat()}]
    async with engine.begin() as connection:
        await connection.run_sync(old_tables)
        for name, title in (("c1", TITLE), ("c2", "")):
            values = {"id": name, "at": NOW, "title": title, "goals": json.dumps([GOAL]), "named": False}
            await connection.execute(text(CONVERSATION), values)
        rows = [
            {
                "id": f"t{number:03}",
                "position": number + 1,
                "at": NOW,
                "message": f"{MESSAGE} {number}",
                "reply": f"{REPLY} {number}",
                "earlier": json.dumps(earlier if number == 7 else []),
            }
            for number in range(OLD_TURNS)
        ]
        await connection.execute(text(TURN), rows)
    await engine.dispose()
    return await prepared(url)


async def sealer_of(database: Database, keyring: Keyring) -> Sealer:
    return Sealer(SealingStore(database, keyring), keyring, Watch())


class TestRowsOfAnOlderIon:
    async def test_are_read_as_they_are_and_then_sealed(self, empty_database_url: str) -> None:
        async with open_database(await kept_by_an_older_ion(empty_database_url)) as database:
            keyring = await keyring_of(database)
            conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
            sealer = await sealer_of(database, keyring)
            before = (
                await conversations.with_id(C1),
                await turns.of(C1),
                await conversations.latest(limit=9, titled=True),
            )
            counts = await sealer.store.counts()
            batches = [batch.rows async for batch in sealer.seal()]
            after = (
                await conversations.with_id(C1),
                await turns.of(C1),
                await conversations.latest(limit=9, titled=True),
            )

            assert before == after
            assert (before[0].title, before[0].goals, [each.id for each in before[2]]) == (TITLE, (GOAL,), ["c1"])
            assert before[1][7].earlier == (Draft(f"{MESSAGE} 초안", f"{REPLY} 초안", "lua", NOW),)
            assert counts == Sealed(rows=OLD_TURNS + 2, plain=OLD_TURNS + 2, replaced=0)
            assert batches == [2, 100, 100, 50]
            assert await sealer.store.counts() == Sealed(rows=OLD_TURNS + 2, plain=0, replaced=0)
            assert (await has_rows(database, is_sealed=True), await has_rows(database, is_sealed=False)) == (
                True,
                False,
            )

    async def test_go_on_where_sealing_was_cut_off(self, empty_database_url: str) -> None:
        async with open_database(await kept_by_an_older_ion(empty_database_url)) as database:
            sealer = await sealer_of(database, await keyring_of(database))
            running = sealer.seal()
            await anext(running)
            await anext(running)
            await running.aclose()
            half, is_tidied_too_soon = await sealer.store.due(), await sealer.tidy()
            rest = [batch.rows async for batch in sealer.seal()]

            assert (half, is_tidied_too_soon) == (OLD_TURNS - 100, False)
            assert rest == [100, 50]
            assert await sealer.tidy()
            assert not await sealer.tidy()

    async def test_are_sealed_by_a_rotation_too(self, empty_database_url: str) -> None:
        async with open_database(await kept_by_an_older_ion(empty_database_url)) as database:
            keyring = await keyring_of(database)
            sealer = await sealer_of(database, keyring)
            rows = sum([batch.rows async for batch in sealer.rotate()])

            assert rows == OLD_TURNS + 2
            assert await sealer.store.due() == 0
            assert await keyring.store.unfinished() == {}

    async def test_lose_nothing_that_is_written_meanwhile(self, empty_database_url: str) -> None:
        async with open_database(await kept_by_an_older_ion(empty_database_url)) as database:
            keyring = await keyring_of(database)
            turns, sealer = TurnStore(database, keyring), await sealer_of(database, keyring)
            await sealer.prepare()
            names = [TurnId(f"t{number:03}") for number in range(0, OLD_TURNS, 5)]

            async def seal() -> None:
                async for _ in sealer.seal():
                    await asyncio.sleep(0)

            finishing = (turns.finish(name, reply=f"새 답 {name}", engine=PLAYBOOKS, at=NOW) for name in names)
            renaming = ConversationStore(database, keyring).rename(C1, "새 제목")
            await asyncio.gather(seal(), *finishing, renaming)
            kept = {turn.id: turn.reply for turn in await turns.of(C1)}
            title = (await ConversationStore(database, keyring).with_id(C1)).title

            assert {name: kept[name] for name in names} == {name: f"새 답 {name}" for name in names}
            assert title == "새 제목"
            assert await sealer.store.due() == 0

    async def test_leave_no_text_in_the_files_of_sqlite(self, tmp_path: Path) -> None:
        settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'ion.db'}"))
        await kept_by_an_older_ion(settings.database.url)
        before = {sentence for sentence, _ in shown_in(tmp_path, PLAIN)}
        async with open_kept(settings) as kept:
            await kept.sealer.seal_in_background()
            after = shown_in(tmp_path, PLAIN)
            unfinished = await kept.keyring.store.unfinished()

        # Titles and goals are ASCII in JSON and in the row alike.
        assert before == {*PLAIN}
        assert after == set()
        assert unfinished == {}

    async def test_leave_no_text_in_the_tables_of_postgresql(self, postgres: Postgres) -> None:
        url = await kept_by_an_older_ion(postgres.fresh_database())
        tables = await folder_of(url, Path(postgres.server.pgdata))
        postgres.server.psql("CHECKPOINT;")
        before = {sentence for sentence, _ in shown_in(tables, PLAIN)}
        async with open_kept(sealing_settings(url)) as kept:
            await kept.sealer.seal_in_background()
            waiting = set(await kept.keyring.store.unfinished())
            tidied = await kept.sealer.tidy()
        postgres.server.psql("CHECKPOINT;")

        assert before == {*PLAIN}
        assert (waiting, tidied) == ({"sealing"}, True)
        assert shown_in(tables, PLAIN) == set()

    async def test_are_sealed_when_ion_starts(self, tmp_path: Path) -> None:
        settings = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'ion.db'}"))
        await kept_by_an_older_ion(settings.database.url)
        async with open_services(settings) as services:
            for _ in range(10_000):
                if not await has_rows(services.database, is_sealed=False):
                    break
            is_plain = await has_rows(services.database, is_sealed=False)
            (turn, *_) = await services.turns.of(C1)

        assert not is_plain
        assert turn.message == f"{MESSAGE} 0"

    async def test_stay_for_the_next_start_where_the_file_is_in_use(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'ion.db'}"
        async with open_database(await kept_by_an_older_ion(url)) as database:
            keyring = await keyring_of(database)
            sealer = await sealer_of(database, keyring)
            _ = [batch async for batch in sealer.seal()]
            async with database.reading() as session:
                await session.execute(text("PRAGMA busy_timeout=1"))
                await session.execute(text("BEGIN"))
                await session.execute(text("SELECT count(*) FROM turn"))
                await keyring.keys_to_seal("somebody else")
                with pytest.raises(DatabaseUnavailable, match="in use"):
                    await sealer.tidy()
                await sealer.seal_in_background()
                waiting = set(await keyring.store.unfinished())

            assert waiting == {"sealing"}
            assert await sealer.tidy()


async def folder_of(url: str, data: Path) -> Path:
    """Return where PostgreSQL keeps the tables of one database."""
    async with open_database(url) as database, database.reading() as session:
        number = await session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    return data / "base" / str(number)


OWNERS = (OwnerId("mina"), OwnerId("jun"))


class TestReplacedKeys:
    async def test_are_replaced_in_every_row(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            keyring = await keyring_of(database)
            stores = [
                (ConversationStore(database, keyring, owner), TurnStore(database, keyring, owner)) for owner in OWNERS
            ]
            for owner, (conversations, turns) in zip(OWNERS, stores, strict=True):
                await conversations.add(replace(make_conversation(owner), title=owner))
                await turns.append(make_turn(f"t-{owner}", conversation=owner), title="")
            before = [(await turns.of(ConversationId("mina")), await own.latest(limit=9)) for own, turns in stores]
            sealer = Sealer(SealingStore(database, keyring), keyring, lambda: NOW + timedelta(days=365_0))
            batches = [batch.rows async for batch in sealer.rotate()]
            after = [(await turns.of(ConversationId("mina")), await own.latest(limit=9)) for own, turns in stores]
            async with database.reading() as session:
                versions = set(await session.scalars(text("SELECT key_version FROM turn")))

            assert batches == [0, 1, 1, 1, 1]
            assert before == after
            assert versions == {2}
            assert await sealer.store.counts() == Sealed(rows=4, plain=0, replaced=0)
            assert await keyring.store.unfinished() == {}

    async def test_that_another_process_replaced_are_told_by_the_row(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            keyring, other = await keyring_of(database, clock=Watch()), await keyring_of(database)
            conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
            await conversations.add(make_conversation())
            first = await turns.append(make_turn(), title="제목")
            await other.renew([(make_conversation().owner, 1)])
            elsewhere = SealingStore(database, other)
            _ = [batch async for batch in elsewhere.reseal()]
            # This process still seals with the key that was replaced, into rows of the new one.
            await turns.finish(first.id, reply="답", engine=PLAYBOOKS, at=NOW)
            await conversations.rename(C1, "새 제목")
            counts = await elsewhere.counts()
            _ = [batch async for batch in elsewhere.reseal()]

            assert counts == Sealed(rows=2, plain=0, replaced=2)
            assert await elsewhere.due() == 0
            assert (await conversations.with_id(C1)).title == "새 제목"
            assert [turn.reply for turn in await turns.of(C1)] == ["답"]

    async def test_rows_that_do_not_open_are_counted_and_left_alone(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            keyring = await keyring_of(database)
            conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
            await conversations.add(make_conversation())
            for name in ("t1", "t2"):
                await turns.append(make_turn(name), title="")
            async with database.transaction() as session:
                await session.execute(text("UPDATE turn SET sealed_reply = sealed_message WHERE id = 't1'"))
            await keyring.renew([(make_conversation().owner, 1)])
            batches = [(batch.rows, batch.unreadable) async for batch in SealingStore(database, keyring).reseal()]

            assert batches == [(1, 0), (1, 1)]
            assert await SealingStore(database, keyring).due() == 1
