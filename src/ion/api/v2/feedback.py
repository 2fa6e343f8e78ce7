"""`/api/v2/feedback`: what mentees think of replies."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from pydantic import Field

from ion.api.deps import TALKS, ConversationsDep, FeedbackDep, PipelineDep, ServicesDep
from ion.api.errors import PROBLEMS, request_id_of
from ion.api.v2.examples import FEEDBACK
from ion.api.v2.messages import ID
from ion.api.v2.schemas import CrisisOut, FeedbackOut, Schema
from ion.language import language_of
from ion.mentoring import (
    MAX_FEEDBACK_CHARS,
    ConversationId,
    FeedbackReason,
    Thumb,
    TurnId,
    danger_in,
    feedback_of,
)

router = APIRouter(tags=["conversations"], dependencies=[TALKS])

_NO_REPLY: dict[int | str, dict[str, Any]] = {
    409: {**PROBLEMS[404], "description": "The reply is still being written."}
}


class FeedbackIn(Schema):
    """What the mentee thinks of the reply of a turn; it replaces what they said of it before.

    `useful`, `clear`, `understood`, `kind` and `right_mentor` go with `up`, `other` with both, the rest with `down`.
    """

    conversation_id: str = Field(max_length=36, pattern=ID)
    turn_id: str = Field(max_length=36, pattern=ID)
    thumb: Thumb
    reasons: list[FeedbackReason] = Field(default=[], max_length=len(FeedbackReason))
    text: str | None = Field(None, max_length=MAX_FEEDBACK_CHARS, description="Kept and guarded like a message.")


class FeedbackOfTurn(FeedbackOut):
    """What the mentee thinks of the reply of a turn."""

    conversation_id: str
    turn_id: str


class FeedbackKept(FeedbackOfTurn):
    """What is kept from now on. Where the text speaks of danger, `crisis` says whom to turn to."""

    success: bool = True
    crisis: CrisisOut | None
    timestamp: datetime
    request_id: str


class FeedbackList(Schema):
    """What was said of the turns of a conversation, in their order."""

    items: list[FeedbackOfTurn]


@router.post("/feedback", responses=_NO_REPLY, summary="Say what you think of a reply")
async def give(
    body: Annotated[FeedbackIn, Body(openapi_examples=FEEDBACK)],
    request: Request,
    store: FeedbackDep,
    pipeline: PipelineDep,
    services: ServicesDep,
) -> FeedbackKept:
    """Keep a thumb, reasons and a text of the mentee's own for the reply of a turn."""
    now = services.clock()
    feedback = feedback_of(body.thumb, body.reasons, body.text, at=now)
    await store.keep(ConversationId(body.conversation_id), TurnId(body.turn_id), feedback)
    text = feedback.text or ""
    language = language_of(text)
    crisis = danger_in(text, language, pipeline.screener)
    return FeedbackKept(
        **FeedbackOut.model_validate(feedback).model_dump(),
        conversation_id=body.conversation_id,
        turn_id=body.turn_id,
        crisis=None if crisis is None else CrisisOut.of(crisis, language, pipeline),
        timestamp=now,
        request_id=request_id_of(request),
    )


@router.get("/feedback", summary="Read what was said of replies")
async def given(
    conversation_id: Annotated[str, Query(max_length=36, pattern=ID, description="The conversation's id.")],
    store: FeedbackDep,
    conversations: ConversationsDep,
) -> FeedbackList:
    """Return what the mentee said of the replies of a conversation."""
    conversation = await conversations.with_id(ConversationId(conversation_id))
    said = await store.of(conversation.id)
    return FeedbackList(
        items=[
            FeedbackOfTurn(
                **FeedbackOut.model_validate(feedback).model_dump(), conversation_id=conversation.id, turn_id=turn_id
            )
            for turn_id, feedback in said.items()
        ]
    )
