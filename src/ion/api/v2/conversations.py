"""`/api/v2/conversations`: conversations that ION keeps."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Body, Query, Response
from pydantic import Field

from ion.api.deps import TALKS, ConversationsDep, FeedbackDep, HistoryDep, PipelineDep, ServicesDep, TurnsDep
from ion.api.once import KeyHeader
from ion.api.v2.examples import CONVERSATION, TITLE
from ion.api.v2.messages import IdPath
from ion.api.v2.schemas import Schema, TurnOut, turn_out
from ion.language import Language
from ion.mentoring import MOST_RESULTS, Conversation, ConversationId, Cursor, Found, Marked

router = APIRouter(prefix="/conversations", tags=["conversations"], dependencies=[TALKS])


# What a database takes as a position.
_MOST_TURNS = 2**31 - 1


class ConversationIn(Schema):
    """A new conversation. `persona` is for those who want one mentor throughout."""

    persona: str | None = Field(None, max_length=64)
    goals: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(default=[], max_length=10)
    language: Language = "en"


class ConversationOut(Schema):
    """A conversation without its turns; `title` is empty until the first message."""

    id: str
    created_at: datetime
    updated_at: datetime
    language: Language
    title: str
    persona: str | None
    goals: list[str]


class ConversationList(Schema):
    """Conversations, the one added to last first; `next`, given as `before`, leads to those that follow."""

    items: list[ConversationOut]
    next: str | None


class TitleIn(Schema):
    """What the mentee calls a conversation: 1 to 80 characters on one line."""

    title: str = Field(examples=["The night before the release"])


class MarkedSpan(Schema):
    """Words that were searched for: characters `start` to `end` (exclusive)."""

    start: int
    end: int


class MarkedOut(Schema):
    """A text, and where in it the words are."""

    text: str
    spans: list[MarkedSpan]

    @classmethod
    def of(cls, marked: Marked) -> Self:
        """Return the text as the API says it."""
        return cls(text=marked.text, spans=[MarkedSpan(start=start, end=end) for start, end in marked.spans])


class FoundOut(Schema):
    """A turn in which the words are: its conversation, its position, and what was said around the first of them."""

    conversation_id: str
    position: int
    title: MarkedOut
    said_by: Literal["mentee", "mentor"]
    excerpt: MarkedOut

    @classmethod
    def of(cls, found: Found) -> Self:
        """Return the place as the API says it."""
        return cls(
            conversation_id=found.conversation,
            position=found.position,
            title=MarkedOut.of(found.title),
            said_by=found.said_by,
            excerpt=MarkedOut.of(found.excerpt),
        )


class FoundList(Schema):
    """Where the words are, the newest first."""

    items: list[FoundOut]


class ConversationWithTurns(ConversationOut):
    """A conversation and its last turns, oldest first; `next`, given as `before`, leads to those before them."""

    turns: list[TurnOut]
    next: int | None


_MARKDOWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/markdown": {"schema": {"type": "string"}}}, "description": "The document, to be saved."}
}


@router.post("", status_code=201, summary="Start a conversation")
async def create(
    body: Annotated[ConversationIn, Body(openapi_examples=CONVERSATION)], pipeline: PipelineDep, key: KeyHeader = None
) -> ConversationOut:
    """Make an empty conversation; sent again with the same `Idempotency-Key`, it is the one made first."""
    made = await pipeline.open_conversation(body.language, persona=body.persona, goals=body.goals, request_key=key)
    return _out(made)


@router.get("", summary="List conversations")
async def latest(
    history: HistoryDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=64, description="`next` of the answer to go on from.")] = None,
) -> ConversationList:
    """Return the conversations that were added to last, or those that follow."""
    listed = await history.listed(limit=limit, before=None if before is None else Cursor.parse(before))
    items = [_out(conversation) for conversation in listed.conversations]
    return ConversationList(items=items, next=None if listed.next is None else str(listed.next))


@router.get("/search", summary="Search in conversations")
async def search(
    history: HistoryDep,
    q: Annotated[str, Query(max_length=200, description="Up to eight words, all to be found.", examples=["테스트"])],
    limit: Annotated[int, Query(ge=1, le=MOST_RESULTS)] = MOST_RESULTS,
) -> FoundList:
    """Find words in titles, messages and replies: any case, with or without accents, Hangul also by its initials."""
    return FoundList(items=[FoundOut.of(found) for found in await history.search(q, limit=limit)])


@router.get("/{conversation_id}", summary="Read a conversation")
async def read(
    conversation_id: IdPath,
    store: ConversationsDep,
    turns: TurnsDep,
    feedback: FeedbackDep,
    pipeline: PipelineDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    before: Annotated[
        int | None, Query(ge=1, le=_MOST_TURNS, description="`next` of the answer to go on from.")
    ] = None,
) -> ConversationWithTurns:
    """Return a conversation with its last turns, or with those before them."""
    conversation = await store.with_id(ConversationId(conversation_id))
    # One more than is shown tells whether there are others.
    found = await turns.of(conversation.id, before=before, limit=limit + 1)
    shown = await feedback.beside(conversation.id, found[-limit:])
    return ConversationWithTurns(
        **_out(conversation).model_dump(),
        turns=[turn_out(turn, pipeline) for turn in shown],
        next=shown[0].position if len(found) > limit else None,
    )


@router.patch("/{conversation_id}", summary="Rename a conversation")
async def rename(
    conversation_id: IdPath, body: Annotated[TitleIn, Body(openapi_examples=TITLE)], history: HistoryDep
) -> ConversationOut:
    """Give a conversation a title that no message changes."""
    return _out(await history.rename(ConversationId(conversation_id), body.title))


@router.delete("/{conversation_id}", status_code=204, summary="Delete a conversation")
async def delete(conversation_id: IdPath, history: HistoryDep) -> None:
    """Hide a conversation at once; for ten minutes it can be restored, then it is erased for good."""
    await history.delete(ConversationId(conversation_id))


@router.post("/{conversation_id}/restore", summary="Restore a conversation")
async def restore(conversation_id: IdPath, store: ConversationsDep) -> ConversationOut:
    """Bring back a conversation that was deleted less than ten minutes ago."""
    return _out(await store.restore(ConversationId(conversation_id)))


@router.get("/{conversation_id}/export", response_class=Response, responses=_MARKDOWN, summary="Export a conversation")
async def export(conversation_id: IdPath, history: HistoryDep, services: ServicesDep) -> Response:
    """Return a conversation as a Markdown document."""
    zone = services.clock().astimezone().tzinfo
    document = await history.export(ConversationId(conversation_id), zone=zone)
    names = f"filename=\"{document.plain_name}\"; filename*=UTF-8''{quote(document.name, safe='')}"
    headers = {"Content-Disposition": f"attachment; {names}", "Cache-Control": "no-store"}
    return Response(document.text, media_type="text/markdown; charset=utf-8", headers=headers)


def _out(conversation: Conversation) -> ConversationOut:
    return ConversationOut.model_validate(conversation)
