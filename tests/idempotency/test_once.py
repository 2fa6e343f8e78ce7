import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from ion.db import Database, open_database
from ion.idempotency import KEPT_FOR, Answer, IdempotencyStore, InFlight, KeyMismatch, Once, RequestKey
from ion.idempotency.models import IdempotencyRow
from tests.mentoring.test_store import NOW, prepared

KEY = RequestKey("local", "POST /api/v2/process", "f3b1-0001")
REQUEST = "내일이 발표예요".encode()
ANSWER = Answer(200, "먼저 한 문장으로 말해 볼까요?".encode())


@dataclass
class Hands:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Process:
    """One process of ION with what it was asked to do."""

    database: Database
    clock: Hands
    once: Once
    worked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: bytes = REQUEST, *, key: RequestKey = KEY) -> Answer:
        self.gate.set()
        return await self.once.answer(key, request, self.work)

    def start(self) -> asyncio.Task[Answer]:
        return asyncio.create_task(self.once.answer(KEY, REQUEST, self.work))

    async def work(self) -> Answer:
        self.worked += 1
        self.begun.set()
        await self.gate.wait()
        return ANSWER


@asynccontextmanager
async def process_at(url: str, clock: Hands, *, holder: str = "one") -> AsyncIterator[Process]:
    async with open_database(url) as database:
        yield Process(database, clock, Once(IdempotencyStore(database), clock, holder))


@pytest.fixture
async def process(database_url: str) -> AsyncIterator[Process]:
    async with process_at(await prepared(database_url), Hands()) as opened:
        yield opened


async def rows(database: Database) -> list[IdempotencyRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(IdempotencyRow)))


def failing(failure: BaseException) -> Callable[[], Awaitable[Answer]]:
    async def work() -> Answer:
        raise failure

    return work


class TestSentAgain:
    async def test_gets_the_same_answer_without_work(self, process: Process) -> None:
        first, second = await process.answer(), await process.answer()

        assert (first, process.worked) == (ANSWER, 1)
        assert second == Answer(ANSWER.status, ANSWER.body, again=True)

    async def test_with_another_request_is_refused(self, process: Process) -> None:
        await process.answer()
        with pytest.raises(KeyMismatch):
            await process.answer(b"another")

        assert process.worked == 1

    async def test_while_it_is_being_answered_is_refused(self, process: Process) -> None:
        first = process.start()
        await process.begun.wait()
        with pytest.raises(InFlight):
            await process.once.answer(KEY, REQUEST, process.work)
        with pytest.raises(KeyMismatch):
            await process.once.answer(KEY, b"another", process.work)
        process.gate.set()

        assert await first == ANSWER
        assert process.worked == 1

    async def test_many_times_at_once_is_answered_once(self, process: Process) -> None:
        process.gate.set()
        sent = await asyncio.gather(*(process.start() for _ in range(8)), return_exceptions=True)

        assert process.worked == 1
        assert ANSWER in sent
        assert {type(one) for one in sent} <= {Answer, InFlight}

    async def test_with_another_key_is_another_request(self, process: Process) -> None:
        await process.answer()
        await process.answer(key=RequestKey(KEY.caller, KEY.route, "f3b1-0002"))

        assert process.worked == 2

    async def test_after_a_day_is_a_new_request(self, process: Process) -> None:
        await process.answer()
        process.clock.later(hours=24)
        again = await process.answer(b"another")

        assert (again, process.worked) == (ANSWER, 2)


class TestWhatFails:
    @pytest.mark.parametrize("failure", [RuntimeError("bug"), asyncio.CancelledError()], ids=["error", "cancelled"])
    async def test_may_be_tried_again(self, process: Process, failure: BaseException) -> None:
        with pytest.raises(type(failure)):
            await process.once.answer(KEY, REQUEST, failing(failure))

        assert await rows(process.database) == []
        assert await process.answer() == ANSWER


class TestAnotherProcess:
    async def test_that_was_cut_off_leaves_its_request_to_whoever_sends_it_again(self, database_url: str) -> None:
        url, clock = await prepared(database_url), Hands()
        async with process_at(url, clock) as first, process_at(url, clock, holder="two") as second:
            slow = first.start()
            await first.begun.wait()
            clock.later(minutes=2)
            with pytest.raises(InFlight):
                await second.answer()
            clock.later(minutes=2)
            taken = await second.answer()
            first.gate.set()
            await slow
            kept = await rows(second.database)

        assert (taken, second.worked) == (ANSWER, 1)
        assert [row.holder for row in kept] == ["two"]

    async def test_that_is_still_at_work_keeps_its_request(self, database_url: str) -> None:
        url, clock = await prepared(database_url), Hands()
        async with process_at(url, clock) as first, process_at(url, clock, holder="two") as second:
            slow = first.start()
            await first.begun.wait()
            for _ in range(5):
                clock.later(minutes=1)
                await first.once.round()
            with pytest.raises(InFlight):
                await second.answer()
            first.gate.set()
            await slow

        assert second.worked == 0

    async def test_gives_what_the_first_one_answered(self, database_url: str) -> None:
        url, clock = await prepared(database_url), Hands()
        async with process_at(url, clock) as first, process_at(url, clock, holder="two") as second:
            await first.answer()
            again = await second.answer()

        assert (again.body, again.again, second.worked) == (ANSWER.body, True, 0)


class TestRounds:
    async def test_erase_what_is_a_day_old_and_nothing_else(self, process: Process) -> None:
        await process.answer()
        process.clock.later(hours=1)
        await process.answer(key=RequestKey("local", KEY.route, "later"))
        process.clock.now = NOW + KEPT_FOR
        erased = await process.once.round()

        assert erased == 1
        assert [row.place for row in await rows(process.database)] == [RequestKey("local", KEY.route, "later").place]

    async def test_go_on_after_one_that_failed(self, process: Process) -> None:
        await process.answer()
        process.clock.later(hours=25)
        async with process.database.transaction() as session:
            await session.execute(text("ALTER TABLE idempotency_key RENAME TO elsewhere"))
        with capture_logs() as logs:
            keeping = asyncio.create_task(process.once.keep_on(every=timedelta(0)))
            while not logs:
                await process.database.ping()
        async with process.database.transaction() as session:
            await session.execute(text("ALTER TABLE elsewhere RENAME TO idempotency_key"))
        while await rows(process.database):
            await process.database.ping()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

        assert keeping.cancelled()
        assert {(entry["event"], entry["work"]) for entry in logs} == {("round.failed", "idempotency")}


class TestTheDatabase:
    async def test_holds_neither_request_nor_answer_nor_key(self, process: Process) -> None:
        await process.answer()
        async with process.database.reading() as session:
            (row,) = (await session.execute(text("SELECT * FROM idempotency_key"))).all()
        kept = [bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row]

        assert not any(words in value for value in kept for words in (REQUEST, ANSWER.body, KEY.key.encode()))
        assert ANSWER.body not in repr(ANSWER).encode()
