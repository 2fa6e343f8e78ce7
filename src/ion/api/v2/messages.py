"""`/api/v2/conversations/{id}/messages`: the turns of a conversation: send, follow, stop, redo, ask another mentor."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from ion.api.deps import TALKS, ConversationsDep, FeedbackDep, PipelineDep, TurnsDep
from ion.api.errors import PROBLEMS
from ion.api.once import KeyHeader, OnceDep
from ion.api.v2.examples import AGAIN, MESSAGE, REDO
from ion.api.v2.schemas import Schema, TurnOut, turn_out
from ion.llm import Delta
from ion.mentoring import Ask, ConversationId, PersonaPipeline, Run, TurnId
from ion.sse import UNBUFFERED, Place, event, with_heartbeat

router = APIRouter(prefix="/conversations", tags=["conversations"], dependencies=[TALKS])

# What no id has in it is asked of no database.
ID = r"^[\w-]+$"
IdPath = Annotated[str, Path(max_length=36, pattern=ID, description="The conversation's id.")]
TurnPath = Annotated[str, Path(max_length=36, pattern=ID, description="The turn's id.")]
PreferHeader = Annotated[
    str | None,
    Header(alias="Prefer", max_length=200, description="`respond-async`: answer 202 at once; then follow the events."),
]


class MessageIn(Schema):
    """A message. `persona` chooses the mentor for this message alone."""

    content: str = Field(examples=["Ran it twenty times: three failures, all in the payment test."])
    persona: str | None = Field(None, max_length=64)


class RedoIn(Schema):
    """How a turn is to be redone: with `content` as its message, or without it as it was (and was corrected)."""

    content: str | None = None


class AgainIn(Schema):
    """Which other mentor is to answer the message too."""

    persona: str = Field(max_length=64, examples=["lua"])


class TurnList(Schema):
    """The turns of a conversation, oldest first."""

    items: list[TurnOut]


_EVENT_NAMES = ["started", "delta", "degraded", "done", "error"]
# The schema is of one event, as tools that check streams read it; `data` is JSON, in a string as all of an event is.
_EVENT_STREAM = {
    "text/event-stream": {
        "schema": {
            "type": "object",
            "properties": {
                "event": {"type": "string", "enum": _EVENT_NAMES},
                "data": {"type": "string", "contentMediaType": "application/json"},
                "id": {"type": "string"},
            },
            "required": ["event", "data"],
        }
    }
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": _EVENT_STREAM, "model": TurnOut},
    202: {"model": TurnOut, "description": "The message is kept and its reply being written; follow its events."},
    409: {**PROBLEMS[404], "description": "It contradicts what is there, e.g. the reply is still being written."},
}
_EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": _EVENT_STREAM, "description": "The events of the reply."}}


@router.get("/{conversation_id}/messages", summary="Read the turns of a conversation")
async def messages(
    conversation_id: IdPath, store: ConversationsDep, turns: TurnsDep, feedback: FeedbackDep, pipeline: PipelineDep
) -> TurnList:
    """Return the turns of a conversation."""
    conversation = await store.with_id(ConversationId(conversation_id))
    found = await feedback.beside(conversation.id, await turns.of(conversation.id))
    return TurnList(items=[turn_out(turn, pipeline) for turn in found])


@router.post("/{conversation_id}/messages", response_model=TurnOut, responses=_STREAM, summary="Send a message")
async def send(
    conversation_id: IdPath,
    body: Annotated[MessageIn, Body(openapi_examples=MESSAGE)],
    request: Request,
    pipeline: PipelineDep,
    key: KeyHeader = None,
    prefer: PreferHeader = None,
) -> Response | TurnOut:
    """Answer a message in a conversation.

    With `Accept: text/event-stream` the reply is streamed: `started` (who answers and why), `delta` (a piece of
    text), `degraded` (a lesser engine takes over), `done` (the whole turn), each with an id. With
    `Prefer: respond-async` the turn comes at once, without its reply. The reply is finished and kept even when the
    reader goes away; `GET .../events` follows it from any place.
    """
    run = await pipeline.begin(
        Ask(text=body.content, conversation=ConversationId(conversation_id), persona=body.persona, request_key=key)
    )
    return await _told(run, request, prefer, pipeline)


@router.post(
    "/{conversation_id}/messages/{turn_id}/again",
    response_model=TurnOut,
    responses=_STREAM,
    summary="Ask another mentor",
)
async def again(
    conversation_id: IdPath,
    turn_id: TurnPath,
    body: Annotated[AgainIn, Body(openapi_examples=AGAIN)],
    request: Request,
    pipeline: PipelineDep,
    key: KeyHeader = None,
    prefer: PreferHeader = None,
) -> Response | TurnOut:
    """Have the same message answered by another mentor too, as a new turn that knows of the reply there is."""
    run = await pipeline.again(ConversationId(conversation_id), TurnId(turn_id), body.persona, request_key=key)
    return await _told(run, request, prefer, pipeline)


@router.post(
    "/{conversation_id}/messages/{turn_id}/redo", response_model=TurnOut, responses=_STREAM, summary="Redo a turn"
)
async def redo(
    conversation_id: IdPath,
    turn_id: TurnPath,
    body: Annotated[RedoIn, Body(openapi_examples=REDO)],
    request: Request,
    pipeline: PipelineDep,
    once: OnceDep,
    prefer: PreferHeader = None,
) -> Response | TurnOut:
    """Answer a turn anew, in its own place: try again, change the last message, or apply a corrected reading.

    What the turn was before stays in its `earlier`. Sent again with the same `Idempotency-Key`, it is redone once, and
    answered with the turn as it is then.
    """
    conversation, turn = ConversationId(conversation_id), TurnId(turn_id)
    run = await once.begin(
        body,
        lambda: pipeline.redo(conversation, turn, text=body.content),
        lambda: pipeline.follow(conversation, turn),
    )
    return await _told(run, request, prefer, pipeline)


@router.post("/{conversation_id}/messages/{turn_id}/stop", summary="Stop a reply")
async def stop(conversation_id: IdPath, turn_id: TurnPath, pipeline: PipelineDep) -> TurnOut:
    """Write no more of a reply, keep what there is of it and return the turn; a complete reply stays as it is."""
    return turn_out(await pipeline.stop(ConversationId(conversation_id), TurnId(turn_id)), pipeline)


@router.get(
    "/{conversation_id}/messages/{turn_id}/events",
    response_class=StreamingResponse,
    responses=_EVENTS,
    summary="Follow a reply",
)
async def events(
    conversation_id: IdPath,
    turn_id: TurnPath,
    pipeline: PipelineDep,
    last: Annotated[str | None, Header(alias="Last-Event-ID", description="The last event that arrived.")] = None,
) -> StreamingResponse:
    """Stream the reply of a turn, from the beginning or from after the event `Last-Event-ID`.

    A reply that was cut off with the server is written anew; its events then begin with `started` again. Nothing
    follows `done`: whoever does not close the stream then, as browsers do not, gets all of it again.
    """
    run = await pipeline.follow(ConversationId(conversation_id), TurnId(turn_id))
    return _stream(run, pipeline, after=Place.parse(last))


async def _told(run: Run, request: Request, prefer: str | None, pipeline: PersonaPipeline) -> Response | TurnOut:
    """Answer in the way that was asked for: a stream, at once, or with the complete turn."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return _stream(run, pipeline, after=None)
    if "respond-async" in [preference.strip().lower() for preference in (prefer or "").split(",")]:
        told = turn_out(run.turn, pipeline).model_dump(mode="json")
        return JSONResponse(told, 202, headers={"Preference-Applied": "respond-async"})
    return turn_out(await run.finished(), pipeline)


def _stream(run: Run, pipeline: PersonaPipeline, *, after: Place | None) -> StreamingResponse:
    return StreamingResponse(
        with_heartbeat(_events(run, pipeline, after)), media_type="text/event-stream", headers=UNBUFFERED
    )


async def _events(run: Run, pipeline: PersonaPipeline, after: Place | None) -> AsyncIterator[bytes]:
    # A place that the run has not come to is none of its places.
    number = seen = after.number if after is not None and after.run == run.id and after.number <= run.told else 0
    if not seen:
        yield event("started", turn_out(run.turn, pipeline).model_dump(mode="json"), Place(run.id, 0))
    async for number, piece in run.events(after=seen):
        place = Place(run.id, number)
        if isinstance(piece, Delta):
            yield event("delta", {"text": piece.text}, place)
        else:
            yield event("degraded", {"reason": piece.reason}, place)
    yield event("done", turn_out(run.turn, pipeline).model_dump(mode="json"), Place(run.id, number + 1))
