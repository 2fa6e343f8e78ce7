import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from ion.db import Database, open_database
from ion.limits import (
    Allowance,
    Allowances,
    BadAllowance,
    Budget,
    TokenStore,
    key_subject,
    organisation_subject,
    spending_for,
)
from tests.accounts.opened import MovableClock
from tests.llm.test_breaker import ManualClock


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


class TestAllowances:
    async def test_of_the_key_come_before_those_of_the_organisation(self, database: Database) -> None:
        here = Allowances(database, ManualClock())
        nobodys = await here.per_minute(key="k", organisation="blue")
        await here.set(organisation_subject("blue"), Allowance(per_minute=300))
        organisations = await here.per_minute(key="k", organisation="blue")
        await here.set(key_subject("k"), Allowance(per_minute=7))

        assert (nobodys, organisations) == (None, 300)
        assert await here.per_minute(key="k", organisation="blue") == 7
        assert await here.per_minute(key=None, organisation="blue") == 300
        assert await here.per_minute(key=None, organisation="red") is None

    async def test_that_another_process_changed_are_seen_after_a_while(self, database: Database) -> None:
        clock = ManualClock()
        here, there = Allowances(database, clock), Allowances(database, clock)
        before = await here.of("key:k")
        await there.set("key:k", Allowance(per_minute=7))
        at_once = await here.of("key:k")
        clock.now += 30

        assert before == at_once == Allowance()
        assert await here.of("key:k") == Allowance(per_minute=7)

    @pytest.mark.parametrize("wrong", [Allowance(0), Allowance(100_001), Allowance(None, -1), Allowance(None, 10**13)])
    async def test_that_are_none_are_refused(self, database: Database, wrong: Allowance) -> None:
        with pytest.raises(BadAllowance):
            await Allowances(database, ManualClock()).set("key:k", wrong)


class TestBudget:
    async def test_is_counted_by_organisation_and_day_and_outlives_a_restart(self, database: Database) -> None:
        clock = MovableClock()
        allowances = Allowances(database, ManualClock())
        await allowances.set(organisation_subject("red"), Allowance(tokens_a_day=50))
        budget, again = (Budget(TokenStore(database), allowances, 100, clock) for _ in range(2))
        with spending_for("blue"):
            await budget.spend(60)
            half = await again.is_spent()
            await again.spend(40)
            whole = await budget.is_spent()
        with spending_for("red"):
            others = await budget.is_spent()
            await budget.spend(50)
            own = await budget.is_spent()
        used = await budget.store.used("blue", clock.now.date())
        clock.move(days=1)
        with spending_for("blue"):
            tomorrow = await budget.is_spent()

        assert (half, whole, others, own, tomorrow) == (False, True, False, True, False)
        assert used == 100

    async def test_without_a_number_is_never_spent(self, database: Database) -> None:
        budget = Budget(TokenStore(database), Allowances(database, ManualClock()), None, MovableClock())
        await budget.spend(10**9)

        assert not await budget.is_spent()

    async def test_keeps_count_of_replies_that_come_at_once(self, database: Database) -> None:
        store, day = TokenStore(database), MovableClock().now.date()
        await asyncio.gather(*(store.add("blue", day, 1) for _ in range(10)))

        assert await store.used("blue", day) == 10

    async def test_that_cannot_be_counted_loses_no_reply(self, database: Database) -> None:
        budget = Budget(TokenStore(database), Allowances(database, ManualClock()), None, MovableClock())
        with structlog.testing.capture_logs() as logs:
            await budget.spend(10**30)

        assert [entry["event"] for entry in logs] == ["budget.not_counted"]
