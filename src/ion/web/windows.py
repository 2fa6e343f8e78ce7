"""Which part of a long conversation a page shows."""

from dataclasses import dataclass

# About ten screens: what people scroll back through, and still a small page.
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Window:
    """The turns from position `first` to position `last` of a conversation that has `total`."""

    first: int
    last: int
    total: int

    @property
    def has_earlier(self) -> bool:
        """Whether turns come before it."""
        return self.first > 1

    @property
    def has_later(self) -> bool:
        """Whether turns come after it."""
        return self.last < self.total


def window(total: int, *, at: int | None = None, before: int | None = None) -> Window:
    """Return the last turns; those around the position `at`; or those that come before the position `before`."""
    last = total
    if at is not None:
        last = min(total, max(at, 1) + SHOWN // 2)
    if before is not None:
        last = min(total, max(before - 1, 0))
    return Window(max(1, last - SHOWN + 1), last, total)


def position_in(text: str | None) -> int | None:
    """Return the position that an address names; None where it names none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < _TOO_MANY_DIGITS else None


_TOO_MANY_DIGITS = 10
