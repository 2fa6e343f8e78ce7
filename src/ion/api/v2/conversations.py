"""`/api/v2/conversations`: conversations that ION keeps."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from ion.api.deps import ConversationsDep, PipelineDep
from ion.api.sse import event, with_heartbeat
from ion.api.v2.schemas import Schema, TurnOut, turn_out
from ion.language import Language
from ion.llm import Delta
from ion.mentoring import Ask, Conversation, ConversationId, PersonaPipeline, Run

router = APIRouter(prefix="/conversations", tags=["conversations"])

IdPath = Annotated[str, Path(max_length=36, description="The conversation's id.")]


class ConversationIn(Schema):
    """A new conversation. `persona` is for those who want one mentor throughout."""

    persona: str | None = Field(None, max_length=64)
    goals: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(default=[], max_length=10)
    language: Language = "en"


class ConversationOut(Schema):
    """A conversation without its turns."""

    id: str
    created_at: datetime
    updated_at: datetime
    language: Language
    title: str
    persona: str | None
    goals: list[str]


class ConversationList(Schema):
    """Conversations, the one added to last first."""

    items: list[ConversationOut]


class ConversationWithTurns(ConversationOut):
    """A conversation and all that was said in it, oldest first."""

    turns: list[TurnOut]


class MessageIn(Schema):
    """A message. `persona` chooses the mentor for this message alone."""

    content: str = Field(examples=["Ran it twenty times: three failures, all in the payment test."])
    persona: str | None = Field(None, max_length=64)


@router.post("", status_code=201, summary="Start a conversation")
async def create(body: ConversationIn, pipeline: PipelineDep) -> ConversationOut:
    """Make an empty conversation."""
    return _out(await pipeline.open_conversation(body.language, persona=body.persona, goals=body.goals))


@router.get("", summary="List conversations")
async def latest(store: ConversationsDep, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> ConversationList:
    """Return the conversations that were added to last."""
    return ConversationList(items=[_out(conversation) for conversation in await store.latest(limit=limit)])


@router.get("/{conversation_id}", summary="Read a conversation")
async def read(conversation_id: IdPath, store: ConversationsDep, pipeline: PipelineDep) -> ConversationWithTurns:
    """Return a conversation with its turns."""
    conversation = await store.with_id(ConversationId(conversation_id))
    turns = await store.turns(conversation.id)
    return ConversationWithTurns(**_out(conversation).model_dump(), turns=[turn_out(turn, pipeline) for turn in turns])


class TurnList(Schema):
    """The turns of a conversation, oldest first."""

    items: list[TurnOut]


@router.get("/{conversation_id}/messages", summary="Read the turns of a conversation")
async def messages(conversation_id: IdPath, store: ConversationsDep, pipeline: PipelineDep) -> TurnList:
    """Return the turns of a conversation."""
    conversation = await store.with_id(ConversationId(conversation_id))
    return TurnList(items=[turn_out(turn, pipeline) for turn in await store.turns(conversation.id)])


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "model": TurnOut}
}


@router.post(
    "/{conversation_id}/messages",
    response_model=TurnOut,
    responses=_STREAM,
    summary="Send a message",
)
async def send(
    conversation_id: IdPath, body: MessageIn, request: Request, pipeline: PipelineDep
) -> TurnOut | StreamingResponse:
    """Answer a message in a conversation.

    With `Accept: text/event-stream` the reply is streamed: `started` (who answers and why), `delta` (a piece of
    text), `degraded` (a lesser engine takes over), `done` (the whole turn), each with an id. The reply is finished
    and kept even when the reader goes away.
    """
    run = await pipeline.begin(
        Ask(text=body.content, conversation=ConversationId(conversation_id), persona=body.persona)
    )
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(
            with_heartbeat(_events(run, pipeline)), media_type="text/event-stream", headers=_UNBUFFERED
        )
    return turn_out(await run.finished(), pipeline)


_UNBUFFERED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def _events(run: Run, pipeline: PersonaPipeline) -> AsyncIterator[bytes]:
    number = 0
    yield event("started", turn_out(run.turn, pipeline).model_dump(mode="json"), number)
    async for number, piece in run.events():
        if isinstance(piece, Delta):
            yield event("delta", {"text": piece.text}, number)
        else:
            yield event("degraded", {"reason": piece.reason}, number)
    yield event("done", turn_out(run.turn, pipeline).model_dump(mode="json"), number + 1)


def _out(conversation: Conversation) -> ConversationOut:
    return ConversationOut.model_validate(conversation)
