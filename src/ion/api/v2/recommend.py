"""`POST /api/v2/recommend`: which mentor suits a situation, and why, without a reply."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import Field

from ion.api.deps import TALKS, PipelineDep, ServicesDep
from ion.api.errors import request_id_of
from ion.api.v2.examples import RECOMMEND
from ion.api.v2.personas import PersonaOut
from ion.api.v2.process import Context, exchanges
from ion.api.v2.schemas import CrisisOut, ReadingOut, Schema
from ion.language import Language, language_of
from ion.mentoring import PersonaPipeline, danger_in
from ion.mentoring import recommend as recommended
from ion.resonance import check_text
from ion.routing import reason_for
from ion.safety import CrisisReason

router = APIRouter(tags=["process"], dependencies=[TALKS])


class RecommendRequest(Schema):
    """A situation in the mentee's own words; nothing of it is kept."""

    scenario: str = Field(examples=["I have led my team for a month, and the first one-to-one worries me."])
    context: Context = Context()
    language: Language | None = Field(None, description="For texts without letters; otherwise the text decides.")


class RecommendedOut(Schema):
    """Who suits the situation and why; `confidence` and `scores` are 0 to 1.

    On the crisis path nobody is recommended and nothing is read: `crisis` and `reasoning` say whom to turn to.
    """

    success: bool = True
    recommended_persona: str | None = Field(examples=["Nana"])
    runner_up: str | None
    confidence: float | None = Field(ge=0, le=1)
    scores: Mapping[str, float] | None = Field(examples=[{"lua": 0.69, "elro": 0.9, "riri": 0.78, "nana": 0.96}])
    capabilities: PersonaOut | None
    reasoning: str
    resonance_key: str | None
    turning_key: str | None = Field(description="The nearest key that would have recommended the runner-up.")
    reading: ReadingOut | None
    crisis: CrisisOut | None


class RecommendResponse(RecommendedOut):
    """The recommendation, and for which request it is."""

    timestamp: datetime
    request_id: str


@router.post("/recommend", summary="Recommend a mentor")
async def recommend(
    body: Annotated[RecommendRequest, Body(openapi_examples=RECOMMEND)],
    request: Request,
    pipeline: PipelineDep,
    services: ServicesDep,
) -> RecommendResponse:
    """Tell which mentor suits a situation, with the scores, the words that decided and the runner-up."""
    check_text(body.scenario, field="scenario")
    language = language_of(body.scenario, default=_language(body))
    danger = danger_in(body.scenario, language, pipeline.screener)
    told = _help(danger, language, pipeline) if danger else await _mentor(body.scenario, language, pipeline)
    return RecommendResponse(**told.model_dump(), timestamp=services.clock(), request_id=request_id_of(request))


def _language(body: RecommendRequest) -> Language:
    before = exchanges(body.context.message_history)
    return body.language or (language_of(before[-1].message) if before else "en")


async def _mentor(scenario: str, language: Language, pipeline: PersonaPipeline) -> RecommendedOut:
    found = await asyncio.to_thread(recommended, scenario, language, reader=pipeline.reader, router=pipeline.router)
    choice, catalogue = found.choice, pipeline.catalogue
    return RecommendedOut(
        recommended_persona=catalogue.name_of(choice.primary),
        runner_up=None if choice.secondary is None else catalogue.name_of(choice.secondary),
        confidence=choice.confidence,
        scores=dict(choice.scores),
        capabilities=PersonaOut.of(catalogue[choice.primary]),
        reasoning=reason_for(choice, catalogue, found.language),
        resonance_key=str(choice.key),
        turning_key=None if choice.turning_key is None else str(choice.turning_key),
        reading=ReadingOut.of(found.reading, scenario),
        crisis=None,
    )


def _help(reason: CrisisReason, language: Language, pipeline: PersonaPipeline) -> RecommendedOut:
    return RecommendedOut(
        recommended_persona=None,
        runner_up=None,
        confidence=None,
        scores=None,
        capabilities=None,
        reasoning=pipeline.help_for(reason, language).text,
        resonance_key=None,
        turning_key=None,
        reading=None,
        crisis=CrisisOut.of(reason, language, pipeline),
    )
