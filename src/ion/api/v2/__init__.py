"""API v2: one file a resource."""

from fastapi import APIRouter

from ion.api.errors import PROBLEMS
from ion.api.v2 import (
    analyze,
    auth,
    batches,
    bulk,
    consents,
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
    batches,
    recommend,
    conversations,
    messages,
    corrections,
    feedback,
    me,
    consents,
    analyze,
    auth,
    personas,
    health,
    security_events,
    status,
):
    router.include_router(resource.router)

__all__ = ["router"]
