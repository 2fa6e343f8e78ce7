from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.accounts.lockout import (
    FORGOTTEN_AFTER,
    PER_NETWORK,
    PER_USER,
    BackOff,
    Failures,
    SignInLocked,
    level,
    network_of,
    refuse_for,
    wait,
)

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NONE = timedelta(0)
MINUTE = timedelta(minutes=1)
BACK_OFFS = st.sampled_from([PER_USER, PER_NETWORK])
COUNTS = st.integers(0, 10**6)
AGES = st.timedeltas(timedelta(0), timedelta(days=3))


class TestWaiting:
    @pytest.mark.parametrize(
        ("count", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (10**9, 15)]
    )
    def test_doubles_after_the_free_ones_up_to_the_longest(self, count: int, minutes: int) -> None:
        assert wait(Failures(count, NOW), PER_USER, now=NOW) == minutes * MINUTE

    @pytest.mark.parametrize(("seconds", "left"), [(0, 60), (59, 1), (60, 0), (61, 0)])
    def test_is_over_in_time(self, seconds: int, left: int) -> None:
        past = Failures(5, NOW - timedelta(seconds=seconds))

        assert wait(past, PER_USER, now=NOW) == timedelta(seconds=left)

    @given(back_off=BACK_OFFS, count=COUNTS, age=AGES)
    def test_is_never_negative_nor_longer_than_the_longest(self, back_off: BackOff, count: int, age: timedelta) -> None:
        assert NONE <= wait(Failures(count, NOW - age), back_off, now=NOW) <= back_off.longest

    @given(back_off=BACK_OFFS, count=COUNTS, age=AGES, more=st.integers(1, 100), later=AGES)
    def test_grows_with_failures_and_shrinks_with_time(
        self, back_off: BackOff, count: int, age: timedelta, more: int, later: timedelta
    ) -> None:
        this = wait(Failures(count, NOW - age), back_off, now=NOW)

        assert wait(Failures(count + more, NOW - age), back_off, now=NOW) >= this
        assert wait(Failures(count, NOW - age), back_off, now=NOW + later) <= this

    @given(back_off=BACK_OFFS, count=COUNTS, age=AGES)
    def test_who_waits_as_long_as_told_is_let_in(self, back_off: BackOff, count: int, age: timedelta) -> None:
        failures = Failures(count, NOW - age)

        assert wait(failures, back_off, now=NOW + wait(failures, back_off, now=NOW)) == NONE

    @given(back_off=BACK_OFFS, count=COUNTS, ahead=AGES)
    def test_a_clock_set_back_locks_nobody_out_for_longer(
        self, back_off: BackOff, count: int, ahead: timedelta
    ) -> None:
        assert wait(Failures(count, NOW + ahead), back_off, now=NOW) <= back_off.longest

    def test_leaves_whoever_guesses_one_user_about_a_hundred_tries_a_day(self) -> None:
        assert 90 <= tries_a_day(PER_USER) <= 110

    def test_leaves_whoever_guesses_from_one_network_about_one_a_minute(self) -> None:
        assert 1440 <= tries_a_day(PER_NETWORK) <= 1480


def tries_a_day(back_off: BackOff) -> int:
    """Count the tries of somebody who comes back each time as soon as they may."""
    now, tries, failures = NOW, 0, Failures(0, NOW)
    while now < NOW + timedelta(days=1):
        tries += 1
        failures = Failures(level(failures, back_off, now=now) + 1, now)
        now += wait(failures, back_off, now=now)
    return tries


class TestForgiving:
    @pytest.mark.parametrize(("minutes", "left"), [(0, 7.0), (30, 6.5), (60, 6.0), (24 * 60 - 1, 0.0), (24 * 60, 0.0)])
    def test_one_is_forgiven_every_so_often(self, minutes: int, left: float) -> None:
        assert level(Failures(7, NOW), PER_USER, now=NOW + minutes * MINUTE) == left

    @given(back_off=BACK_OFFS, count=st.floats(0, 10**6), age=AGES)
    def test_leaves_neither_less_than_nothing_nor_more_than_there_was(
        self, back_off: BackOff, count: float, age: timedelta
    ) -> None:
        assert 0 <= level(Failures(count, NOW), back_off, now=NOW + age) <= count
        assert level(Failures(count, NOW), back_off, now=NOW - age) == count

    @given(back_off=BACK_OFFS, count=COUNTS)
    def test_a_day_without_one_is_a_new_beginning(self, back_off: BackOff, count: int) -> None:
        assert level(Failures(count, NOW - FORGOTTEN_AFTER), back_off, now=NOW) == 0

    def test_a_school_where_somebody_mistypes_every_minute_is_not_locked_out(self) -> None:
        now, failures = NOW, Failures(0, NOW)
        for _ in range(2_000):
            failures = Failures(level(failures, PER_NETWORK, now=now) + 1, now)
            now += MINUTE
            assert wait(failures, PER_NETWORK, now=now) == NONE


class TestRefusing:
    def test_says_when_to_come_back_in_whole_seconds_rounded_up(self) -> None:
        with pytest.raises(SignInLocked) as caught:
            refuse_for(timedelta(seconds=59.2))

        assert caught.value.retry_after == 60
        assert "60 seconds" in caught.value.message

    @pytest.mark.parametrize("waits", [NONE, timedelta(seconds=-1)])
    def test_nobody_is_held_up_for_nothing(self, waits: timedelta) -> None:
        refuse_for(waits)


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.7", "203.0.113.0/24"),
            ("203.0.113.255", "203.0.113.0/24"),
            ("::ffff:203.0.113.7", "203.0.113.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
            ("fe80::1%eth0", "fe80::/48"),
            ("testclient", "unknown"),
            ("", "unknown"),
        ],
    )
    def test_are_what_one_household_or_office_has(self, address: str, network: str) -> None:
        assert network_of(address) == network
