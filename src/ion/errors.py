"""The kinds of error; doors translate each kind once into their own language.

IonError
├── Invalid         what was given cannot be used; the sender can mend it
├── TooLarge        it is more than ION takes in one piece
├── NotFound        nothing has this name or id
├── Conflict        it contradicts what is already there
├── Unauthenticated nobody knows who is asking; they have to sign in, or send a key that holds
├── Forbidden       this caller may not do it, or not from there
├── TooMany         more of it than ION takes at once; trying later will help
├── Unavailable     something ION depends on does not answer; trying later may help
└── Misconfigured   the operator has to change a setting or a file
"""

from collections.abc import Mapping
from typing import ClassVar


class IonError(Exception):
    """Something a caller should hear about in one clear sentence.

    `code` is a stable public name with an entry in docs/errors.md. `message` is shown to people, so it
    never holds a secret, a provider's words or a mentee's text. `field` names the input at fault.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, field: str | None = None, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details: Mapping[str, object] = details or {}


class Invalid(IonError):
    """What was given cannot be used; the sender can mend it."""

    code = "invalid_input"


class TooLarge(IonError):
    """It is more than ION takes in one piece."""

    code = "too_large"


class NotFound(IonError):
    """Nothing has this name or id."""

    code = "not_found"


class Conflict(IonError):
    """It contradicts what is already there."""

    code = "conflict"


class Unauthenticated(IonError):
    """Nobody knows who is asking: they have to sign in, or send a key that holds."""

    code = "unauthenticated"


class Forbidden(IonError):
    """This caller may not do it, or not from there."""

    code = "forbidden"


class TooMany(IonError):
    """More of it than ION takes at once; `retry_after` is in how many seconds to try again."""

    code = "too_many"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(IonError):
    """Something ION depends on does not answer; trying later may help."""

    code = "unavailable"


class Misconfigured(IonError):
    """The operator has to change a setting or a file before ION can start."""

    code = "misconfigured"
