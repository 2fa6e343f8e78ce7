from hypothesis import given
from hypothesis import strategies as st

from ion.limits import MovingWindow, Standing
from tests.llm.test_breaker import ManualClock


def window(clock: ManualClock) -> MovingWindow:
    return MovingWindow(60, clock)


class TestMovingWindow:
    def test_of_a_stranger_is_empty(self) -> None:
        assert window(ManualClock()).standing("mina", 3) == Standing(3, 3, 0.0)

    def test_knows_when_the_first_will_have_left(self) -> None:
        clock = ManualClock()
        here = window(clock)
        for _ in range(3):
            here.enter("mina")
            clock.now += 10

        assert here.standing("mina", 3) == Standing(3, 0, 30.0)
        clock.now += 30
        assert here.standing("mina", 3) == Standing(3, 1, 10.0)
        clock.now += 20
        assert here.standing("mina", 3) == Standing(3, 3, 0.0)

    def test_knows_when_enough_have_left_for_a_limit_that_became_smaller(self) -> None:
        clock = ManualClock()
        here = window(clock)
        for _ in range(4):
            here.enter("mina")
            clock.now += 10

        assert here.standing("mina", 2) == Standing(2, 0, 40.0)

    def test_keeps_keys_apart(self) -> None:
        here = window(ManualClock())
        here.enter("mina")

        assert here.standing("june", 1).remaining == 1

    def test_forgets_whoever_has_not_come_for_a_while(self) -> None:
        clock = ManualClock()
        here = window(clock)
        for number in range(5_000):
            clock.now += 0.1
            here.enter(str(number))

        assert len(here._moments) < 2_000
        assert here.standing("4999", 1).remaining == 0

    # Sixty-fourths of a second, which floats hold exactly.
    @given(st.lists(st.integers(0, 40 * 64), min_size=1, max_size=60), st.integers(1, 5))
    def test_never_lets_more_than_the_limit_into_any_minute(self, pauses: list[int], limit: int) -> None:
        clock = ManualClock()
        here = window(clock)
        let_in: list[float] = []
        for pause in pauses:
            clock.now += pause / 64
            standing = here.standing("mina", limit)
            if standing.remaining:
                here.enter("mina")
                let_in.append(clock.now)
            else:
                clock.now += standing.next_in
                assert here.standing("mina", limit).remaining

        assert all(sum(start <= moment < start + 60 for moment in let_in) <= limit for start in let_in)
