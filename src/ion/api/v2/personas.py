"""`/api/v2/personas`: who can answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path

from ion.api.deps import MindDep, ServicesDep
from ion.api.v2.schemas import Schema
from ion.language import Language
from ion.personas import Persona

router = APIRouter(prefix="/personas", tags=["personas"])

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


class PersonaList(Schema):
    """Every mentor, in catalogue order."""

    total: int
    personas: list[PersonaOut]
    timestamp: datetime


@router.get("", summary="List the mentors")
async def every(mind: MindDep, services: ServicesDep) -> PersonaList:
    """Return every mentor."""
    personas = [_out(persona) for persona in mind.catalogue.values()]
    return PersonaList(total=len(personas), personas=personas, timestamp=services.clock())


@router.get("/{name}", summary="Read about a mentor")
async def one(name: Annotated[str, Path(max_length=64)], mind: MindDep) -> PersonaOut:
    """Return the mentor with this name, in any case."""
    return _out(mind.catalogue.find(name))


def _out(persona: Persona) -> PersonaOut:
    profile = persona.profile
    return PersonaOut(
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


def _best(affinities: Iterable[tuple[_Name, float]]) -> list[str]:
    return [str(name) for name, affinity in affinities if affinity >= _GOOD_AFFINITY]
