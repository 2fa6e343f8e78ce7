"""The HTTP status of every kind of error, the same on every door."""

from collections.abc import Mapping

from ion.errors import Conflict, Forbidden, Invalid, IonError, Misconfigured, NotFound, TooLarge, Unavailable

_STATUS: Mapping[type[IonError], int] = {
    Invalid: 422,
    TooLarge: 413,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unavailable: 503,
    Misconfigured: 500,
    IonError: 500,
}


def status_of(error: IonError) -> int:
    """Return the status for an error, by the nearest kind it is of."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
