"""Lines that are left to do, on every kind of database: whose turn it is, who holds them, and what is kept of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from ion.accounts import UserId
from ion.batches import Batch, BatchNotFound, Claimed
from ion.services import Kept, open_kept
from tests.accounts.opened import MovableClock
from tests.batches.sending import ANSWER, QUESTION, keep_batch, place_of, queue_of, store_of
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import prepared

MINA, BO = UserId("mina"), UserId("bo")
LEASE = timedelta(seconds=30)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def kept(database_url: str, clock: MovableClock) -> AsyncIterator[Kept]:
    async with open_kept(sealing_settings(await prepared(database_url)), clock=clock) as opened:
        yield opened


async def claim(kept: Kept, clock: MovableClock, holder: str = "a") -> Claimed | None:
    clock.now += timedelta(milliseconds=1)
    return await queue_of(kept).claim(holder, now=clock(), until=clock() + LEASE)


async def finish(kept: Kept, clock: MovableClock, line: Claimed | None, *, is_answered: bool = True) -> bool:
    assert line is not None
    return await queue_of(kept).finish(line, ANSWER, is_answered=is_answered, at=clock())


async def seen(kept: Kept, clock: MovableClock, batch: Batch) -> tuple[str, int, int]:
    found = await store_of(kept, batch.owner, clock).with_id(batch.id)
    return found.status, found.done, found.failed


class TestTurns:
    async def test_owners_take_turns_and_their_batches_come_in_order(self, kept: Kept, clock: MovableClock) -> None:
        for owner, lines in ((MINA, 2), (MINA, 2), (BO, 2)):
            clock.now += timedelta(seconds=1)
            await keep_batch(kept, owner, clock, lines)

        taken = [place_of(await claim(kept, clock)) for _ in range(7)]

        assert taken == [("mina", 1), ("bo", 1), ("mina", 2), ("bo", 2), ("mina", 1), ("mina", 2), None]

    async def test_what_is_asked_is_kept_sealed_and_not_longer_than_needed(
        self, kept: Kept, clock: MovableClock
    ) -> None:
        batch = await keep_batch(kept, MINA, clock, 1)
        sealed = "SELECT sealed_ask, sealed_result FROM batch_line"
        async with kept.database.reading() as session:
            ((before, _),) = (await session.execute(text(sealed))).all()
        line = await claim(kept, clock)
        await finish(kept, clock, line)
        async with kept.database.reading() as session:
            ((asked, after),) = (await session.execute(text(sealed))).all()

        assert line is not None
        assert line.ask == f"{QUESTION} (1)"
        assert QUESTION not in repr(line)
        assert QUESTION.encode() not in bytes(before)
        assert asked is None
        assert ANSWER.encode() not in bytes(after)
        assert [each.text for each in await store_of(kept, MINA, clock).results(batch.id)] == [ANSWER]

    async def test_many_at_once_take_each_line_once(self, kept: Kept, clock: MovableClock) -> None:
        await keep_batch(kept, MINA, clock, 12)

        async def all_of(holder: str) -> list[tuple[str, int] | None]:
            taken = []
            while (line := await claim(kept, clock, holder)) is not None:
                taken.append(place_of(line))
            return taken

        both = await asyncio.gather(all_of("a"), all_of("b"), all_of("c"))

        assert sorted(place for taken in both for place in taken if place) == [("mina", n) for n in range(1, 13)]


class TestHolding:
    async def test_what_nobody_holds_any_more_is_done_by_another_and_kept_once(
        self, kept: Kept, clock: MovableClock
    ) -> None:
        batch = await keep_batch(kept, MINA, clock, 1)
        first = await claim(kept, clock, "a")
        nothing, was_free = await claim(kept, clock, "b"), await queue_of(kept).has_work(now=clock())
        clock.now += LEASE
        is_free = await queue_of(kept).has_work(now=clock())
        second = await claim(kept, clock, "b")
        stored = [await finish(kept, clock, line) for line in (second, first)]

        assert (nothing, was_free, is_free) == (None, False, True)
        assert first is not None
        assert second is not None
        assert (first.tries, second.tries) == (1, 2)
        assert stored == [True, False]
        assert await seen(kept, clock, batch) == ("done", 1, 0)

    async def test_two_who_end_one_line_together_count_it_once(self, kept: Kept, clock: MovableClock) -> None:
        batch = await keep_batch(kept, MINA, clock, 2)
        line = await claim(kept, clock)
        stored = await asyncio.gather(*(finish(kept, clock, line) for _ in range(4)))

        assert sorted(stored) == [False, False, False, True]
        assert await seen(kept, clock, batch) == ("running", 1, 0)

    async def test_it_is_held_as_long_as_somebody_says_so(self, kept: Kept, clock: MovableClock) -> None:
        batch = await keep_batch(kept, MINA, clock, 1)
        await claim(kept, clock, "a")
        await queue_of(kept).hold("a", [(batch.id, 1)], until=clock() + 3 * LEASE)
        await queue_of(kept).hold("b", [(batch.id, 1)], until=clock())
        clock.now += 2 * LEASE
        while_held = await claim(kept, clock, "b")
        await queue_of(kept).release("b")
        still_held = await claim(kept, clock, "b")
        await queue_of(kept).release("a")

        assert (while_held, still_held) == (None, None)
        assert place_of(await claim(kept, clock, "b")) == ("mina", 1)


class TestEnding:
    async def test_one_without_a_single_answer_has_failed(self, kept: Kept, clock: MovableClock) -> None:
        batch = await keep_batch(kept, MINA, clock, 2)
        for _ in range(2):
            await finish(kept, clock, await claim(kept, clock), is_answered=False)

        assert await seen(kept, clock, batch) == ("failed", 0, 2)

    async def test_nothing_comes_of_one_that_was_cancelled_or_deleted(self, kept: Kept, clock: MovableClock) -> None:
        cancelled, deleted = [await keep_batch(kept, owner, clock, 2) for owner in (MINA, BO)]
        lines = [await claim(kept, clock), await claim(kept, clock)]
        await store_of(kept, MINA, clock).cancel(cancelled.id)
        await store_of(kept, BO, clock).delete(deleted.id)

        assert [await finish(kept, clock, line) for line in lines] == [False, False]
        assert await claim(kept, clock) is None
        assert await seen(kept, clock, cancelled) == ("cancelled", 0, 0)
        assert await store_of(kept, MINA, clock).results(cancelled.id) == []

    async def test_results_go_after_their_time(self, kept: Kept, clock: MovableClock) -> None:
        old = await keep_batch(kept, MINA, clock, 1)
        clock.now += timedelta(seconds=1)
        running = await keep_batch(kept, MINA, clock, 1)
        await finish(kept, clock, await claim(kept, clock))
        early = await queue_of(kept).purge(ended_before=clock() - timedelta(days=7))
        clock.now += timedelta(days=7)
        purged = await queue_of(kept).purge(ended_before=clock() - timedelta(days=7))

        assert (early, purged) == (0, 1)
        assert [batch.id for batch in await store_of(kept, MINA, clock).latest(limit=5)] == [running.id]
        with pytest.raises(BatchNotFound):
            await store_of(kept, MINA, clock).with_id(old.id)

    async def test_of_whoever_was_erased_nothing_is_answered_nor_kept(self, kept: Kept, clock: MovableClock) -> None:
        batch = await keep_batch(kept, MINA, clock, 2)
        line = await claim(kept, clock)
        await kept.keyring.forget_owner(MINA)

        assert not await finish(kept, clock, line)
        assert await claim(kept, clock) is None
        with pytest.raises(BatchNotFound):
            await store_of(kept, MINA, clock).with_id(batch.id)

    async def test_a_line_that_was_tampered_with_is_told_of(self, kept: Kept, clock: MovableClock) -> None:
        await keep_batch(kept, MINA, clock, 2)
        # What is sealed for one line opens in no other.
        swap = "UPDATE batch_line SET sealed_ask = (SELECT sealed_ask FROM batch_line WHERE number = 2)"
        async with kept.database.transaction() as session:
            await session.execute(text(swap))
        first, second = await claim(kept, clock), await claim(kept, clock)

        assert first is not None
        assert second is not None
        assert (first.ask, second.ask) == (None, f"{QUESTION} (2)")
