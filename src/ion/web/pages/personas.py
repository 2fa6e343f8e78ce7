"""`/mentors`: who can answer, and which messages suit whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from ion.language import Language
from ion.personas import Persona
from ion.resonance import WORDS
from ion.web.preference import preferred_language
from ion.web.rendering import page, services_of
from ion.web.sidebar import sidebar
from ion.web.turns import Mentor

# From here on a mentor may say: this is what I am good with.
_GOOD_AFFINITY = 0.8
_Name = TypeVar("_Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the page tells of a mentor."""

    mentor: Mentor
    description: str
    tones: tuple[str, ...]
    intents: tuple[str, ...]


async def show(request: Request) -> Response:
    """Introduce every mentor."""
    language = preferred_language(request)
    personas = services_of(request).mind.catalogue.values()
    values = {"introductions": [_introduction(persona, language) for persona in personas]}
    return page(request, "personas.html", {**await sidebar(request), **values})


def _introduction(persona: Persona, language: Language) -> Introduction:
    profile = persona.profile
    return Introduction(
        mentor=Mentor(persona.slug, persona.name, profile.role[language]),
        description=profile.description[language],
        tones=_best(profile.affinity.tone, language),
        intents=_best(profile.affinity.intent, language),
    )


def _best(affinities: Mapping[_Name, float], language: Language) -> tuple[str, ...]:
    """Return, best first, what this mentor is good with."""
    good = [name for name, affinity in affinities.items() if affinity >= _GOOD_AFFINITY]
    return tuple(WORDS[language][name] for name in sorted(good, key=lambda name: -affinities[name]))
