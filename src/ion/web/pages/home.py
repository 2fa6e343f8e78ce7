"""`/`: begin a conversation."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from ion.callers import services_of
from ion.errors import Conflict, Invalid, TooLarge, TooMany
from ion.mentoring import Ask, Run
from ion.resonance import check_text
from ion.statuses import status_of
from ion.web.composer import Sent, answer, empty_form, refused_form, sent_in, wants_turn
from ion.web.preference import preferred_language
from ion.web.rendering import page
from ion.web.sidebar import sidebar
from ion.web.turns import mentor_of


async def show(request: Request) -> Response:
    """Show an empty conversation and how it could begin."""
    return await _home(request, {**empty_form(), "persona": request.query_params.get("with", "")})


async def begin(request: Request) -> Response:
    """Begin a conversation with a first message."""
    sent = await sent_in(request)
    try:
        run = await _begun(request, sent)
    except (Conflict, Invalid, TooLarge, TooMany) as error:
        if wants_turn(request):
            raise
        return await _home(request, refused_form(request, sent, error), status=status_of(error))
    return await answer(request, run)


async def _begun(request: Request, sent: Sent) -> Run:
    # What cannot be read must not leave an empty conversation behind.
    check_text(sent.message, field="message")
    pipeline = services_of(request).pipeline
    conversation = await pipeline.open_conversation(
        preferred_language(request), persona=sent.persona, request_key=sent.key
    )
    return await pipeline.begin(Ask(text=sent.message, conversation=conversation.id, request_key=sent.key))


async def _home(request: Request, form: Mapping[str, object], *, status: int = 200) -> Response:
    services = services_of(request)
    catalogue, language = services.mind.catalogue, preferred_language(request)
    model = services.pipeline.writer.engine.model
    persona = form["persona"] if form["persona"] in catalogue else ""
    values = {
        "chosen": mentor_of(str(persona), catalogue, language) if persona else None,
        "persona": persona,
        "mentors": [mentor_of(slug, catalogue, language) for slug in catalogue],
        "model": None if model is None else model.name,
        # With sign-in the server is somebody else's machine.
        "is_local": services.settings.database.url.startswith("sqlite") and not services.settings.accounts.sign_in,
    }
    return page(request, "home.html", {**await sidebar(request), **form, **values}, status=status)
