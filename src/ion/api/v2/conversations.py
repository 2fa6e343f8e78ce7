"""`/api/v2/conversations`: conversations that ION keeps."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ion.api.deps import ConversationsDep, PipelineDep, TurnsDep
from ion.api.v2.messages import IdPath, KeyHeader
from ion.api.v2.schemas import Schema, TurnOut, turn_out
from ion.language import Language
from ion.mentoring import Conversation, ConversationId

router = APIRouter(prefix="/conversations", tags=["conversations"])


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


@router.post("", status_code=201, summary="Start a conversation")
async def create(body: ConversationIn, pipeline: PipelineDep, key: KeyHeader = None) -> ConversationOut:
    """Make an empty conversation; sent again with the same `Idempotency-Key`, it is the one made first."""
    made = await pipeline.open_conversation(body.language, persona=body.persona, goals=body.goals, request_key=key)
    return _out(made)


@router.get("", summary="List conversations")
async def latest(store: ConversationsDep, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> ConversationList:
    """Return the conversations that were added to last."""
    return ConversationList(items=[_out(conversation) for conversation in await store.latest(limit=limit)])


@router.get("/{conversation_id}", summary="Read a conversation")
async def read(
    conversation_id: IdPath, store: ConversationsDep, turns: TurnsDep, pipeline: PipelineDep
) -> ConversationWithTurns:
    """Return a conversation with its turns."""
    conversation = await store.with_id(ConversationId(conversation_id))
    found = [turn_out(turn, pipeline) for turn in await turns.of(conversation.id)]
    return ConversationWithTurns(**_out(conversation).model_dump(), turns=found)


def _out(conversation: Conversation) -> ConversationOut:
    return ConversationOut.model_validate(conversation)
