"""API v2: one file a resource."""

from fastapi import APIRouter

from ion.api.errors import PROBLEMS
from ion.api.v2 import analyze, conversations, corrections, health, messages, personas, process

router = APIRouter(prefix="/api/v2", responses=PROBLEMS)
for resource in (process, conversations, messages, corrections, analyze, personas, health):
    router.include_router(resource.router)

__all__ = ["router"]
