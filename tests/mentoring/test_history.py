import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from ion.db import Database, upgrade
from ion.db.engine import make_engine, open_database
from ion.mentoring import (
    UNDO_FOR,
    Ask,
    Conversation,
    ConversationId,
    ConversationNotFound,
    ConversationStore,
    Cursor,
    History,
    Turn,
    TurnId,
    TurnStore,
)
from ion.services import open_services
from ion.settings import Settings
from tests.keyrings import keyring_of

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass
class Watch:
    """A clock that stands still until it is put on, and says how often it was looked at."""

    now: datetime = NOW
    looks: Iterator[int] = field(default_factory=lambda: count(1))
    seen: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self) -> datetime:
        self.seen.set()
        return self.now

    async def look(self) -> None:
        """Wait until somebody looks at the clock again, and a moment more."""
        self.seen.clear()
        await asyncio.wait_for(self.seen.wait(), 10)


def conversation(name: str, *, at: datetime = NOW, title: str = "제목") -> Conversation:
    return Conversation(ConversationId(name), at, at, "ko", title, None, ())


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def store(database: Database) -> ConversationStore:
    return ConversationStore(database, await keyring_of(database))


def kept_in(folder: Path, word: str) -> bool:
    """Tell whether any file of the database holds these bytes."""
    return any(word.encode() in file.read_bytes() for file in folder.glob("ion.db*"))


async def names(store: ConversationStore, *, before: Cursor | None = None, limit: int = 2) -> list[str]:
    return [each.id for each in await store.latest(limit=limit, before=before)]


class TestOnBothDatabases:
    async def test_the_list_goes_on_behind_a_cursor_also_among_equals(self, store: ConversationStore) -> None:
        for name in ("a", "b", "c"):
            await store.add(conversation(name))
        await store.add(conversation("older", at=NOW - timedelta(microseconds=1)))
        await store.add(conversation("newer", at=NOW + timedelta(microseconds=1)))

        assert await names(store) == ["newer", "a"]
        assert await names(store, before=Cursor(NOW, ConversationId("a"))) == ["b", "c"]
        assert await names(store, before=Cursor(NOW, ConversationId("c"))) == ["older"]

    async def test_what_nothing_was_said_in_can_be_left_out(self, store: ConversationStore) -> None:
        await store.add(conversation("said"))
        await store.add(conversation("unsaid", title=""))

        assert [each.id for each in await store.latest(limit=9, titled=True)] == ["said"]

    async def test_a_deleted_one_is_there_for_restore_alone(self, store: ConversationStore) -> None:
        await store.add(conversation("a"))
        await store.delete(ConversationId("a"), at=NOW)

        assert await names(store) == []
        assert (await store.deleted_with_id(ConversationId("a"))).title == "제목"
        with pytest.raises(ConversationNotFound):
            await store.with_id(ConversationId("a"))
        with pytest.raises(ConversationNotFound):
            await store.rename(ConversationId("a"), "b")
        with pytest.raises(ConversationNotFound):
            await store.delete(ConversationId("a"), at=NOW)
        await store.restore(ConversationId("a"))
        assert await names(store) == ["a"]
        with pytest.raises(ConversationNotFound):
            await store.deleted_with_id(ConversationId("a"))

    async def test_purging_erases_the_turns_too(self, store: ConversationStore, database: Database) -> None:
        turns = TurnStore(database, await keyring_of(database))
        for name in ("kept", "late", "gone"):
            await store.add(conversation(name))
            await turns.append(_turn(name), title="")
        await store.delete(ConversationId("late"), at=NOW)
        await store.delete(ConversationId("gone"), at=NOW - timedelta(seconds=1))

        assert await store.unfinished(ConversationId("gone")) == ["gone"]
        assert await store.purge(deleted_before=NOW) == 1
        assert await turns.of(ConversationId("gone")) == []
        assert [passage.conversation async for passage in store.passages()] == ["kept"]
        assert (await store.restore(ConversationId("late"))).id == "late"
        with pytest.raises(ConversationNotFound):
            await store.restore(ConversationId("gone"))

    async def test_passages_come_newest_first(self, store: ConversationStore, database: Database) -> None:
        turns = TurnStore(database, await keyring_of(database))
        for name in ("a", "b"):
            await store.add(conversation(name))
        for name, number in (("a", 1), ("a", 2), ("b", 3)):
            await turns.append(_turn(name, number), title="")

        assert [(p.conversation, p.position, p.message) async for p in store.passages()] == [
            ("b", 1, "말 3"),
            ("a", 2, "말 2"),
            ("a", 1, "말 1"),
        ]


