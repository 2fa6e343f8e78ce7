"""`/api/v2/security-events`: access that was out of the ordinary, for whoever looks after an organisation."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ion.accounts import Caller, Permission
from ion.anomalies import SEVERITIES, Anomaly, Severity
from ion.api.authentication import needs
from ion.api.deps import ServicesDep
from ion.api.v2.schemas import Schema
from ion.audit import SECURITY, Wanted, documents_of

router = APIRouter(prefix="/security-events", tags=["security"])
Auditing = Annotated[Caller, needs(Permission.AUDIT_READ)]


class SecurityEventOut(Schema):
    """What was noticed: `user` is the id of whoever it is about, where it is about somebody who is still there."""

    number: int = Field(examples=[1042])
    at: datetime
    kind: Anomaly
    severity: Severity
    count: int = Field(description="How many there were when it was told.", examples=[30])
    user: str | None
    network: str | None = Field(description="/24 of IPv4, /48 of IPv6.", examples=["203.0.113.0/24"])


class SecurityEventList(Schema):
    """Security events, the newest first; `next`, given as `before`, leads to those that follow."""

    items: list[SecurityEventOut]
    next: int | None = Field(examples=[1042])


@router.get("", summary="List security events")
async def latest(
    caller: Auditing,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=0, le=2**62, description="`next` of the answer to go on from.")] = None,
    since: Annotated[datetime | None, Query(description="From this moment on.")] = None,
) -> SecurityEventList:
    """Return what was noticed of the caller's own organisation."""
    wanted = Wanted(organisation=caller.organisation, since=since, only=SECURITY, below=before)
    entries = await services.audit.store.newest(wanted, limit=limit + 1)
    items = [
        SecurityEventOut(
            number=one["number"],
            at=one["at"],
            kind=Anomaly(one["action"]),
            severity=SEVERITIES[Anomaly(one["action"])],
            count=one["details"]["count"],
            user=one["target"],
            network=one["network"],
        )
        for one in await documents_of(services.audit, entries[:limit])
    ]
    return SecurityEventList(items=items, next=items[-1].number if len(entries) > limit else None)
