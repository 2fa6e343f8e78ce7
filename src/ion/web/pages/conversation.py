"""`/c/{id}`: a conversation, as much of it as fits a page."""

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from ion.callers import services_of
from ion.errors import Conflict, Invalid, TooLarge, TooMany
from ion.mentoring import Ask, Conversation, ConversationId, Run, Turn, TurnId
from ion.statuses import status_of
from ion.web.composer import Sent, answer, empty_form, refused_form, sent_in, wants_turn
from ion.web.rendering import id_in, page, part
from ion.web.showing import settled, views_for
from ion.web.sidebar import sidebar
from ion.web.turns import TurnViews
from ion.web.windows import Window, position_in, window


async def show(request: Request) -> Response:
    """Show the newest turns; `?at=` those around a position, `?before=` those before one.

    `?read=` opens the why of the turn at this position, and `?edit=` puts the last message into the form.
    """
    conversation = await wanted(request)
    asked = request.query_params
    read = position_in(asked.get("read"))
    form = empty_form()
    if "edit" in asked:
        last = await services_of(request).turns.of(conversation.id, limit=1)
        form = {**form, **_replacing(last[-1])} if last else form
    return await conversation_page(request, conversation, views_for(request, opened=read), form, at=read)


async def go_on(request: Request) -> Response:
    """Take a further message, or the last one in other words."""
    conversation = await wanted(request)
    sent = await sent_in(request)
    try:
        run = await _begun(request, conversation, sent)
    except (Conflict, Invalid, TooLarge, TooMany) as error:
        if wants_turn(request):
            raise
        form = refused_form(request, sent, error)
        return await conversation_page(request, conversation, views_for(request), form, status=status_of(error))
    return await answer(request, run)


async def show_earlier(request: Request) -> Response:
    """Show the turns before the position `?before=`, without the page around them."""
    conversation = await wanted(request)
    turns, shown = await _shown(request, conversation, at=None)
    return part(request, "turns.html", _values(conversation, views_for(request), turns, shown))


async def wanted(request: Request) -> Conversation:
    """Return the conversation of this address.

    Raises:
        ConversationNotFound: there is none with this id.
    """
    return await services_of(request).conversations.with_id(ConversationId(id_in(request, "conversation_id")))


async def conversation_page(
    request: Request,
    conversation: Conversation,
    views: TurnViews,
    form: Mapping[str, object],
    *,
    at: int | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a conversation, with the turns around position `at` or those that its address asks for."""
    turns, shown = await _shown(request, conversation, at=at)
    values = _values(conversation, views, turns, shown)
    beside = await sidebar(request, current=conversation.id)
    return page(request, "conversation.html", {**beside, **values, **form}, status=status)


async def _begun(request: Request, conversation: Conversation, sent: Sent) -> Run:
    pipeline = services_of(request).pipeline
    if sent.turn is not None:
        return await pipeline.redo(conversation.id, TurnId(sent.turn), text=sent.message)
    return await pipeline.begin(
        Ask(text=sent.message, conversation=conversation.id, persona=sent.persona, request_key=sent.key)
    )


async def _shown(request: Request, conversation: Conversation, *, at: int | None) -> tuple[list[Turn], Window]:
    turns, asked = services_of(request).turns, request.query_params
    total = await turns.count(conversation.id)
    at = position_in(asked.get("at")) if at is None else at
    shown = window(total, at=at, before=position_in(asked.get("before")))
    read = partial(turns.of, conversation.id, before=shown.last + 1, limit=shown.last - shown.first + 1)
    return await settled(request, read), shown


def _values(conversation: Conversation, views: TurnViews, turns: list[Turn], shown: Window) -> Mapping[str, object]:
    seen = [views.of(turn, is_last=turn.position == shown.total) for turn in turns]
    return {"conversation": conversation, "views": seen, "window": shown}


def _replacing(turn: Turn) -> Mapping[str, object]:
    return {"typed": turn.message, "replaced": turn.id}
