import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from ion.llm import Chunk, Delta, Prompt, Usage
from ion.mentoring import Ask, Bulk
from ion.resonance import EmptyMessage
from tests.mentoring.speaking import DANGER, ENGLISH, Actor, open_at
from tests.mentoring.test_writer import begun
from tests.servers.databases import sqlite_at


class Together:
    """A model that answers once `size` are asking, and notes how many ever were at once."""

    name = "test:together"

    def __init__(self, size: int) -> None:
        self.barrier = asyncio.Barrier(size)
        self.now = self.peak = 0

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        self.now += 1
        self.peak = max(self.peak, self.now)
        await self.barrier.wait()
        self.now -= 1
        yield Delta("Start with the newest one.")
        yield Usage(7, 3, self.name)


class TestBulk:
    async def test_answers_as_many_at_once_as_it_has_slots(self, tmp_path: Path) -> None:
        model = Together(3)
        async with open_at(sqlite_at(tmp_path / "ion.db"), model=model) as services:
            bulk = Bulk(services.pipeline, asyncio.Semaphore(3))
            turns = await asyncio.gather(*(bulk.process(Ask(ENGLISH)) for _ in range(9)))

        assert model.peak == 3
        assert {turn.reply for turn in turns} == {"Start with the newest one."}

    async def test_waits_for_room_that_others_hold(self, database_url: str) -> None:
        gate = asyncio.Event()
        model = Actor((gate, "First."), ("Second.",))
        async with open_at(database_url, model=model, replies=1) as services:
            asked = asyncio.create_task(begun(services))
            while not model.prompts:
                await services.database.ping()
            bulk = Bulk(services.pipeline, asyncio.Semaphore(2))
            waiting = [asyncio.create_task(bulk.process(Ask(ENGLISH))) for _ in range(2)]
            left = services.pipeline.writer.left
            gate.set()
            turns = await asyncio.gather(*waiting)
            run = await asked
            first = await run.finished()

        assert (left, first.reply) == (0, "First.")
        assert [turn.reply for turn in turns] == ["Second."] * 2

    async def test_gives_help_lines_without_room(self, database_url: str) -> None:
        model = Actor((asyncio.Event(),))
        async with open_at(database_url, model=model, replies=1) as services:
            with services.pipeline.writer.room():
                turn = await Bulk(services.pipeline, asyncio.Semaphore(1)).process(Ask(DANGER))

        assert turn.crisis is not None
        assert model.prompts == []

    async def test_gives_the_slot_back_when_a_message_is_refused(self, database_url: str) -> None:
        async with open_at(database_url) as services:
            bulk = Bulk(services.pipeline, asyncio.Semaphore(1))
            for _ in range(2):
                with pytest.raises(EmptyMessage):
                    await bulk.process(Ask(" "))

            assert (await bulk.process(Ask(ENGLISH))).reply


class TestRoom:
    async def test_is_waited_for_by_all_who_want_it(self, database_url: str) -> None:
        async with open_at(database_url, replies=1) as services:
            writer = services.pipeline.writer
            with writer.room():
                waiting = [asyncio.create_task(writer.until_room()) for _ in range(3)]
                cancelled, *others = waiting
                await services.database.ping()
                early = [task.done() for task in waiting]
                cancelled.cancel()
            await asyncio.gather(*others)

        assert early == [False] * 3
        assert (writer.left, writer.writing) == (1, 0)

    async def test_that_is_there_is_not_waited_for(self, database_url: str) -> None:
        async with open_at(database_url, replies=1) as services:
            await services.pipeline.writer.until_room()

            assert services.pipeline.writer.left == 1
