"""`POST /api/v2/analyze`: how a message reads and who would answer, without an answer."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from ion.api.deps import TALKS, MindDep
from ion.api.v2.examples import ANALYZE
from ion.api.v2.schemas import ReadingOut, RoutingOut, Schema
from ion.language import Language

router = APIRouter(tags=["process"], dependencies=[TALKS])


class AnalyzeRequest(Schema):
    """A message to read; nothing of it is kept."""

    text: str = Field(examples=["배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"])
    language: Language = Field("en", description="For messages without letters; otherwise the text decides.")


class AnalyzeResponse(ReadingOut):
    """The reading, and the routing that follows from it."""

    routing: RoutingOut


@router.post("/analyze", summary="Read a message")
async def analyze(body: Annotated[AnalyzeRequest, Body(openapi_examples=ANALYZE)], mind: MindDep) -> AnalyzeResponse:
    """Return the resonance key of a message with its evidence, and the mentor it leads to."""
    reading = await asyncio.to_thread(mind.reader.read, body.text, default_language=body.language)
    routing = RoutingOut.of(mind.router.route(reading.key), mind.catalogue, reading.language)
    return AnalyzeResponse(**ReadingOut.of(reading, body.text).model_dump(), routing=routing)
