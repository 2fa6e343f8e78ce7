"""What a caller of the client may have to deal with.

ClientError
├── Unreachable        no answer came, or the connection broke
├── UnexpectedAnswer   what answered is not ION, or an ION that speaks otherwise
└── IonApiError        ION refused; `code` is one of docs/errors.md
    ├── InvalidRequest     400, 413, 415, 422: the caller can mend it
    ├── NotAuthenticated   401: the key or the token is missing, wrong or expired
    ├── NotAllowed         403
    ├── NotFound           404
    ├── Conflict           409: it contradicts what is there
    ├── TooManyRequests    429: `retry_after` says when to come back
    ├── ServerFailed       5xx
    └── ReplyFailed        the reply could not be written to its end; said in the stream
"""

from collections.abc import Mapping


class ClientError(Exception):
    """Something went wrong between a program and ION; `code` is a stable name, `message` one sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class Unreachable(ClientError):
    """No answer came, or the connection broke, as often as it was tried."""

    def __init__(self, message: str = "ION cannot be reached.") -> None:
        super().__init__("unreachable", message)


class UnexpectedAnswer(ClientError):
    """What answered is not ION, or an ION that speaks otherwise."""

    def __init__(self, message: str) -> None:
        super().__init__("unexpected_answer", message)


class IonApiError(ClientError):
    """ION refused, or could not do it.

    `field` names the input at fault, `request_id` is what ION's log calls the request, and `retry_after` is in how many
    seconds the same may succeed; each where ION says it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int,
        field: str | None = None,
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.field = field
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        request = f", request {self.request_id}" if self.request_id else ""
        return f"{self.message} ({self.code}, {self.status}{request})"


class InvalidRequest(IonApiError):
    """What was given cannot be used; the caller can mend it."""


class NotAuthenticated(IonApiError):
    """The API key or the token is missing, wrong or expired, or nobody is let in with this password."""


class NotAllowed(IonApiError):
    """This caller may not do it, or not from there."""


class NotFound(IonApiError):
    """Nothing has this name or id."""


class Conflict(IonApiError):
    """It contradicts what is there."""


class TooManyRequests(IonApiError):
    """More than ION takes at once, or from this caller."""


class ServerFailed(IonApiError):
    """ION, or something it depends on, does not do its work."""


class ReplyFailed(IonApiError):
    """A reply could not be written to its end."""


_BY_STATUS: Mapping[int, type[IonApiError]] = {
    400: InvalidRequest,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: TooManyRequests,
}


def kind_of(status: int) -> type[IonApiError]:
    """Return the error that stands for a status."""
    return ServerFailed if status >= 500 else _BY_STATUS.get(status, IonApiError)
