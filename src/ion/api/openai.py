"""The door for OpenAI's clients: `POST /v1/chat/completions` and `GET /v1/models`."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from ion.api.deps import TALKS, MindDep, PipelineDep, ServicesDep
from ion.api.errors import OPENAI_PROBLEMS, openai_error
from ion.api.v2.examples import CHAT
from ion.errors import Invalid, IonError, NotFound
from ion.llm import Delta
from ion.mentoring import Ask, Run, Turn
from ion.monitoring import log
from ion.personas import Catalogue, PersonaNotFound, tokens_in
from ion.playbooks import Exchange
from ion.sse import with_heartbeat

router = APIRouter(prefix="/v1", tags=["openai"], responses=OPENAI_PROBLEMS, dependencies=[TALKS])

_AUTO = "ion/auto"
_MAX_MESSAGES = 1_000


class ModelNotFound(NotFound):
    """There is no such model; ION's models are its mentors."""

    code = "model_not_found"


class NothingToAnswer(Invalid):
    """The last message is not one to answer."""

    code = "nothing_to_answer"


class TextPart(BaseModel):
    """A piece of a message; only text can be read."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text"]
    text: str


class ChatMessage(BaseModel):
    """A message as OpenAI's clients send it."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The message's text, its parts joined."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Options for a stream."""

    model_config = ConfigDict(extra="ignore")

    include_usage: StrictBool = False


class ChatRequest(BaseModel):
    """A chat completion request; sampling options are accepted and have no meaning here."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(_AUTO, max_length=128, examples=[_AUTO])
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=_MAX_MESSAGES)]
    stream: StrictBool | None = False
    stream_options: StreamOptions | None = None


@router.get("/models", summary="List the mentors as models")
async def models(mind: MindDep) -> dict[str, Any]:
    """Return `ion/auto` and one model for each mentor."""
    names = [_AUTO, *(f"ion/{slug}" for slug in mind.catalogue)]
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": "ion"} for name in names],
    }


@router.post("/chat/completions", response_model=None, summary="Answer a chat, for OpenAI's clients")
async def complete(
    body: Annotated[ChatRequest, Body(openapi_examples=CHAT)], pipeline: PipelineDep, services: ServicesDep
) -> dict[str, Any] | StreamingResponse:
    """Answer the last message; earlier ones are the history, and system messages go to the language model as notes."""
    run = await pipeline.begin(_ask(body, services.mind.catalogue))
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(services.clock().timestamp()), "model": body.model}
    if body.stream:
        usage = bool(body.stream_options and body.stream_options.include_usage)
        chunks = _chunks(run, head, body, usage=usage)
        return StreamingResponse(
            with_heartbeat(chunks), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
    turn = await run.finished()
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": turn.reply},
        "finish_reason": "stop",
        "logprobs": None,
    }
    return {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(turn, body), "ion": _facts(turn)}


def _ask(body: ChatRequest, catalogue: Catalogue) -> Ask:
    *earlier, last = body.messages
    if last.role != "user":
        raise NothingToAnswer("The last message has to be the user's.", field="messages")
    return Ask(
        text=last.text,
        persona=_persona(body.model, catalogue),
        history=_exchanges(earlier),
        instructions="\n".join(message.text for message in earlier if message.role in ("system", "developer")),
    )


def _persona(model: str, catalogue: Catalogue) -> str | None:
    if model == _AUTO:
        return None
    try:
        return catalogue.find(model.removeprefix("ion/")).slug
    except PersonaNotFound:
        known = ", ".join([_AUTO, *(f"ion/{slug}" for slug in catalogue)])
        raise ModelNotFound(f"There is no model {model[:60]!r}; there are: {known}.", field="model") from None


def _exchanges(messages: Sequence[ChatMessage]) -> tuple[Exchange, ...]:
    pairs: list[Exchange] = []
    for message in messages:
        if message.role == "user":
            pairs.append(Exchange(message.text, ""))
        elif message.role == "assistant" and pairs:
            pairs[-1] = Exchange(pairs[-1].message, message.text)
    return tuple(pairs)


async def _chunks(run: Run, head: Mapping[str, Any], body: ChatRequest, *, usage: bool) -> AsyncIterator[bytes]:
    """Yield what OpenAI's clients expect: a role, deltas, a finish reason, the usage if asked for, and [DONE]."""
    yield _chunk(head, {"role": "assistant", "content": ""})
    try:
        async for _, piece in run.events():
            if isinstance(piece, Delta):
                yield _chunk(head, {"content": piece.text})
    except IonError as error:
        yield _data(openai_error(status=503, code=error.code, message=error.message, field=None))
        return
    except Exception as error:
        log.error("stream.failed", kind=type(error).__name__)
        yield _data(openai_error(status=500, code="internal", message="Something went wrong on our side.", field=None))
        return
    yield _data(
        {**_object(head), "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "ion": _facts(run.turn)}
    )
    if usage:
        yield _data({**_object(head), "choices": [], "usage": _usage(run.turn, body)})
    yield b"data: [DONE]\n\n"


def _object(head: Mapping[str, Any]) -> dict[str, Any]:
    return {**head, "object": "chat.completion.chunk"}


def _chunk(head: Mapping[str, Any], delta: Mapping[str, str]) -> bytes:
    return _data({**_object(head), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})


def _data(value: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _usage(turn: Turn, body: ChatRequest) -> dict[str, int]:
    """Return the provider's counts, or estimates where no provider counted."""
    engine = turn.engine
    given = (
        engine.input_tokens
        if engine and engine.input_tokens is not None
        else sum(tokens_in(m.text) for m in body.messages)
    )
    written = engine.output_tokens if engine and engine.output_tokens is not None else tokens_in(turn.reply)
    return {"prompt_tokens": given, "completion_tokens": written, "total_tokens": given + written}


def _facts(turn: Turn) -> dict[str, Any]:
    """What ION adds: who answered, how the message read, and what wrote the reply."""
    return {
        "persona": None if turn.choice is None else turn.choice.primary,
        "resonance_key": None if turn.key is None else str(turn.key),
        "crisis": turn.crisis,
        "engine": None if turn.engine is None else turn.engine.name,
        "degraded": bool(turn.engine and turn.engine.degraded),
    }
