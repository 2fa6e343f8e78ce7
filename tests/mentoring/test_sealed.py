"""A stolen database shows no sentence: what the files of a database hold, and what opens only in its place."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ion.db import Database, open_database
from ion.mentoring import (
    Conversation,
    ConversationId,
    ConversationStore,
    Draft,
    EngineUsed,
    OwnerId,
    Turn,
    TurnId,
    TurnStore,
)
from ion.mentoring.rows import conversation_row, row_of
from ion.sealing import BrokenSeal, Keyring, NoDataKey
from ion.services import Kept, open_kept
from ion.settings import DatabaseSettings, Settings
from tests.keyrings import keyring_of, sealing_settings
from tests.mentoring.test_store import NOW, make_conversation, make_turn, prepared
from tests.servers.databases import sqlite_at
from tests.servers.postgres import Postgres

CONVERSATIONS, WRITTEN_ONE_BY_ONE = 1000, 20
# What is written, each with a number after it; none of it may be found again.
SAID = {
    "message": (
        "발표가 코앞인데 손이 떨려서 첫 문장을 못 쓰겠어요",
        "My supervisor moved the review to Thursday again",
    ),
    "reply": ("오늘은 첫 문장 하나만 소리 내어 적어 볼까요", "Write down the one question that the review must answer"),
    "draft": ("어제 쓴 초안은 버리고 다시 물어볼게요", "Never mind what I asked before, this is the real worry"),
    "drafted": ("초안에 대한 예전 조언이에요", "This was the advice on the earlier question"),
    "title": ("발표 첫 문장이 막힌 밤", "Review moved to Thursday"),
    "goal": ("겨울까지 이직 준비를 마치기", "Lead the retrospective in spring"),
}
SENTENCES = [sentence for both in SAID.values() for sentence in both]
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def written(number: int, template: Turn) -> tuple[Conversation, Turn]:
    """A conversation with a turn that was redone, in one of the two languages."""
    said = {name: f"{both[number % 2]} {number}" for name, both in SAID.items()}
    at = NOW + timedelta(seconds=number)
    conversation = replace(
        make_conversation(f"c-{number}", at=at), title=said["title"][:80], goals=(said["goal"], said["goal"][::-1])
    )
    turn = replace(
        template,
        id=TurnId(f"t-{number}"),
        conversation_id=conversation.id,
        message=said["message"],
        reply=said["reply"],
        finished_at=at,
        engine=EngineUsed("playbooks"),
        earlier=(Draft(said["draft"], said["drafted"], "lua", at),),
    )
    return conversation, turn


async def fill(database: Database, keyring: Keyring) -> None:
    """Keep a thousand conversations: some as they come through the stores, the others at once."""
    conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
    template = make_turn()
    for number in range(WRITTEN_ONE_BY_ONE):
        conversation, turn = written(number, template)
        await conversations.add(replace(conversation, title=""))
        before = replace(turn, message=turn.earlier[0].message, reply="", earlier=(), finished_at=None, engine=None)
        placed = await turns.append(before, title=conversation.title)
        await turns.finish(placed.id, reply=turn.earlier[0].reply, engine=EngineUsed("playbooks"), at=NOW)
        (kept,) = await turns.of(conversation.id)
        await turns.redo(replace(turn, reply="", finished_at=None), before=kept, title=conversation.title)
        await turns.finish(placed.id, reply=turn.reply, engine=EngineUsed("playbooks"), at=NOW)
        await conversations.rename(conversation.id, conversation.title)
    keys = await keyring.keys_to_seal(make_conversation().owner)
    async with database.transaction() as session:
        for number in range(WRITTEN_ONE_BY_ONE, CONVERSATIONS):
            conversation, turn = written(number, template)
            session.add(conversation_row(conversation, keys, request_key=None))
            session.add(row_of(turn, keys, request_key=None))


def files_in(folder: Path) -> Iterator[bytes]:
    for path, _, names in os.walk(folder):
        for name in names:
            file = Path(path) / name
            if file.is_file():
                yield file.read_bytes()


def shown_in(folder: Path, sentences: list[str]) -> set[tuple[str, str]]:
    """Return the sentences that are in any file of a folder, with how they are written there."""
    wanted = {(sentence, encoding): sentence.encode(encoding) for sentence in sentences for encoding in ENCODINGS}
    found: set[tuple[str, str]] = set()
    for content in files_in(folder):
        found |= {name for name, value in wanted.items() if value in content}
    return found


class TestStolenFiles:
    async def test_of_sqlite_show_no_sentence(self, tmp_path: Path) -> None:
        async with open_kept(Settings(database=DatabaseSettings(url=sqlite_at(tmp_path / "ion.db")))) as kept:
            await fill(kept.database, kept.keyring)
            open_files = shown_in(tmp_path, SENTENCES)
            searched = shown_in(tmp_path, ["c-17", "t-999"])
            (turn,) = await kept.turns.of(ConversationId("c-17"))

        assert open_files == shown_in(tmp_path, SENTENCES) == set()
        # What is not sealed is found, so sentences would be.
        assert searched == {("c-17", "utf-8"), ("t-999", "utf-8")}
        assert (turn.message, turn.reply) == (f"{SAID['message'][1]} 17", f"{SAID['reply'][1]} 17")
        assert turn.earlier[0].reply == f"{SAID['drafted'][1]} 17"

    async def test_of_postgresql_show_no_sentence(self, own_postgres: Postgres) -> None:
        url = await prepared(own_postgres.fresh_database())
        async with open_kept(sealing_settings(url)) as kept:
            await fill(kept.database, kept.keyring)
            conversation = await kept.conversations.with_id(ConversationId("c-998"))
        own_postgres.server.psql("CHECKPOINT;")
        found = shown_in(Path(own_postgres.server.pgdata), SENTENCES)
        searched = shown_in(Path(own_postgres.server.pgdata), ["c-17", "t-999"])

        assert found == set()
        assert {name for name, _ in searched} == {"c-17", "t-999"}
        assert conversation.title == f"{SAID['title'][0]} 998"
        assert conversation.goals[0] == f"{SAID['goal'][0]} 998"


async def kept_with(database: Database, *names: str) -> tuple[ConversationStore, TurnStore]:
    keyring = await keyring_of(database)
    conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
    for name in names:
        await conversations.add(replace(make_conversation(name), title=f"제목 {name}"))
        await turns.append(make_turn(f"t-{name}", conversation=name), title="")
    return conversations, turns


class TestMovedValues:
    @pytest.mark.parametrize("column", ["sealed_message", "sealed_reply", "sealed_earlier"])
    async def test_of_another_turn_do_not_open(self, database_url: str, column: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            _, turns = await kept_with(database, "c1", "c2")
            async with database.transaction() as session:
                moved = f"UPDATE turn SET {column} = (SELECT {column} FROM turn WHERE id = 't-c2') WHERE id = 't-c1'"  # noqa: S608 - the columns stand above
                await session.execute(text(moved))

            with pytest.raises(BrokenSeal, match=f"turn.{column.removeprefix('sealed_')}"):
                await turns.of(ConversationId("c1"))
            assert len(await turns.of(ConversationId("c2"))) == 1

    @pytest.mark.parametrize("column", ["sealed_title", "sealed_goals"])
    async def test_of_another_conversation_do_not_open(self, database_url: str, column: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            conversations, _ = await kept_with(database, "c1", "c2")
            async with database.transaction() as session:
                moved = f"UPDATE conversation SET {column} = (SELECT {column} FROM conversation WHERE id = 'c2')"  # noqa: S608 - the columns stand above
                await session.execute(text(moved))

            with pytest.raises(BrokenSeal, match=f"conversation.{column.removeprefix('sealed_')}"):
                await conversations.with_id(ConversationId("c1"))
            assert (await conversations.with_id(ConversationId("c2"))).goals == ("이직", "건강")

    async def test_of_another_column_do_not_open(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            _, turns = await kept_with(database, "c1")
            async with database.transaction() as session:
                await session.execute(text("UPDATE turn SET sealed_reply = sealed_message"))

            with pytest.raises(BrokenSeal, match=r"turn\.reply"):
                await turns.of(ConversationId("c1"))

    async def test_of_another_owner_do_not_open(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            await kept_with(database, "c1")
            keyring = await keyring_of(database)
            await keyring.keys_to_seal("other")
            async with database.transaction() as session:
                await session.execute(text("UPDATE conversation SET owner_id = 'other'"))
            others = ConversationStore(database, keyring, OwnerId("other"))

            with pytest.raises(BrokenSeal):
                await others.with_id(ConversationId("c1"))


MINA, JUN = OwnerId("mina"), OwnerId("jun")


def stores_of(kept: Kept, owner: OwnerId) -> tuple[ConversationStore, TurnStore]:
    return ConversationStore(kept.database, kept.keyring, owner), TurnStore(kept.database, kept.keyring, owner)


class TestForgottenOwner:
    async def test_cannot_be_read_in_a_copy_of_the_database_made_before(self, tmp_path: Path) -> None:
        (tmp_path / "now").mkdir()
        settings = Settings(database=DatabaseSettings(url=sqlite_at(tmp_path / "now" / "ion.db")))
        async with open_kept(settings) as kept:
            for owner in (MINA, JUN):
                conversations, turns = stores_of(kept, owner)
                await conversations.add(replace(make_conversation(f"c-{owner}"), title=f"Of {owner}"))
                await turns.append(make_turn(f"t-{owner}", conversation=f"c-{owner}"), title="")
        # A backup of the texts; data keys are kept apart, and the newest of those alone.
        shutil.copytree(tmp_path / "now", tmp_path / "copy")
        async with open_kept(settings) as kept:
            await kept.keyring.forget_owner(MINA)
        for name in ("ion.key", "ion.keys.db"):
            shutil.copy(tmp_path / "now" / name, tmp_path / "copy" / name)

        copied = Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'copy' / 'ion.db'}"))
        async with open_kept(copied) as kept:
            (turn,) = await stores_of(kept, JUN)[1].of(ConversationId("c-jun"))
            conversations, turns = stores_of(kept, MINA)
            with pytest.raises(NoDataKey):
                await turns.of(ConversationId("c-mina"))
            with pytest.raises(NoDataKey):
                await conversations.with_id(ConversationId("c-mina"))

        assert turn.message == make_turn().message

    async def test_can_write_nothing_more_into_what_was_theirs(self, database_url: str) -> None:
        async with open_database(await prepared(database_url)) as database:
            await kept_with(database, "c1")
            keyring = await keyring_of(database)
            await keyring.forget_owner(make_conversation().owner)
            turns = TurnStore(database, keyring)

            with pytest.raises(NoDataKey):
                await turns.append(make_turn("t2"), title="")
            with pytest.raises(NoDataKey):
                await ConversationStore(database, keyring).rename(ConversationId("c1"), "새 제목")
            with pytest.raises(NoDataKey):
                await turns.finish(TurnId("t-c1"), reply="늦은 답", engine=EngineUsed("playbooks"), at=NOW)
