"""How the requests of the last minutes went, counted in this process."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# Seconds that are looked back at, and how exactly: long enough to tell a fault from chance.
WINDOW = 300
_STEP = 10


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requests were answered, and how many of them with a fault of ION's own (5xx)."""

    requests: int
    failed: int

    @property
    def error_rate(self) -> float:
        """The failed ones' share, 0 to 1; 0 where nobody asked."""
        return self.failed / self.requests if self.requests else 0.0


@dataclass(slots=True)
class _Step:
    number: int
    requests: int = 0
    failed: int = 0


class Recent:
    """Counts requests of the last WINDOW seconds, to ten seconds; `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._steps: deque[_Step] = deque(maxlen=WINDOW // _STEP)

    @property
    def uptime(self) -> float:
        """Seconds since counting began."""
        return self._clock() - self._started

    def count(self, *, failed: bool) -> None:
        """Count a request that was answered."""
        now = self._now()
        if not self._steps or self._steps[-1].number != now:
            self._steps.append(_Step(now))
        self._steps[-1].requests += 1
        self._steps[-1].failed += failed

    def tally(self) -> Tally:
        """Return how the last minutes went."""
        first = self._now() - WINDOW // _STEP
        steps = [step for step in self._steps if step.number > first]
        return Tally(sum(step.requests for step in steps), sum(step.failed for step in steps))

    def _now(self) -> int:
        return int(self._clock() // _STEP)
