"""What a caller who is over a limit is told, and how those in danger are let through."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ion.errors import TooMany


class RateLimited(TooMany):
    """The caller asked more often than they may."""

    code = "rate_limited"


class TooManyStreams(TooMany):
    """The caller follows as many streams as they may at once."""

    code = "too_many_streams"


_over: ContextVar[TooMany | None] = ContextVar("over", default=None)


@contextmanager
def for_danger_only(refusal: TooMany) -> Iterator[None]:
    """Within this block, messages that speak of no danger are refused; a request may bring several."""
    token = _over.set(refusal)
    try:
        yield
    finally:
        _over.reset(token)


def refuse_if_over() -> None:
    """Go on, unless whoever asks is over a limit; called once a message is known to speak of no danger.

    Raises:
        RateLimited, TooManyStreams: the caller is over that limit.
    """
    refusal = _over.get()
    if refusal is not None:
        raise refusal