def _turn(name: str, number: int = 0) -> Turn:
    return Turn(
        id=TurnId(f"{name}{number or ''}"),
        conversation_id=ConversationId(name),
        position=1,
        created_at=NOW + timedelta(minutes=number),
        finished_at=None,
        message=f"말 {number}",
        language="ko",
        crisis=None,
        key=None,
        reading=None,
        choice=None,
        reply="",
        engine=None,
    )


class TestCursor:
    def test_is_read_as_it_is_written(self) -> None:
        cursor = Cursor(NOW + timedelta(microseconds=7), ConversationId("0f-1e"))

        assert str(cursor) == "1772357400000007-0f-1e"
        assert Cursor.parse(str(cursor)) == cursor


class TestErasing:
    async def test_happens_ten_minutes_after_deleting(self, settings: Settings) -> None:
        watch = Watch()
        async with open_services(settings, clock=watch) as services:
            made = await services.pipeline.open_conversation("ko")
            await services.history.delete(made.id)
            watch.now += UNDO_FOR
            assert await services.history.purge() == 0
            watch.now += timedelta(seconds=1)
            assert await services.history.purge() == 1

        assert timedelta(minutes=10) == UNDO_FOR

    async def test_leaves_no_word_in_the_file(self, settings: Settings, tmp_path: Path) -> None:
        watch = Watch()
        words = [f"도요새 {number}번이 갯벌에서 길을 잃었어요. 어떻게 찾죠?" for number in range(20)]
        async with open_services(settings, clock=watch) as services:
            made = await services.pipeline.open_conversation("ko")
            for message in words:
                await services.pipeline.process(Ask(message, conversation=made.id))
            assert kept_in(tmp_path, made.id)
            await services.history.delete(made.id)
            watch.now += UNDO_FOR * 2
            await services.history.purge()

        assert not kept_in(tmp_path, made.id)

    async def test_happens_when_ion_starts(self, settings: Settings) -> None:
        watch = Watch()
        async with open_services(settings, clock=watch) as services:
            made = await services.pipeline.open_conversation("ko")
            await services.history.delete(made.id)
        watch.now += UNDO_FOR * 2
        watch.seen.clear()
        async with open_services(settings, clock=watch) as services:
            await asyncio.wait_for(watch.seen.wait(), 10)
            # One writer at a time: behind the purge that has begun.
            await services.pipeline.open_conversation("ko")
            with pytest.raises(ConversationNotFound):
                await services.conversations.deleted_with_id(made.id)

    async def test_goes_on_and_outlives_a_failure(self, settings: Settings) -> None:
        class Failing(Watch):
            def __call__(self) -> datetime:
                if next(self.looks) == 1:
                    raise RuntimeError("the clock fell off the wall")
                return super().__call__()

        watch = Failing()
        async with open_services(settings) as services:
            made = await services.pipeline.open_conversation("ko")
            await services.history.delete(made.id)
            watch.now = services.clock() + UNDO_FOR * 2
            history = History(replace(services.pipeline, clock=watch))
            purging = asyncio.create_task(history.keep_purging(every=timedelta(0)))
            for _ in range(2):
                await watch.look()
            purging.cancel()
            await asyncio.gather(purging, return_exceptions=True)
            with pytest.raises(ConversationNotFound):
                await services.conversations.deleted_with_id(made.id)


class TestSearch:
    async def test_reads_long_texts_batch_by_batch(self, settings: Settings) -> None:
        async with open_services(settings) as services:
            await services.conversations.add(conversation("a"))
            for number in (1, 2, 3):
                long = replace(_turn("a", number), message="가나다라 " * 30_000)
                await services.turns.append(long, title="")
            found = await services.history.search("가나다라", limit=50)
            first = await services.history.search("가나다라", limit=1)

        assert [one.position for one in found] == [3, 2, 1]
        assert first == found[:1]
