"""What a reply that is being written consists of."""

from dataclasses import dataclass

from ion.client.values import Turn, Value


@dataclass(frozen=True, slots=True)
class Started:
    """Who answers, and why. With `anew` the reply was begun again: what came before it no longer counts."""

    id: str
    turn: Turn
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Degraded:
    """A lesser engine takes over, for this short reason."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The reply is complete and kept; `turn` is the whole of it."""

    id: str
    turn: Turn


Event = Started | Delta | Degraded | Done


class Piece(Value):
    """The data of a `delta`."""

    text: str


class StepDown(Value):
    """The data of a `degraded`."""

    reason: str


class Failure(Value):
    """The data of an `error`."""

    code: str
    message: str
