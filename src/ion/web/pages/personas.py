"""`/mentors`: who can answer, and which messages suit whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from ion.callers import services_of
from ion.language import Language
from ion.personas import Persona
from ion.resonance import WORDS, Axis
from ion.web.preference import preferred_language
from ion.web.rendering import page
from ion.web.sidebar import sidebar
from ion.web.turns import Mentor

_GOOD = 0.8
_Name = TypeVar("_Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Suits:
    """How well a mentor suits the messages that read in some way, by its words, the best first; 0 to 1."""

    axis: Axis
    points: tuple[tuple[str, float], ...]

    @property
    def best(self) -> tuple[str, ...]:
        """What a mentor may say to be good with."""
        return tuple(words for words, points in self.points if points >= _GOOD)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the page tells of a mentor."""

    mentor: Mentor
    description: str
    suits: tuple[Suits, ...]


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
        suits=(
            Suits("tone", _ranked(profile.affinity.tone, language)),
            Suits("intent", _ranked(profile.affinity.intent, language)),
            Suits("pace", _ranked(profile.affinity.pace, language)),
        ),
    )


def _ranked(affinities: Mapping[_Name, float], language: Language) -> tuple[tuple[str, float], ...]:
    names = sorted(affinities, key=lambda name: -affinities[name])
    return tuple((WORDS[language][name], affinities[name]) for name in names)
