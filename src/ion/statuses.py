"""The HTTP status and the exit code of every kind of error, the same on every door."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

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

# Exit codes as in sysexits.h; 2 is what a wrong command line has always been.
USAGE, UNAVAILABLE, UNEXPECTED, TRY_AGAIN, NO_PERMISSION, CONFIG = 2, 69, 70, 75, 77, 78

_STATUS: Mapping[type[IonError], tuple[int, int]] = {
    Invalid: (422, USAGE),
    TooLarge: (413, USAGE),
    NotFound: (404, USAGE),
    Conflict: (409, USAGE),
    Unauthenticated: (401, NO_PERMISSION),
    Forbidden: (403, NO_PERMISSION),
    TooMany: (429, TRY_AGAIN),
    Unavailable: (503, UNAVAILABLE),
    Misconfigured: (500, CONFIG),
    IonError: (500, UNEXPECTED),
}
# What the web framework itself refuses is no error of ION's own, and yet has a code; any other status is `http_error`.
CODE_OF_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: NotFound.code,
    405: "method_not_allowed",
    406: "not_acceptable",
    413: TooLarge.code,
    415: "unsupported_media_type",
}
HTTP_ERROR = "http_error"

# Seconds in which what ION depends on may answer again.
_MOMENT = 5


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A code, and what comes with it: an HTTP status, None where it can be several, and an exit code if it has one."""

    code: str
    status: int | None
    exit: int | None


def status_of(error: IonError) -> int:
    """Return the status for an error, by the nearest kind it is of."""
    return _by_kind(type(error))[0]


def exit_code_of(error: IonError) -> int:
    """Return the exit code for an error, by the nearest kind it is of."""
    return _by_kind(type(error))[1]


def error_codes() -> Sequence[ErrorCode]:
    """Return every code by its status and name: those of the errors that what is running may raise, and HTTP's own."""
    found = {kind.code: ErrorCode(kind.code, *_by_kind(kind)) for kind in _every_kind(IonError)}
    for status, code in CODE_OF_STATUS.items():
        found.setdefault(code, ErrorCode(code, status, None))
    found[HTTP_ERROR] = ErrorCode(HTTP_ERROR, None, None)
    return sorted(found.values(), key=lambda each: (each.status or 400, each.code))


def _by_kind(kind: type[IonError]) -> tuple[int, int]:
    return next(_STATUS[each] for each in kind.__mro__ if each in _STATUS)


def _every_kind(kind: type[IonError]) -> Iterator[type[IonError]]:
    # A test's own error is none of ION's.
    if kind.__module__.startswith("ion."):
        yield kind
    for narrower in kind.__subclasses__():
        yield from _every_kind(narrower)


def retry_after(error: IonError) -> int | None:
    """Return in how many seconds the same request may succeed; None where that cannot be said."""
    if isinstance(error, TooMany):
        return error.retry_after
    return _MOMENT if isinstance(error, Unavailable) else None
