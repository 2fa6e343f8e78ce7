"""`POST /api/v2/chat/multi-persona`: one message in, one reply out that several mentors had a part in."""

import time
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from pydantic import Field, StrictBool

from ion.api.deps import TALKS, CouncilDep, ServicesDep
from ion.api.errors import request_id_of
from ion.api.v2.examples import MULTI
from ion.api.v2.process import Context, Performance, exchanges
from ion.api.v2.schemas import CrisisOut, EngineOut, ReadingOut, RoutingOut, Schema, turn_out
from ion.language import Language
from ion.mentoring import Ask, Counsel, Mode, PersonaPipeline, Question

router = APIRouter(tags=["process"], dependencies=[TALKS])

# What the reference system's clients look for where no single key chose the mentor.
BLEND = "multi-persona-blend"
_NAME = Annotated[str, Field(min_length=1, max_length=64)]


class MultiRequest(Schema):
    """A message for several mentors.

    Without `personas` ION decides who answers, and whether one is enough; with `force_multi` several do. `in_turn`
    lets each mentor know what those before them said.
    """

    user_input: str = Field(
        examples=[
            "The interview is next week and my portfolio is not ready. I also lie awake every night.",
            "이직 면접이 다음 주인데 포트폴리오도 못 고쳤고, 밤마다 잠이 안 와요.",
        ]
    )
    force_multi: StrictBool = False
    personas: list[_NAME] | None = Field(None, min_length=2, max_length=4, examples=[["lua", "nana"]])
    mode: Mode = "side_by_side"
    goals: list[str] = Field(default=[], max_length=10)
    language: Language | None = Field(None, description="For messages without letters; otherwise the text decides.")
    context: Context = Context()
    include_metadata: StrictBool = True


class ContributionOut(Schema):
    """What one mentor gave to the reply, and why they were there."""

    persona: str = Field(examples=["Lua"])
    slug: str = Field(examples=["lua"])
    content: str
    reason: str
    engine: EngineOut


class CounselOut(Schema):
    """One reply, and who gave what to it.

    `persona_used` is `Multi: Lua+Nana`, or the one mentor who answered alone: then `alone_because` says why, where
    otherwise `together_because` does. On the crisis path nobody contributes, and `crisis` is set.
    """

    content: str
    persona_used: str | None = Field(examples=["Multi: Lua+Nana"])
    resonance_key: str | None = Field(examples=[BLEND])
    contributions: list[ContributionOut]
    together_because: str | None
    alone_because: str | None
    routing: RoutingOut | None
    confidence: float | None
    engine: EngineOut
    reading: ReadingOut | None
    crisis: CrisisOut | None


class MultiResponse(CounselOut):
    """One reply that several mentors had a part in, and how it came about."""

    success: bool = True
    performance: Performance
    metadata: dict[str, Any] | None
    timestamp: datetime
    request_id: str


@router.post("/chat/multi-persona", summary="Answer one message with several mentors")
async def multi_persona(
    body: Annotated[MultiRequest, Body(openapi_examples=MULTI)],
    request: Request,
    council: CouncilDep,
    services: ServicesDep,
) -> MultiResponse:
    """Have several mentors think about one message and compose one reply; nothing of it is kept."""
    started = time.perf_counter()
    counsel = await council.answer(
        Question(
            Ask(
                text=body.user_input,
                history=exchanges(body.context.message_history),
                goals=tuple(body.goals),
                language=body.language,
            ),
            mentors=tuple(body.personas or ()),
            forced=body.force_multi,
            mode=body.mode,
        )
    )
    return MultiResponse(
        **dict(counsel_out(counsel, services.pipeline)),
        performance=Performance(execution_time_ms=round((time.perf_counter() - started) * 1000, 2)),
        metadata=_metadata(body, counsel) if body.include_metadata else None,
        timestamp=services.clock(),
        request_id=request_id_of(request),
    )


def counsel_out(counsel: Counsel, pipeline: PersonaPipeline) -> CounselOut:
    """Return a reply of several mentors as the API says it, without what belongs to the request."""
    out = turn_out(counsel.turn, pipeline)
    assert out.engine is not None
    names = [pipeline.catalogue.name_of(contribution.persona) for contribution in counsel.contributions]
    contributions = [
        ContributionOut(
            persona=name,
            slug=contribution.persona,
            content=contribution.content,
            reason=contribution.reason,
            engine=EngineOut.of(contribution.engine),
        )
        for name, contribution in zip(names, counsel.contributions, strict=True)
    ]
    return CounselOut(
        content=out.content,
        persona_used=f"Multi: {'+'.join(names)}" if counsel.is_joint else out.persona_used,
        resonance_key=BLEND if counsel.is_joint else out.resonance_key,
        contributions=contributions,
        together_because=counsel.because if counsel.is_joint else None,
        alone_because=counsel.because if counsel.because and not counsel.is_joint else None,
        routing=out.routing,
        confidence=out.confidence,
        engine=out.engine,
        reading=out.reading,
        crisis=out.crisis,
    )


def _metadata(body: MultiRequest, counsel: Counsel) -> dict[str, Any]:
    return {
        "mode": body.mode,
        "personas": [contribution.persona for contribution in counsel.contributions],
        "user_provided": body.context.metadata or {},
    }
