"""Doing lines: so many at once, again where it fails, and no longer than ION runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ion.accounts import OrganisationId, UserId
from ion.batches import Answered, BatchWorker, Bell, Claimed
from ion.clock import system_clock
from ion.db import DatabaseUnavailable
from ion.limits import Budget, spending_for
from ion.services import Services, open_services
from ion.settings import Settings
from tests.batches.sending import ANSWER, keep_batch, place_of, queue_of, store_of

MINA = UserId("mina")


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_services(settings) as opened:
        yield opened


@dataclass
class Work:
    """Answers lines, and remembers which; `before` is done first."""

    before: Callable[[Claimed], Awaitable[None]] | None = None
    done: list[int] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0

    async def answer(self, line: Claimed) -> Answered:
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            if self.before is not None:
                await self.before(line)
            await asyncio.sleep(0.01)
        finally:
            self.busy -= 1
        self.done.append(line.number)
        return Answered(ANSWER, is_answered=True)


def worker_with(services: Services, work: Work, *, lease: float = 30.0, parallel: int = 3) -> BatchWorker:
    return BatchWorker(
        queue=services.batch_queue,
        answer=work.answer,
        bell=Bell(),
        clock=system_clock,
        holder="this one",
        parallel=parallel,
        lease=timedelta(seconds=lease),
        kept_for=timedelta(days=7),
    )


@asynccontextmanager
async def working(worker: BatchWorker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.keep_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(services: Services, batch_id: str) -> tuple[str, int]:
    store = services.batches.of_owner(MINA)
    async with asyncio.timeout(20):
        while True:
            (batch,) = [each for each in await store.latest(limit=10) if each.id == batch_id]
            if batch.has_ended:
                return batch.status, batch.done
            await asyncio.sleep(0.02)


async def keep(services: Services, lines: int, organisation: str = "school") -> str:
    batch = await keep_batch(services, MINA, system_clock, lines, organisation=OrganisationId(organisation))
    return batch.id


class TestWorking:
    async def test_what_is_there_is_done_so_many_at_once_each_line_once(self, services: Services) -> None:
        async def slowly(_: Claimed) -> None:
            await asyncio.sleep(0.3)

        work = Work(slowly)
        batch = await keep(services, 10)
        async with working(worker_with(services, work)):
            assert await ended(services, batch) == ("done", 10)

        assert sorted(work.done) == list(range(1, 11))
        assert work.busiest == 3

    async def test_a_ring_is_heard_at_once(self, services: Services) -> None:
        work = Work()
        worker = worker_with(services, work)
        async with working(worker):
            await worker.round()
            batch = await keep(services, 2)
            worker.ring()
            async with asyncio.timeout(3):
                await ended(services, batch)

        assert sorted(work.done) == [1, 2]

    async def test_what_fails_is_tried_again_after_its_lease(self, services: Services) -> None:
        tries = []

        async def fail_at_first(line: Claimed) -> None:
            tries.append(line.tries)
            if line.tries == 1:
                raise DatabaseUnavailable("Away.")

        batch = await keep(services, 1)
        async with working(worker_with(services, Work(fail_at_first), lease=0.2)):
            assert await ended(services, batch) == ("done", 1)

        assert tries == [1, 2]

    async def test_what_takes_longer_than_a_lease_stays_in_the_same_hands(self, services: Services) -> None:
        async def slowly(_: Claimed) -> None:
            await asyncio.sleep(0.8)

        work = Work(slowly)
        batch = await keep(services, 1)
        async with working(worker_with(services, work, lease=0.3)):
            assert await ended(services, batch) == ("done", 1)

        assert work.done == [1]

    async def test_it_spends_what_its_senders_organisation_has(self, services: Services) -> None:
        budget: Budget = services.limits.budget

        async def spend(_: Claimed) -> None:
            await budget.spend(7)

        batch = await keep(services, 2, "school")
        with spending_for("another"):
            async with working(worker_with(services, Work(spend))):
                await ended(services, batch)

        today = services.clock().date()
        assert [await budget.store.used(who, today) for who in ("school", "another")] == [14, 0]


class TestStopping:
    async def test_what_is_begun_is_ended_and_nothing_more_begun(self, services: Services) -> None:
        begun = asyncio.Event()

        async def tell(_: Claimed) -> None:
            begun.set()
            await asyncio.sleep(0.2)

        work = Work(tell)
        await keep(services, 20)
        async with working(worker_with(services, work)):
            await begun.wait()

        assert 0 < len(work.done) <= 3
        assert len(await store_of(services, MINA, system_clock).latest(limit=1)) == 1

    async def test_what_does_not_end_is_given_back_at_once(
        self, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ion.batches.worker._PATIENCE", 0.05)
        begun = asyncio.Event()

        async def forever(_: Claimed) -> None:
            begun.set()
            await asyncio.Event().wait()

        await keep(services, 1)
        async with working(worker_with(services, Work(forever))):
            await begun.wait()
        now = system_clock()

        line = await queue_of(services).claim("another", now=now, until=now)
        assert place_of(line) == ("mina", 1)
