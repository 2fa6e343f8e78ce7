"""A model that is left alone for a while after it has failed too often."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal

from ion.llm.port import Chunk, Model, ModelError, Prompt

BreakerState = Literal["closed", "open", "half_open"]


@dataclass(slots=True)
class _Circuit:
    """What is known of a model's health; shared by all streams of one breaker."""

    failures: int = 0
    opened_at: float | None = None
    probing: bool = False


@dataclass(frozen=True, slots=True)
class BreakerModel:
    """Opens after `failures` failures in a row; `seconds` later lets one probe at a time through; success closes it.

    - A failure is an answer that ends in an error, after part of it too.
    - `refused` counts as success: a provider that says no is up, and says so as quickly as it would say yes. As a
      failure it would let one mentee's overlong message shut a working model off for everybody.
    - A stream that its reader leaves, or that is cancelled, tells nothing either way.
    - `circuit_open` is not transient, as asking again at once cannot help; its `retry_after` says when it may.

    `clock` is monotonic, in seconds.
    """

    inner: Model
    failures: int
    seconds: float
    clock: Callable[[], float]
    _circuit: _Circuit = field(default_factory=_Circuit, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name of the model it holds."""
        return self.inner.name

    @property
    def retry_after(self) -> float | None:
        """Seconds for which the model is still left alone; None where it would be asked now."""
        opened_at = self._circuit.opened_at
        left = 0.0 if opened_at is None else opened_at + self.seconds - self.clock()
        return left if left > 0 else None

    @property
    def state(self) -> BreakerState:
        """Whether the model is asked (`closed`), is not (`open`), or is to be tried next time (`half_open`)."""
        if self._circuit.opened_at is None:
            return "closed"
        return "half_open" if self.retry_after is None else "open"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        """Stream as the inner model does.

        Raises:
            ModelError: of the inner model, or `circuit_open`.
        """
        probe = self._admit()
        try:
            async with aclosing(self.inner.stream(prompt)) as answer:
                async for chunk in answer:
                    yield chunk
            self._close()
        except ModelError as error:
            if error.reason == "refused":
                self._close()
            else:
                self._count(probe=probe)
            raise
        finally:
            if probe:
                self._circuit.probing = False

    def _admit(self) -> bool:
        """Tell whether this stream is a probe; raise where the model is not to be asked."""
        circuit = self._circuit
        if circuit.opened_at is None:
            return False
        left = self.retry_after
        if left is not None or circuit.probing:
            raise ModelError("circuit_open", transient=False, retry_after=left)
        circuit.probing = True
        return True

    def _close(self) -> None:
        self._circuit.failures = 0
        self._circuit.opened_at = None

    def _count(self, *, probe: bool) -> None:
        circuit = self._circuit
        circuit.failures += 1
        # Streams that began before it opened may still fail; they do not prolong it.
        if probe or (circuit.opened_at is None and circuit.failures >= self.failures):
            circuit.opened_at = self.clock()
