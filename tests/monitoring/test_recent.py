from ion.monitoring import WINDOW, Recent, Tally


class Hands:
    """A clock that is set by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class TestRecent:
    def test_counts_and_tells_the_share_that_failed(self) -> None:
        recent = Recent(Hands())
        for failed in (False, False, False, True):
            recent.count(failed=failed)

        assert recent.tally() == Tally(4, 1)
        assert recent.tally().error_rate == 0.25

    def test_of_nothing_is_no_error(self) -> None:
        assert Recent(Hands()).tally().error_rate == 0.0

    def test_forgets_what_is_older_than_the_window(self) -> None:
        clock = Hands()
        recent = Recent(clock)
        recent.count(failed=True)
        clock.now += WINDOW - 10
        recent.count(failed=False)
        before = recent.tally()
        clock.now += 10
        after = recent.tally()
        clock.now += WINDOW

        assert (before, after, recent.tally()) == (Tally(2, 1), Tally(1, 0), Tally(0, 0))

    def test_holds_no_more_than_the_window_however_long_it_counts(self) -> None:
        clock = Hands()
        recent = Recent(clock)
        for _ in range(1_000):
            recent.count(failed=False)
            clock.now += 10

        assert recent.tally().requests == WINDOW // 10 - 1

    def test_knows_since_when_it_counts(self) -> None:
        clock = Hands()
        recent = Recent(clock)
        clock.now += 12.5

        assert recent.uptime == 12.5
