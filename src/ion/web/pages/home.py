"""`/`: begin a conversation."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ion.errors import Invalid, TooLarge
from ion.mentoring import ConversationId
from ion.resonance import check_text
from ion.statuses import status_of
from ion.web.composer import NOTHING_TYPED, answer, message_in, refused
from ion.web.preference import preferred_language
from ion.web.rendering import page, services_of
from ion.web.sidebar import sidebar
from ion.web.turns import mentor_of


async def show(request: Request) -> Response:
    """Show an empty conversation and how it could begin."""
    return await _home(request, NOTHING_TYPED)


async def begin(request: Request) -> Response:
    """Begin a conversation with a first message."""
    message = await message_in(request)
    try:
        check_text(message, field="message")
    except (Invalid, TooLarge) as error:
        return await _home(request, refused(message, error), status=status_of(error))
    return await answer(request, await _begun(request), message)


async def _begun(request: Request) -> ConversationId:
    return (await services_of(request).pipeline.open_conversation(preferred_language(request))).id


async def _home(request: Request, typed: Mapping[str, object], *, status: int = 200) -> Response:
    services = services_of(request)
    catalogue, language = services.mind.catalogue, preferred_language(request)
    model = services.pipeline.writer.engine.model
    values = {
        "mentors": [mentor_of(slug, catalogue, language) for slug in catalogue],
        "model": None if model is None else model.name,
        "is_local": services.settings.database.url.startswith("sqlite"),
    }
    return page(request, "home.html", {**await sidebar(request), **values, **typed}, status=status)
