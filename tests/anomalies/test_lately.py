import random
import tracemalloc

import pytest

from ion.anomalies import Lately, Thresholds
from ion.anomalies.kinds import SEVERITIES, Anomaly
from ion.anomalies.lately import HOUR
from ion.audit import MEANINGS, SECURITY


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lately(clock: Clock) -> Lately:
    return Lately(clock, b"k" * 16)


class TestAdd:
    def test_tells_once_an_hour_when_different_things_are_as_many(self, lately: Lately, clock: Clock) -> None:
        told = [lately.add("mina", thing, threshold=3) for thing in ("a", "b", "a", "b", "c", "d", "e")]
        clock.now += HOUR
        quiet = lately.add("mina", "f", threshold=3)
        again = [lately.add("mina", thing, threshold=3) for thing in ("g", "h")]

        assert told == [0, 0, 0, 0, 3, 0, 0]
        assert (quiet, again) == (0, [0, 3])

    def test_forgets_what_is_an_hour_old(self, lately: Lately, clock: Clock) -> None:
        told = []
        for thing in range(20):
            clock.now += HOUR / 2
            told.append(lately.add("mina", str(thing), threshold=3))

        assert set(told) == {0}

    def test_counts_each_subject_for_itself(self, lately: Lately) -> None:
        assert [lately.add(user, "a", threshold=2) for user in ("mina", "jun", "mina", "jun")] == [0] * 4

    def test_tells_nothing_with_a_threshold_of_0(self, lately: Lately) -> None:
        assert {lately.add("mina", str(thing), threshold=0) for thing in range(50)} == {0}

    def test_keeps_no_names_and_little_memory(self, lately: Lately) -> None:
        chance = random.Random(7)  # noqa: S311 - a simulation
        tracemalloc.start()
        for number in range(20_000):
            lately.add(f"203.0.{number % 9_000}.0/24", str(chance.random()), threshold=5)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < 12_000_000
        assert "203.0" not in repr(lately)
        assert len(lately._subjects) == 4_096


class TestKinds:
    def test_are_those_of_the_audit_log_each_with_a_meaning_a_severity_and_a_threshold(self) -> None:
        assert {str(kind) for kind in Anomaly} == {str(action) for action in SECURITY}
        assert set(SEVERITIES) == set(Anomaly)
        assert set(MEANINGS) >= SECURITY
        assert all(Thresholds().of(kind) > 0 for kind in Anomaly)
