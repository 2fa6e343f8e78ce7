"""`/c/{id}`: a conversation, and one turn of it: as a fragment for the page's script, and to be read differently."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.errors import Invalid, TooLarge
from ion.mentoring import Conversation, ConversationId, NothingCorrected, Turn, TurnId
from ion.statuses import status_of
from ion.web.composer import NOTHING_TYPED, answer, message_in, refused
from ion.web.preference import preferred_language, remember_language
from ion.web.rendering import page, services_of
from ion.web.rereading import correction_in
from ion.web.sidebar import sidebar
from ion.web.turns import TurnViews

# Two labels and a tick.
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 1_000
_MAX_DIGITS = 10


async def show(request: Request) -> Response:
    """Show everything that was said; `?read=` opens the why of the turn at this position."""
    position = request.query_params.get("read", "")
    opened = int(position) if position.isdecimal() and len(position) < _MAX_DIGITS else None
    views = _views(request, opened=opened)
    return await _conversation(request, await _wanted(request), views, NOTHING_TYPED)


async def go_on(request: Request) -> Response:
    """Take a further message."""
    conversation = await _wanted(request)
    message = await message_in(request)
    try:
        return await answer(request, conversation.id, message)
    except (Invalid, TooLarge) as error:
        typed = refused(message, error)
        return await _conversation(request, conversation, _views(request), typed, status=status_of(error))


async def show_turn(request: Request) -> Response:
    """Show one turn without the page around it.

    Raises:
        TurnNotFound: it is not in this conversation.
    """
    turn = await _wanted_turn(request, await _wanted(request))
    return page(request, "turn.html", {"view": _views(request).of(turn)})


async def reread(request: Request) -> Response:
    """Keep how the mentee says that a message reads, and show it. Raises what `ConversationStore.correct` raises."""
    services, conversation = services_of(request), await _wanted(request)
    turn_id = TurnId(request.path_params["turn_id"])
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    try:
        turn = await services.turns.correct(conversation.id, turn_id, correction_in(form, at=services.clock()))
    except NothingCorrected as error:
        turn = await _wanted_turn(request, conversation)
        views = _views(request, opened=turn.position, refused=error.code)
        return await _conversation(request, conversation, views, NOTHING_TYPED, status=status_of(error))
    return _to_reading(turn)


async def show_reading(request: Request) -> Response:
    """Lead whoever reloads a form that was refused, or wants it in the other language, to the page it is on."""
    response = _to_reading(await _wanted_turn(request, await _wanted(request)))
    remember_language(request, response)
    return response


def _to_reading(turn: Turn) -> Response:
    return RedirectResponse(f"/c/{turn.conversation_id}?read={turn.position}#turn-{turn.position}-reading", 303)


async def _wanted(request: Request) -> Conversation:
    return await services_of(request).conversations.with_id(ConversationId(request.path_params["conversation_id"]))


async def _wanted_turn(request: Request, conversation: Conversation) -> Turn:
    return await services_of(request).turns.with_id(conversation.id, TurnId(request.path_params["turn_id"]))


async def _conversation(
    request: Request, conversation: Conversation, views: TurnViews, typed: Mapping[str, object], *, status: int = 200
) -> Response:
    turns = await services_of(request).turns.of(conversation.id)
    values = {"conversation": conversation, "views": [views.of(turn) for turn in turns]}
    beside = await sidebar(request, current=conversation.id)
    return page(request, "conversation.html", {**beside, **values, **typed}, status=status)


def _views(request: Request, *, opened: int | None = None, refused: str | None = None) -> TurnViews:
    services = services_of(request)
    return TurnViews(services.pipeline, preferred_language(request), services.clock(), opened=opened, refused=refused)
