"""`POST /api/v2/process`: one message in, one reply out."""

import time
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, StrictBool

from ion.api.deps import TALKS, PipelineDep, ServicesDep
from ion.api.errors import request_id_of
from ion.api.once import IN_FLIGHT, OnceDep
from ion.api.v2.examples import PROCESS
from ion.api.v2.schemas import CrisisOut, EngineOut, Moment, ReadingOut, RoutingOut, Schema, turn_out
from ion.language import Language
from ion.mentoring import Ask, ConversationId, PersonaPipeline, Turn
from ion.playbooks import Exchange
from ion.resonance import Intent, Pace, ResonanceKey, Tone, part_of

router = APIRouter(tags=["process"], dependencies=[TALKS])

_MAX_HISTORY = 200


class KeyParts(Schema):
    """A resonance key in parts; old spellings are understood."""

    tone: str = Field(max_length=64, examples=["urgent"])
    pace: str = Field(max_length=64, examples=["medium"])
    intent: str = Field(max_length=64, examples=["problem_solving"])


class HistoryMessage(Schema):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str
    timestamp: Moment | None = None


class Context(Schema):
    """What the caller knows of the conversation; `message_history` goes from the oldest to the newest."""

    user_id: str | None = Field(None, max_length=128)
    session_id: str | None = Field(None, max_length=128)
    message_history: list[HistoryMessage] = Field(default=[], max_length=_MAX_HISTORY)
    metadata: dict[str, Any] | None = None


class ProcessRequest(Schema):
    """A message to answer. Without `resonance_key` ION reads it from the text; without `persona` it chooses."""

    user_input: str = Field(examples=["We have a release tomorrow and the tests fail at random. Where do I start?"])
    resonance_key: str | KeyParts | None = Field(None, examples=["urgent-medium-problem_solving"])
    persona: str | None = Field(None, max_length=64, examples=["nana"])
    conversation_id: str | None = Field(None, max_length=36, pattern=r"^[\w-]+$")
    goals: list[str] = Field(default=[], max_length=10)
    language: Language | None = Field(None, description="For messages without letters; otherwise the text decides.")
    context: Context = Context()
    include_metadata: StrictBool = True


class Performance(Schema):
    """How long it took. Replies are not cached yet, so `cache_hit` is false and `cache_key` null."""

    execution_time_ms: float
    cache_hit: bool = False
    cache_key: str | None = None


class ProcessResponse(Schema):
    """The reply, who gave it and why. On the crisis path there is no persona, key or routing, and `crisis` is set."""

    success: bool = True
    content: str
    persona_used: str | None = Field(examples=["Nana"])
    resonance_key: str | None
    routing: RoutingOut | None
    confidence: float | None
    engine: EngineOut
    reading: ReadingOut | None
    crisis: CrisisOut | None
    performance: Performance
    metadata: dict[str, Any] | None
    timestamp: datetime
    request_id: str


@router.post("/process", response_model=ProcessResponse, responses=IN_FLIGHT, summary="Answer one message")
async def process(
    body: Annotated[ProcessRequest, Body(openapi_examples=PROCESS)],
    request: Request,
    pipeline: PipelineDep,
    services: ServicesDep,
    once: OnceDep,
) -> Response:
    """Answer a message; with `conversation_id` it is kept there, without it nothing is kept.

    With an `Idempotency-Key` the answer is kept for a day, sealed with that key, for whoever sends the same again.
    """
    started = time.perf_counter()

    async def answered() -> ProcessResponse:
        turn = await pipeline.process(ask_of(body, once.message_key()))
        return response_of(
            turn, body, pipeline, started=started, at=services.clock(), request_id=request_id_of(request)
        )

    return await once.answer(body, answered)


def ask_of(body: ProcessRequest, request_key: str | None) -> Ask:
    """Return what is asked of the pipeline.

    Raises:
        BadResonanceKey: the key that was given is none.
    """
    return Ask(
        text=body.user_input,
        conversation=None if body.conversation_id is None else ConversationId(body.conversation_id),
        persona=body.persona,
        key=_key(body.resonance_key),
        history=exchanges(body.context.message_history),
        goals=tuple(body.goals),
        language=body.language,
        request_key=request_key,
    )


def response_of(
    turn: Turn, body: ProcessRequest, pipeline: PersonaPipeline, *, started: float, at: datetime, request_id: str
) -> ProcessResponse:
    """Return a complete turn as the answer to `body`; `started` is when it was begun, by the performance counter."""
    out = turn_out(turn, pipeline)
    assert out.engine is not None
    return ProcessResponse(
        content=out.content,
        persona_used=out.persona_used,
        resonance_key=out.resonance_key,
        routing=out.routing,
        confidence=out.confidence,
        engine=out.engine,
        reading=out.reading,
        crisis=out.crisis,
        performance=Performance(execution_time_ms=round((time.perf_counter() - started) * 1000, 2)),
        metadata={"user_provided": body.context.metadata or {}} if body.include_metadata else None,
        timestamp=at,
        request_id=request_id,
    )


def _key(given: str | KeyParts | None) -> ResonanceKey | None:
    if given is None:
        return None
    if isinstance(given, str):
        return ResonanceKey.parse(given)
    return ResonanceKey(part_of(Tone, given.tone), part_of(Pace, given.pace), part_of(Intent, given.intent))


def exchanges(messages: list[HistoryMessage]) -> tuple[Exchange, ...]:
    """Return the history in pairs; a message that got no reply is paired with an empty one."""
    pairs: list[Exchange] = []
    for message in messages:
        if message.role == "user":
            pairs.append(Exchange(message.content, ""))
        elif pairs and not pairs[-1].reply:
            pairs[-1] = Exchange(pairs[-1].message, message.content)
    return tuple(pairs)
