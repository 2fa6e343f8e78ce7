"""`/api/v2/personas`: who can answer."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Self, TypeVar

from fastapi import APIRouter, Header, Path, Response

from ion.api.deps import SIGNED_IN, MindDep, ServicesDep
from ion.api.etag import etag_of, is_known
from ion.api.v2.schemas import Schema
from ion.language import Language
from ion.personas import Persona

router = APIRouter(prefix="/personas", tags=["personas"], dependencies=[SIGNED_IN])

# The reference system's line between what a persona is and is not best for.
_GOOD_AFFINITY = 0.8
_Name = TypeVar("_Name", bound=str)


class PersonaOut(Schema):
    """A mentor."""

    slug: str
    name: str
    version: str
    role: Mapping[Language, str]
    description: Mapping[Language, str]
    traits: list[str]
    strengths: list[str]
    style: str
    best_for_tones: list[str]
    best_for_paces: list[str]
    best_for_intents: list[str]

    @classmethod
    def of(cls, persona: Persona) -> Self:
        """Return the mentor as the API says it."""
        profile = persona.profile
        return cls(
            slug=persona.slug,
            name=profile.name,
            version=profile.version,
            role=profile.role,
            description=profile.description,
            traits=list(profile.traits),
            strengths=list(profile.strengths),
            style=profile.style,
            best_for_tones=_best(profile.affinity.tone.items()),
            best_for_paces=_best(profile.affinity.pace.items()),
            best_for_intents=_best(profile.affinity.intent.items()),
        )


class PersonaList(Schema):
    """Every mentor, in catalogue order."""

    total: int
    personas: list[PersonaOut]
    timestamp: datetime


_KnownHeader = Annotated[
    str | None, Header(alias="If-None-Match", max_length=1_000, description="`ETag` of what you have already.")
]
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "What you have is still so."}}


@router.get("", response_model=PersonaList, responses=_NOT_MODIFIED, summary="List the mentors")
async def every(
    mind: MindDep, services: ServicesDep, response: Response, known: _KnownHeader = None
) -> PersonaList | Response:
    """Return every mentor."""
    personas = [PersonaOut.of(persona) for persona in mind.catalogue.values()]
    # The time of the answer is no part of what is asked for.
    headers = _headers(personas, weak=True)
    if is_known(headers["ETag"], known):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return PersonaList(total=len(personas), personas=personas, timestamp=services.clock())


@router.get("/{name}", response_model=PersonaOut, responses=_NOT_MODIFIED, summary="Read about a mentor")
async def one(
    name: Annotated[str, Path(max_length=64)], mind: MindDep, response: Response, known: _KnownHeader = None
) -> PersonaOut | Response:
    """Return the mentor with this name, in any case."""
    persona = PersonaOut.of(mind.catalogue.find(name))
    headers = _headers([persona], weak=False)
    if is_known(headers["ETag"], known):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return persona


def _headers(personas: Sequence[PersonaOut], *, weak: bool) -> dict[str, str]:
    content = json.dumps([persona.model_dump(mode="json") for persona in personas]).encode()
    return {"ETag": etag_of(content, weak=weak), "Cache-Control": "no-cache"}


def _best(affinities: Iterable[tuple[_Name, float]]) -> list[str]:
    return [str(name) for name, affinity in affinities if affinity >= _GOOD_AFFINITY]
