"""What ION asks of a language model: stream the answer to a prompt, and nothing else."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

from ion.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Message:
    """One earlier message of the conversation, or the one to be answered."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is given; the last message is the mentee's newest.

    `secret` is the part of `system` that no reply may repeat at length; nothing that the mentee wrote is in it.
    `temperature` is for those who need the same answer twice (0, as near to it as the model comes); None leaves it to
    the provider, and models that take none are asked without.
    """

    system: str
    messages: tuple[Message, ...]
    max_output_tokens: int
    temperature: float | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer took, as the provider counted it; comes once, last."""

    input_tokens: int
    output_tokens: int
    model: str


Reason = Literal[
    "timeout",
    "rate_limited",
    "unreachable",
    "provider_error",
    "bad_answer",
    "refused",
    "circuit_open",
    "over_budget",
]


@dataclass(frozen=True, slots=True)
class StepDown:
    """`model` said nothing, for `reason`; what follows comes from the next one, so the reply is a degraded one."""

    model: str
    reason: Reason


Chunk = Delta | Usage | StepDown


class Model(Protocol):
    """A language model, or something that holds one and adds a behaviour."""

    @property
    def name(self) -> str:
        """`provider:model`, for people and logs."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Yield the answer piece by piece, then its usage where the provider tells it.

        Whoever may stop early holds it in `contextlib.aclosing`: closing it lets the provider's connection go.

        Raises:
            ModelError: the answer cannot be had, or ended early.
        """
        ...


class ModelError(Unavailable):
    """A model did not answer, or not to the end. `reason` is all that is told: a provider's own words stay inside.

    `transient` tells whether asking again at once may help. `retry_after` is in seconds, where it is known.

    timeout         the first word, or the whole answer, took too long
    rate_limited    429
    unreachable     no connection, or it broke
    provider_error  5xx
    bad_answer      what came is no whole answer: not the protocol, cut short, or empty
    refused         the provider will not answer this: wrong key or model, spent quota, filtered content
    circuit_open    not asked, since it failed too often just now
    over_budget     not asked, since there are no tokens left for whoever asks
    """

    code = "model_unavailable"

    def __init__(self, reason: Reason, *, transient: bool, retry_after: float | None = None) -> None:
        super().__init__(f"The language model did not answer ({reason}).")
        self.reason: Reason = reason
        self.transient = transient
        self.retry_after = retry_after
