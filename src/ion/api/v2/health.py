"""`GET /api/v2/health`: is ION well, and what it depends on."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Response

from ion import __version__
from ion.api.deps import RecentDep, ServicesDep
from ion.api.v2.condition import ServiceState, condition_of
from ion.api.v2.schemas import Schema

router = APIRouter(tags=["operations"])


class Health(Schema):
    """The database was asked just now; of a language model `dependencies` tell whether it answers when it is asked.

    `engine` is what writes replies while all is well. Degraded, ION serves, but less well than it is meant to.
    """

    healthy: bool
    service_status: ServiceState
    dependencies: Mapping[str, bool]
    engine: str
    version: str
    timestamp: datetime


@router.get("/health", responses={503: {"model": Health, "description": "ION cannot serve."}}, summary="Ask how ION is")
async def health(services: ServicesDep, recent: RecentDep, response: Response) -> Health:
    """Return how ION is; 503 where it cannot serve."""
    condition = await condition_of(services, recent)
    healthy = condition.state != "down"
    response.status_code = 200 if healthy else 503
    model = services.pipeline.writer.engine.model
    return Health(
        healthy=healthy,
        service_status=condition.state,
        dependencies={
            "database": condition.database,
            **({} if condition.redis is None else {"redis": condition.redis}),
            **{state.name: state.breaker == "closed" for state in condition.models},
        },
        engine="playbooks" if model is None else model.name,
        version=__version__,
        timestamp=services.clock(),
    )
