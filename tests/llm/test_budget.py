from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from ion.llm import BreakerModel, BudgetedModel, Chunk, Delta, Message, ModelError, ModelState, Prompt, Usage, states_of
from tests.llm.test_breaker import ManualClock

PROMPT = Prompt("You are Lua.", (Message("user", "Hello"),), 100)


@dataclass
class Coins:
    left: int
    spent: list[int] = field(default_factory=list)

    async def is_spent(self) -> bool:
        return sum(self.spent) >= self.left

    async def spend(self, tokens: int) -> None:
        self.spent.append(tokens)


@dataclass
class Speaker:
    chunks: tuple[Chunk, ...]
    fails: bool = False
    name: str = "test:speaker"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        for chunk in self.chunks:
            yield chunk
        if self.fails:
            raise ModelError("unreachable", transient=True)


async def heard(model: BudgetedModel) -> list[Chunk]:
    async with aclosing(model.stream(PROMPT)) as chunks:
        return [chunk async for chunk in chunks]


class TestBudgetedModel:
    async def test_counts_what_the_provider_says(self) -> None:
        purse, said = Coins(100), (Delta("Hi."), Usage(30, 12, "m"))

        assert await heard(BudgetedModel(Speaker(said), purse, len)) == list(said)
        assert purse.spent == [42]

    @pytest.mark.parametrize("fails", [False, True])
    async def test_estimates_what_no_provider_counted(self, fails: bool) -> None:
        purse = Coins(100)
        model = BudgetedModel(Speaker((Delta("Hi"), Delta(".")), fails), purse, len)
        if fails:
            with pytest.raises(ModelError):
                await heard(model)
        else:
            await heard(model)

        assert purse.spent == [len("You are Lua.") + len("Hello") + len("Hi.")]

    async def test_counts_an_answer_that_was_stopped(self) -> None:
        purse = Coins(100)
        async with aclosing(BudgetedModel(Speaker((Delta("Hi"), Delta("."))), purse, len).stream(PROMPT)) as chunks:
            await anext(chunks)

        assert purse.spent == [len("You are Lua.") + len("Hello") + len("Hi")]

    async def test_does_not_count_a_provider_that_said_nothing(self) -> None:
        purse = Coins(100)
        with pytest.raises(ModelError):
            await heard(BudgetedModel(Speaker((), fails=True), purse, len))

        assert purse.spent == []

    async def test_asks_nobody_with_an_empty_purse(self) -> None:
        with pytest.raises(ModelError) as raised:
            await heard(BudgetedModel(Speaker((Delta("Hi"),)), Coins(0), len))

        assert (raised.value.reason, raised.value.transient) == ("over_budget", False)

    def test_is_as_well_as_what_it_holds(self) -> None:
        breaker = BreakerModel(Speaker(()), failures=1, seconds=30.0, clock=ManualClock())

        assert BudgetedModel(breaker, Coins(1), len).name == "test:speaker"
        assert states_of(BudgetedModel(breaker, Coins(1), len)) == (ModelState("test:speaker", "closed"),)
