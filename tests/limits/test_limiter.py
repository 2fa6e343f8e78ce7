import pytest

from ion.limits import (
    Limiter,
    MovingWindow,
    RateClass,
    RateLimited,
    Streams,
    TooManyStreams,
    for_danger_only,
    refuse_if_over,
)
from tests.llm.test_breaker import ManualClock


def limiter(per_minute: int, clock: ManualClock) -> Limiter:
    return Limiter(per_minute, MovingWindow(60, clock))


class TestLimiter:
    async def test_lets_so_many_in_and_tells_when_to_come_back(self) -> None:
        clock = ManualClock()
        here = limiter(2, clock)
        first = await here.ask(RateClass.CHAT, "mina")
        clock.now += 15.5
        second = await here.ask(RateClass.CHAT, "mina")
        third = await here.ask(RateClass.CHAT, "mina")
        clock.now += 44.5
        fourth = await here.ask(RateClass.CHAT, "mina")

        assert first is not None
        assert second is not None
        assert third is not None
        assert fourth is not None
        assert [one.is_let_in for one in (first, second, third, fourth)] == [True, True, False, True]
        assert [one.standing.remaining for one in (first, second, third, fourth)] == [1, 0, 0, 0]
        assert third.retry_after == 45
        assert third.refusal().retry_after == 45

    async def test_counts_classes_and_subjects_apart(self) -> None:
        here = limiter(1, ManualClock())
        for kind in (RateClass.CHAT, RateClass.READ):
            for subject in ("mina", "june"):
                verdict = await here.ask(kind, subject)
                assert verdict is not None
                assert verdict.is_let_in

    async def test_a_subject_may_have_a_limit_of_its_own(self) -> None:
        here = limiter(1, ManualClock())
        verdicts = [await here.ask(RateClass.CHAT, "mina", per_minute=3) for _ in range(4)]

        assert [verdict is not None and verdict.is_let_in for verdict in verdicts] == [True, True, True, False]

    async def test_pages_may_be_asked_for_more_often(self) -> None:
        verdict = await limiter(100, ManualClock()).ask(RateClass.PAGE, "mina")

        assert verdict is not None
        assert verdict.standing.limit == 600

    @pytest.mark.parametrize(("per_minute", "kind"), [(0, RateClass.CHAT), (100, RateClass.CRISIS)])
    async def test_counts_nothing_where_there_is_no_limit(self, per_minute: int, kind: RateClass) -> None:
        assert await limiter(per_minute, ManualClock()).ask(kind, "mina") is None


class TestStreams:
    def test_are_so_many_at_once(self) -> None:
        streams = Streams(1)
        with streams.following("mina"):
            refusal = streams.refusal("mina")
            assert isinstance(refusal, TooManyStreams)
            assert refusal.retry_after == 5
            assert streams.refusal("june") is None

        assert streams.refusal("mina") is None

    def test_are_any_number_without_a_limit(self) -> None:
        streams = Streams(0)
        with streams.following("mina"), streams.following("mina"):
            assert streams.refusal("mina") is None


class TestForDangerOnly:
    def test_refuses_within_the_block_alone(self) -> None:
        refuse_if_over()
        with for_danger_only(RateLimited("Too many.", 3)), pytest.raises(RateLimited):
            refuse_if_over()
        refuse_if_over()
