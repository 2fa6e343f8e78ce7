"""API v2: one file a resource."""

from fastapi import APIRouter

from ion.api.errors import PROBLEMS
from ion.api.v2 import (
    analyze,
    auth,
    bulk,
    conversations,
    corrections,
    feedback,
    health,
    me,
    messages,
    multi,
    personas,
    process,
    recommend,
    security_events,
    status,
)

router = APIRouter(prefix="/api/v2", responses=PROBLEMS)
for resource in (
    process,
    multi,
    bulk,
    recommend,
    conversations,
    messages,
    corrections,
    feedback,
    me,
    analyze,
    auth,
    personas,
    health,
    security_events,
    status,
):
    router.include_router(resource.router)

__all__ = ["router"]
