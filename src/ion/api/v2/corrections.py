"""`/api/v2/conversations/{id}/messages/{id}/reading`: the mentee's own word on how a message was read."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field, StrictBool

from ion.api.deps import TALKS, PipelineDep, ServicesDep, TurnsDep
from ion.api.errors import PROBLEMS
from ion.api.v2.examples import CORRECTION
from ion.api.v2.messages import IdPath, TurnPath
from ion.api.v2.schemas import CorrectionOut, ReadingOut, Schema
from ion.mentoring import ConversationId, TurnId, correction_of

router = APIRouter(prefix="/conversations", tags=["conversations"], dependencies=[TALKS])

_HAS_NO_READING: dict[int | str, dict[str, Any]] = {
    409: {**PROBLEMS[404], "description": "The message was answered with help lines; nothing was read."}
}


class CorrectionIn(Schema):
    """How the message should have been read: at least one part; old spellings are understood.

    It replaces what was said of this message before. Only with `share` may it train ION.
    """

    tone: str | None = Field(None, max_length=64, examples=["anxious"])
    intent: str | None = Field(None, max_length=64, examples=["validation"])
    pace: str | None = Field(None, max_length=64, examples=["burst"])
    share: StrictBool = Field(False, description="Consent: may this train ION on this server, masked?")


class CorrectedReading(Schema):
    """The reading, what the mentee said of it, the key that follows, and the mentor whom that key would choose."""

    reading: ReadingOut
    correction: CorrectionOut
    corrected_key: str = Field(examples=["anxious-medium-validation"])
    persona: str = Field(examples=["Lua"])


@router.post("/{conversation_id}/messages/{turn_id}/reading", responses=_HAS_NO_READING, summary="Correct a reading")
async def correct(
    conversation_id: IdPath,
    turn_id: TurnPath,
    body: Annotated[CorrectionIn, Body(openapi_examples=CORRECTION)],
    turns: TurnsDep,
    pipeline: PipelineDep,
    services: ServicesDep,
) -> CorrectedReading:
    """Keep how the mentee says that a message reads; the reply stays as it is until it is redone."""
    correction = correction_of(
        tone=body.tone, pace=body.pace, intent=body.intent, share=body.share, at=services.clock()
    )
    turn = await turns.correct(ConversationId(conversation_id), TurnId(turn_id), correction)
    assert turn.reading is not None
    key = correction.applied_to(turn.reading.key)
    return CorrectedReading(
        reading=ReadingOut.of(turn.reading, turn.message),
        correction=CorrectionOut.model_validate(correction),
        corrected_key=str(key),
        persona=pipeline.catalogue.name_of(pipeline.router.route(key).primary),
    )
