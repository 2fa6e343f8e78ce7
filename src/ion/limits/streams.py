"""How many streams each caller follows at once in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ion.limits.refusing import TooManyStreams

# Streams end with their replies, so there is soon room for another.
_COME_BACK_SECONDS = 5


@dataclass(slots=True)
class Streams:
    """The open streams, by who follows them; at most `limit` each, 0 for any number."""

    limit: int
    _open: Counter[str] = field(default_factory=Counter)

    def refusal(self, subject: str) -> TooManyStreams | None:
        """Return the error for whoever would follow too many with one more; None where there is room."""
        if not self.limit or self._open[subject] < self.limit:
            return None
        message = f"You are following {self.limit} streams already; close one, or come back when one has ended."
        return TooManyStreams(message, _COME_BACK_SECONDS)

    @contextmanager
    def following(self, subject: str) -> Iterator[None]:
        """Count one more until the block ends."""
        self._open[subject] += 1
        try:
            yield
        finally:
            self._open[subject] -= 1
            if not self._open[subject]:
                del self._open[subject]
