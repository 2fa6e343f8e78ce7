"""Kinds of request that are counted apart from each other, and how many of each a caller may make."""

from enum import StrEnum


class RateClass(StrEnum):
    """What a request is for. Which addresses are which is one table in `ion.api.routes_by_class`."""

    CHAT = "chat"
    BULK = "bulk"
    BATCH = "batch"
    WRITE = "write"
    READ = "read"
    PAGE = "page"
    EVENTS = "events"
    SIGN_IN = "sign_in"
    UNAUTHENTICATED = "unauthenticated"
    HEALTH = "health"
    CRISIS = "crisis"


# How many times the base figure. A page asks several times where a program asks once: a list, a search with every
# word, an older part. What is 0 has no limit: it is decided by what a message says, once its sender is over another.
# What came with a key or token that does not hold is counted once it is refused, and as nothing else.
_TIMES = {
    RateClass.CHAT: 1,
    RateClass.BULK: 1,
    RateClass.BATCH: 1,
    RateClass.WRITE: 1,
    RateClass.READ: 1,
    RateClass.SIGN_IN: 1,
    RateClass.UNAUTHENTICATED: 1,
    RateClass.PAGE: 6,
    RateClass.EVENTS: 6,
    RateClass.HEALTH: 6,
    RateClass.CRISIS: 0,
}
# Counted by network, whoever asks: nobody is signed in before they are, and monitors have no account.
BY_NETWORK = frozenset({RateClass.SIGN_IN, RateClass.UNAUTHENTICATED, RateClass.HEALTH})


def amount_of(kind: RateClass, per_minute: int) -> int:
    """Return how many requests of a kind may be made in a minute, where the base figure is this; 0 for any number."""
    return _TIMES[kind] * per_minute
