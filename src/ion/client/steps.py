"""How a call is made, without making it: the steps are yielded, and either client takes them."""

from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from ion.client.call import Call
from ion.client.errors import ClientError
from ion.client.outcomes import Answer, Broken, Outcome, error_of
from ion.client.retrying import Retries
from ion.client.signed_in import SignedIn, refreshing
from ion.client.values import Tokens

T = TypeVar("T")

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Send:
    """Send this call and say what became of it."""

    call: Call[object]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Manner:
    """How calls are made: what is tried again, where chance comes from, and who asks."""

    retries: Retries
    rng: Random
    signed_in: SignedIn = field(default_factory=SignedIn)

    def new_key(self) -> str:
        """Return an `Idempotency-Key` that nobody has had."""
        return f"{self.rng.getrandbits(128):032x}"


def performed(call: Call[T], manner: Manner) -> Generator[Send | Pause, Outcome | None, T]:
    """Yield the steps of a call, be sent their outcomes, and return its result.

    Raises:
        ClientError: ION refused, cannot be reached or is not what answered.
    """
    ready, failures, may_be_done = call.ready(manner.new_key), 0, False
    while True:
        outcome = yield from _sent(ready, manner)
        if isinstance(outcome, Answer) and (outcome.status in ready.fine or (may_be_done and _is_gone(ready, outcome))):
            return ready.parse(outcome)
        failures += 1
        may_be_done = may_be_done or _may_have_been_done(outcome)
        pause = manner.retries.pause(outcome, failures, repeatable=ready.repeatable, rng=manner.rng)
        if pause is None:
            raise failure(outcome)
        yield Pause(pause)


def _sent(call: Call[object], manner: Manner) -> Generator[Send | Pause, Outcome | None, Outcome]:
    """Send a call, and once more with new tokens where those that were shown have expired."""
    shown = manner.signed_in.tokens
    outcome = yield Send(call)
    assert outcome is not None
    if not call.anonymous and manner.signed_in.have_expired(outcome):
        yield from renewed(shown, manner)
        outcome = yield Send(call)
        assert outcome is not None
    return outcome


def renewed(shown: Tokens | None, manner: Manner) -> Generator[Send | Pause, Outcome | None, None]:
    """Yield the steps of refreshing the tokens that were shown, unless another thread has done so meanwhile.

    Where two do so at once, ION gives both the same refresh token.

    Raises:
        ClientError: they do not hold any more, or ION cannot be reached.
    """
    if shown is not None and manner.signed_in.tokens is shown:
        manner.signed_in.tokens = yield from performed(refreshing(shown.refresh_token), manner)


def failure(outcome: Outcome) -> ClientError:
    """Return the error for an outcome, with what caused it."""
    error = error_of(outcome)
    if isinstance(outcome, Broken):
        error.__cause__ = outcome.cause
    return error


def _may_have_been_done(outcome: Outcome) -> bool:
    return outcome.arrived if isinstance(outcome, Broken) else outcome.status >= 500


def _is_gone(call: Call[T], answer: Answer) -> bool:
    """Tell whether what was to be deleted is gone: an earlier try may have done it before its answer was lost."""
    return call.method == "DELETE" and answer.status == _NOT_FOUND
