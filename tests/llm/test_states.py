import asyncio

import pytest

from ion.llm import BreakerModel, FallbackModel, ModelState, states_of
from tests.llm.fakes import HELLO, Hang, ScriptedModel, collect, collect_failure, failed, scripted
from tests.llm.test_breaker import ManualClock


def broken(inner: ScriptedModel, clock: ManualClock) -> BreakerModel:
    return BreakerModel(inner, failures=1, seconds=30.0, clock=clock)


class TestStates:
    def test_of_no_model_are_none(self) -> None:
        assert states_of(None) == ()

    def test_of_a_model_without_a_breaker_is_closed(self) -> None:
        assert states_of(scripted(HELLO, name="a")) == (ModelState("a", "closed"),)

    async def test_follow_the_breaker_of_each_model_in_order(self) -> None:
        clock = ManualClock()
        first = broken(scripted([failed("timeout")], HELLO, name="a"), clock)
        model = FallbackModel((first, broken(scripted(HELLO, name="b"), clock)))
        well = states_of(model)
        await collect(model)
        clock.now += 10
        alone = states_of(model)
        clock.now += 20
        due = states_of(model)
        await collect(model)

        b = ModelState("b", "closed")
        assert well == (ModelState("a", "closed"), b)
        assert alone == (ModelState("a", "open", 20.0), b)
        assert due == (ModelState("a", "half_open"), b)
        assert states_of(model) == well

    async def test_stay_half_open_while_it_is_tried(self) -> None:
        clock = ManualClock()
        inner = scripted([failed("timeout")], [Hang()], name="a")
        model = broken(inner, clock)
        await collect_failure(model)
        clock.now += 30
        trying = asyncio.create_task(collect(model))
        await inner.hanging.wait()
        state = states_of(model)
        trying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trying

        assert state == (ModelState("a", "half_open"),)
