"""`/api/v2/me/consents`: what one acknowledged and agreed to, and taking it back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from ion.accounts import Caller, Permission
from ion.api.authentication import needs
from ion.api.deps import ServicesDep
from ion.api.v2.examples import CONSENTS
from ion.api.v2.schemas import Schema
from ion.language import Language
from ion.rights import OPTIONAL, VERSIONS, Choice, Purpose
from ion.services import Services

router = APIRouter(prefix="/me/consents", tags=["me"])
Oneself = Annotated[Caller, needs(Permission.PROFILE_OWN)]


class ConsentOut(Schema):
    """What one said to a text; `version` is that of the text as it is now, `given_version` of the one that was read."""

    purpose: Purpose
    optional: bool
    version: int
    given: bool = Field(description="Whether it is a yes to the text as it is now, which was not taken back.")
    given_version: int | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    language: Language | None


class ConsentsOut(Schema):
    """What one said to each text."""

    items: list[ConsentOut]


class ChoiceIn(Schema):
    """A yes or no to the version of a text that was shown."""

    purpose: Purpose
    version: int = Field(ge=1, le=10_000)
    given: bool


class ChoicesIn(Schema):
    """Choices, and the language that the texts were shown in; what is not named stays as it is."""

    consents: list[ChoiceIn] = Field(min_length=1, max_length=len(Purpose))
    language: Language


@router.get("", summary="Read what you agreed to")
async def read(caller: Oneself, services: ServicesDep) -> ConsentsOut:
    """Return what the caller acknowledged and agreed to."""
    return await _said(caller, services)


@router.put("", summary="Agree, or take it back")
async def choose(
    body: Annotated[ChoicesIn, Body(openapi_examples=CONSENTS)], caller: Oneself, services: ServicesDep
) -> ConsentsOut:
    """Take the caller's choices: all of them, or none."""
    choices = [Choice(each.purpose, each.version, each.given) for each in body.consents]
    await services.consents.choose(caller.user, caller.organisation, choices, language=body.language)
    return await _said(caller, services)


async def _said(caller: Caller, services: Services) -> ConsentsOut:
    said = await services.consents.of(caller.user)
    items = []
    for purpose in Purpose:
        last = said.get(purpose)
        items.append(
            ConsentOut(
                purpose=purpose,
                optional=purpose in OPTIONAL,
                version=VERSIONS[purpose],
                given=last is not None and last.holds,
                given_version=None if last is None else last.version,
                given_at=None if last is None else last.given_at,
                withdrawn_at=None if last is None else last.withdrawn_at,
                language=None if last is None else last.language,
            )
        )
    return ConsentsOut(items=items)
