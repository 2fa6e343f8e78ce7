"""Whether ION can serve, and as well as it is meant to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ion.errors import Unavailable
from ion.llm import ModelState, states_of
from ion.monitoring import Recent, Tally
from ion.services import Services

ServiceState = Literal["operational", "degraded", "down"]

# One request of twenty fails: more than chance, once there are enough of them to tell.
_WORRYING_RATE, _ENOUGH_REQUESTS = 0.05, 20


@dataclass(frozen=True, slots=True)
class Condition:
    """How ION and what it depends on are, found out just now."""

    state: ServiceState
    database: bool
    redis: bool | None
    models: tuple[ModelState, ...]


def state_of(*, database: bool, models: Sequence[ModelState], tally: Tally, redis: bool | None = None) -> ServiceState:
    """Return how ION is: down without its database, degraded without its Redis, a model, or where too much fails."""
    if not database:
        return "down"
    failing = tally.requests >= _ENOUGH_REQUESTS and tally.error_rate >= _WORRYING_RATE
    return (
        "degraded" if failing or redis is False or any(model.breaker != "closed" for model in models) else "operational"
    )


async def condition_of(services: Services, recent: Recent) -> Condition:
    """Ask the database for a sign of life, and look at what is known of the language models."""
    try:
        await services.database.ping()
    except Unavailable:
        database = False
    else:
        database = True
    models = states_of(services.pipeline.writer.engine.model)
    agreement = services.limits.limiter.agreement
    redis = None if agreement is None else await agreement.ping()
    state = state_of(database=database, models=models, tally=recent.tally(), redis=redis)
    return Condition(state, database, redis, models)
