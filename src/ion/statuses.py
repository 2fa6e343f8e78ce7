"""The HTTP status of every kind of error, the same on every door."""

from collections.abc import Mapping

from ion.errors import (
    Conflict,
    Forbidden,
    Invalid,
    IonError,
    Misconfigured,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)

_STATUS: Mapping[type[IonError], int] = {
    Invalid: 422,
    TooLarge: 413,
    NotFound: 404,
    Conflict: 409,
    Unauthenticated: 401,
    Forbidden: 403,
    TooMany: 429,
    Unavailable: 503,
    Misconfigured: 500,
    IonError: 500,
}

# Seconds in which what ION depends on may answer again.
_MOMENT = 5


def status_of(error: IonError) -> int:
    """Return the status for an error, by the nearest kind it is of."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def retry_after(error: IonError) -> int | None:
    """Return in how many seconds the same request may succeed; None where that cannot be said."""
    if isinstance(error, TooMany):
        return error.retry_after
    return _MOMENT if isinstance(error, Unavailable) else None
