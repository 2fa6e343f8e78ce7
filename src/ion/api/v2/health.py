"""`GET /api/v2/health`: is ION well, and what it depends on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Response

from ion import __version__
from ion.api.deps import ServicesDep
from ion.api.v2.schemas import Schema
from ion.errors import Unavailable

router = APIRouter(tags=["operations"])


class Health(Schema):
    """Each dependency was asked just now. `engine` is what writes replies while all is well."""

    healthy: bool
    service_status: Literal["operational", "down"]
    dependencies: Mapping[str, bool]
    engine: str
    version: str
    timestamp: datetime


@router.get(
    "/health", responses={503: {"model": Health, "description": "A dependency is down."}}, summary="Ask how ION is"
)
async def health(services: ServicesDep, response: Response) -> Health:
    """Return how ION is; 503 where it cannot serve."""
    try:
        await services.database.ping()
    except Unavailable:
        healthy = False
    else:
        healthy = True
    response.status_code = 200 if healthy else 503
    model = services.pipeline.writer.engine.model
    return Health(
        healthy=healthy,
        service_status="operational" if healthy else "down",
        dependencies={"database": healthy},
        engine="playbooks" if model is None else model.name,
        version=__version__,
        timestamp=services.clock(),
    )
