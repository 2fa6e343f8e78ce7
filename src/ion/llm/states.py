"""How the models behind a configured one are doing, without asking them."""

from dataclasses import dataclass

from ion.llm.breaker import BreakerModel, BreakerState
from ion.llm.fallback import FallbackModel
from ion.llm.port import Model


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model, and its breaker: `open` asks it nothing for `retry_after` seconds, `half_open` tries it next time."""

    name: str
    breaker: BreakerState
    retry_after: float | None = None


def states_of(model: Model | None) -> tuple[ModelState, ...]:
    """Return the state of each model, the preferred one first; one without a breaker is always asked."""
    match model:
        case None:
            return ()
        case FallbackModel():
            return tuple(state for each in model.models for state in states_of(each))
        case BreakerModel():
            return (ModelState(model.name, model.state, model.retry_after),)
        case object(inner=held):
            return states_of(held)
        case _:
            return (ModelState(model.name, "closed"),)
