"""`/c/{id}`: a conversation, and one turn of it as a fragment for the page's script."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ion.errors import Invalid, NotFound, TooLarge
from ion.mentoring import Conversation, ConversationId
from ion.statuses import status_of
from ion.web.composer import NOTHING_TYPED, answer, message_in, refused
from ion.web.preference import preferred_language
from ion.web.rendering import page, services_of
from ion.web.sidebar import sidebar
from ion.web.turns import TurnViews


class TurnNotFound(NotFound):
    """No turn of this conversation has this id."""

    code = "turn_not_found"


async def show(request: Request) -> Response:
    """Show everything that was said."""
    return await _conversation(request, await _wanted(request), NOTHING_TYPED)


async def go_on(request: Request) -> Response:
    """Take a further message."""
    conversation = await _wanted(request)
    message = await message_in(request)
    try:
        return await answer(request, conversation.id, message)
    except (Invalid, TooLarge) as error:
        return await _conversation(request, conversation, refused(message, error), status=status_of(error))


async def show_turn(request: Request) -> Response:
    """Show one turn without the page around it.

    Raises:
        TurnNotFound: it is not in this conversation.
    """
    conversation = await _wanted(request)
    turns = await services_of(request).conversations.turns(conversation.id)
    turn = next((turn for turn in turns if turn.id == request.path_params["turn_id"]), None)
    if turn is None:
        raise TurnNotFound("There is no turn with this id in this conversation.", field="turn_id")
    return page(request, "turn.html", {"view": _views(request).of(turn)})


async def _wanted(request: Request) -> Conversation:
    return await services_of(request).conversations.with_id(ConversationId(request.path_params["conversation_id"]))


async def _conversation(
    request: Request, conversation: Conversation, typed: Mapping[str, object], *, status: int = 200
) -> Response:
    views = _views(request)
    turns = await services_of(request).conversations.turns(conversation.id)
    values = {"conversation": conversation, "views": [views.of(turn) for turn in turns]}
    beside = await sidebar(request, current=conversation.id)
    return page(request, "conversation.html", {**beside, **values, **typed}, status=status)


def _views(request: Request) -> TurnViews:
    services = services_of(request)
    return TurnViews(services.pipeline, preferred_language(request), services.clock())
