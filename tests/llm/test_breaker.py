import asyncio
from contextlib import aclosing

import pytest

from ion.llm import BreakerModel, Delta, ModelError, Reason
from tests.llm.fakes import HELLO, PROMPT, Hang, ScriptedModel, collect, collect_failure, failed, scripted

DOWN = [failed("provider_error")]
SECONDS = 30.0


class ManualClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Breaker:
    """A breaker that opens after two failures, for thirty seconds of a clock set by hand."""

    def __init__(self, inner: ScriptedModel) -> None:
        self.clock = ManualClock()
        self.model = BreakerModel(inner, failures=2, seconds=SECONDS, clock=self.clock)

    async def ask(self) -> str:
        """Ask once; tell how it ended."""
        try:
            await collect(self.model)
        except ModelError as error:
            return error.reason
        except ValueError:
            return "bug"
        return "whole"

    async def ask_times(self, times: int) -> list[str]:
        return [await self.ask() for _ in range(times)]


class TestClosed:
    async def test_passes_everything_on(self) -> None:
        assert await collect(Breaker(scripted(HELLO)).model) == list(HELLO)

    async def test_has_the_name_of_the_inner_model(self) -> None:
        assert Breaker(scripted(HELLO, name="openai:m")).model.name == "openai:m"

    async def test_success_in_between_starts_the_count_again(self) -> None:
        breaker = Breaker(scripted(DOWN, HELLO, DOWN, HELLO, DOWN))

        assert await breaker.ask_times(5) == ["provider_error", "whole", "provider_error", "whole", "provider_error"]


class TestOpening:
    @pytest.mark.parametrize("reason", ["timeout", "rate_limited", "unreachable", "provider_error", "bad_answer"])
    async def test_failures_in_a_row_open_it(self, reason: Reason) -> None:
        inner = scripted([failed(reason)])

        assert await Breaker(inner).ask_times(4) == [reason, reason, "circuit_open", "circuit_open"]
        assert len(inner.prompts) == 2

    async def test_a_broken_answer_is_a_failure(self) -> None:
        inner = scripted([Delta("Hel"), failed("unreachable")])

        assert await Breaker(inner).ask_times(3) == ["unreachable", "unreachable", "circuit_open"]

    async def test_open_tells_when_to_come_back(self) -> None:
        breaker = Breaker(scripted(DOWN))
        await breaker.ask_times(2)
        breaker.clock.now += 10

        said, error = await collect_failure(breaker.model)

        assert (said, error.reason, error.transient, error.retry_after) == ([], "circuit_open", False, 20.0)

    async def test_refusals_are_answers(self) -> None:
        refused = [failed("refused", transient=False)]
        breaker = Breaker(scripted(DOWN, refused, DOWN, HELLO))

        assert await breaker.ask_times(4) == ["provider_error", "refused", "provider_error", "whole"]

    async def test_our_own_faults_tell_nothing(self) -> None:
        bug = [ValueError("a bug")]

        assert await Breaker(scripted(bug, bug, bug, HELLO)).ask_times(4) == ["bug", "bug", "bug", "whole"]


class TestHalfOpen:
    async def test_success_closes_it(self) -> None:
        breaker = Breaker(scripted(DOWN, DOWN, HELLO, DOWN, HELLO))
        await breaker.ask_times(2)
        breaker.clock.now += SECONDS

        assert await breaker.ask_times(3) == ["whole", "provider_error", "whole"]

    async def test_refusal_closes_it(self) -> None:
        breaker = Breaker(scripted(DOWN, DOWN, [failed("refused", transient=False)], HELLO))
        await breaker.ask_times(2)
        breaker.clock.now += SECONDS

        assert await breaker.ask_times(2) == ["refused", "whole"]

    async def test_failure_opens_it_for_as_long_again(self) -> None:
        inner = scripted(DOWN)
        breaker = Breaker(inner)
        await breaker.ask_times(2)
        breaker.clock.now += SECONDS

        assert await breaker.ask_times(2) == ["provider_error", "circuit_open"]
        breaker.clock.now += SECONDS - 1
        assert await breaker.ask() == "circuit_open"
        breaker.clock.now += 1
        assert await breaker.ask() == "provider_error"
        assert len(inner.prompts) == 4

    async def test_one_probe_at_a_time(self) -> None:
        inner = scripted(DOWN, DOWN, HELLO)
        breaker = Breaker(inner)
        await breaker.ask_times(2)
        breaker.clock.now += SECONDS

        async with aclosing(breaker.model.stream(PROMPT)) as probe:
            assert await anext(probe) == HELLO[0]
            _, error = await collect_failure(breaker.model)
            assert (error.reason, error.retry_after) == ("circuit_open", None)
            assert [chunk async for chunk in probe] == list(HELLO[1:])

        assert await breaker.ask() == "whole"

    async def test_a_probe_that_is_left_makes_room_for_the_next(self) -> None:
        breaker = Breaker(scripted(DOWN, DOWN, HELLO))
        await breaker.ask_times(2)
        breaker.clock.now += SECONDS

        async with aclosing(breaker.model.stream(PROMPT)) as probe:
            await anext(probe)

        assert await breaker.ask() == "whole"

    async def test_a_late_failure_does_not_prolong_it(self) -> None:
        breaker = Breaker(scripted([Delta("Hel"), *DOWN], DOWN, DOWN, HELLO))
        async with aclosing(breaker.model.stream(PROMPT)) as early:
            await anext(early)
            await breaker.ask_times(2)
            breaker.clock.now += SECONDS - 1
            with pytest.raises(ModelError, match="provider_error"):
                await anext(early)
        breaker.clock.now += 1

        assert await breaker.ask() == "whole"


class TestLeaving:
    async def test_cancelling_is_no_failure(self) -> None:
        inner = scripted([Hang()], [Hang()], HELLO)
        breaker = Breaker(inner)
        for _ in range(2):
            task = asyncio.create_task(collect(breaker.model))
            await inner.hanging.wait()
            inner.hanging.clear()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        assert inner.endings == ["CancelledError"] * 2
        assert await breaker.ask() == "whole"

    async def test_leaving_early_is_no_success(self) -> None:
        breaker = Breaker(scripted(DOWN, HELLO, DOWN))
        await breaker.ask()
        async with aclosing(breaker.model.stream(PROMPT)) as answer:
            await anext(answer)

        assert await breaker.ask_times(2) == ["provider_error", "circuit_open"]

    async def test_two_breakers_know_nothing_of_each_other(self) -> None:
        inner = scripted(DOWN)
        await Breaker(inner).ask_times(2)

        assert await Breaker(inner).ask() == "provider_error"
