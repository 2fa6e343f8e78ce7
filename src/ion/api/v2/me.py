"""`/api/v2/me`: who is asking, and their right to be erased; `/api/v2/erasures`: what became of that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response, StreamingResponse
from pydantic import Field

from ion.accounts import Caller, Permission, Role
from ion.api.authentication import needs
from ion.api.deps import ErasuresDep, ExportsDep, ServicesDep
from ion.api.v2.schemas import Schema
from ion.language import Language

router = APIRouter()
Oneself = Annotated[Caller, needs(Permission.PROFILE_OWN)]
OwnData = Annotated[Caller, needs(Permission.DATA_OWN)]


class ErasureOut(Schema):
    """When everything that is kept of the caller is erased; `receipt` is what to look it up by afterwards."""

    asked_at: datetime
    due_at: datetime
    receipt: str = Field(examples=["Gx5gIwOWvQ0zVb2uXkJb4gqRk2cPpR0m5r3GZbq0yXk"])


class MeOut(Schema):
    """The caller; `erasure` is there once they have asked to be erased."""

    id: str
    email: str
    name: str
    language: Language
    role: Role
    organisation: str
    created_at: datetime
    keep_conversations_days: int | None = Field(
        description="Days after its last message at which the organisation has a conversation erased; null for never."
    )
    erasure: ErasureOut | None


class ExportOut(Schema):
    """An export that is being prepared; `progress` is between 0 and 1."""

    asked_at: datetime
    progress: float = Field(ge=0, le=1)


class ReceiptOut(Schema):
    """What was erased, by kind; all of it once there is a `done_at`. It names nobody."""

    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    erased: Mapping[str, int] = Field(examples=[{"conversations": 12, "turns": 118, "data_keys": 1, "accounts": 1}])


_ZIP = "application/zip"
# Seconds after which to look again whether an export is ready.
_SOON = 2
_ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}, "description": "The archive."},
    202: {"model": ExportOut, "description": "It is being prepared; come back after `Retry-After` seconds."},
}


@router.get("/me", tags=["me"], summary="Read who you are")
async def read(caller: Oneself, services: ServicesDep) -> MeOut:
    """Return what ION knows the caller by."""
    user = await services.accounts.users.with_id(caller.user, organisation=caller.organisation)
    organisation = await services.accounts.organisations.with_id(caller.organisation)
    erasure = await services.erasures.of(caller.user)
    return MeOut(
        id=user.id,
        email=user.email,
        name=user.name,
        language=user.language,
        role=user.role,
        organisation=organisation.slug,
        created_at=user.created_at,
        keep_conversations_days=organisation.keep_days,
        erasure=None if erasure is None else ErasureOut.model_validate(erasure),
    )


@router.delete("/me", status_code=202, tags=["me"], summary="Ask to be erased")
async def erase(caller: OwnData, erasures: ErasuresDep) -> ErasureOut:
    """Have everything erased that is kept of the caller, once the grace period is over. Keep the receipt."""
    return ErasureOut.model_validate(await erasures.ask(caller.user, caller.organisation))


@router.delete("/me/erasure", status_code=204, tags=["me"], summary="Take an erasure back")
async def cancel(caller: OwnData, erasures: ErasuresDep) -> None:
    """Stay after all; possible until the erasure is due."""
    await erasures.cancel(caller.user)


@router.get("/me/export", tags=["me"], summary="Export what is kept of you", responses=_ARCHIVE)
async def export(caller: OwnData, services: ServicesDep, exports: ExportsDep) -> Response:
    """Return everything that is kept of the caller as a ZIP archive; while it is prepared, how far that is.

    The first request begins it. It can be fetched for a day after it is ready.
    """
    user = await services.accounts.users.with_id(caller.user, organisation=caller.organisation)
    export = await exports.ask(user)
    if export.ready_at is None:
        so_far = ExportOut(asked_at=export.asked_at, progress=export.progress)
        return Response(
            so_far.model_dump_json(), 202, media_type="application/json", headers={"Retry-After": str(_SOON)}
        )
    headers = {
        "Content-Disposition": f'attachment; filename="{export.filename}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(exports.content(export), media_type=_ZIP, headers=headers)


@router.get("/erasures/{receipt}", tags=["me"], summary="Look up an erasure")
async def receipt(receipt: Annotated[str, Path(max_length=64)], erasures: ErasuresDep) -> ReceiptOut:
    """Return what was erased; whoever has the receipt may see it, since nobody is named."""
    return ReceiptOut.model_validate(await erasures.receipt(receipt))
