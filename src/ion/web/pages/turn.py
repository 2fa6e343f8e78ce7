"""`/c/{id}/turns/{id}`: one turn, to be followed, stopped, redone, asked again or read differently."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from ion.callers import services_of
from ion.errors import IonError
from ion.mentoring import ConversationId, NothingCorrected, Turn, TurnId
from ion.sse import UNBUFFERED, Place, with_heartbeat
from ion.statuses import status_of
from ion.web.composer import answer, empty_form, sent_in, wants_turn
from ion.web.following import reply_events
from ion.web.pages.conversation import conversation_page, wanted
from ion.web.preference import preferred_language, remember_choices
from ion.web.rendering import id_in, part, renderer_of
from ion.web.rereading import correction_in
from ion.web.showing import settled, views_for

# Two labels and a tick.
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 1_000


async def show(request: Request) -> Response:
    """Show one turn without the page around it.

    Raises:
        TurnNotFound: it is not in this conversation.
    """
    total = await services_of(request).turns.count(_conversation_id(request))
    return _shown(request, await _wanted_turn(request), total=total)


async def follow(request: Request) -> Response:
    """Stream the reply, from where the page was; one that was cut off with the server is written anew."""
    run = await services_of(request).pipeline.follow(_conversation_id(request), _turn_id(request))
    markdown = renderer_of(request).markdown[preferred_language(request)]
    after = Place.parse(request.headers.get("last-event-id"))
    events = with_heartbeat(reply_events(run, markdown, after=after))
    return StreamingResponse(events, media_type="text/event-stream", headers=UNBUFFERED)


async def stop(request: Request) -> Response:
    """Write no more of the reply; what there is of it stays."""
    turn = await services_of(request).pipeline.stop(_conversation_id(request), _turn_id(request))
    if wants_turn(request):
        return _shown(request, turn, total=await services_of(request).turns.count(_conversation_id(request)))
    return _to(turn)


async def redo(request: Request) -> Response:
    """Have the turn answered anew, in its place."""
    return await answer(request, await services_of(request).pipeline.redo(_conversation_id(request), _turn_id(request)))


async def again(request: Request) -> Response:
    """Have the same message answered by another mentor too.

    Raises `PersonaNotFound` where no mentor is named, and what `PersonaPipeline.again` raises.
    """
    sent = await sent_in(request)
    pipeline = services_of(request).pipeline
    persona = pipeline.catalogue.find(sent.persona or "").slug
    run = await pipeline.again(_conversation_id(request), _turn_id(request), persona, request_key=sent.key)
    return await answer(request, run)


async def reread(request: Request) -> Response:
    """Keep how the mentee says that a message reads, and have it answered as such.

    Raises what `TurnStore.correct` and `PersonaPipeline.redo` raise.
    """
    services = services_of(request)
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    try:
        correction = correction_in(form, at=services.clock())
    except NothingCorrected as error:
        if wants_turn(request):
            raise
        return await _nothing_corrected(request, error)
    turn = await services.turns.correct(_conversation_id(request), _turn_id(request), correction)
    run = await services.pipeline.redo(_conversation_id(request), turn.id)
    if wants_turn(request):
        return await answer(request, run)
    return _to_reading(await run.finished())


async def show_again(request: Request) -> Response:
    """Lead whoever reloads a form that was refused, or wants it in the other language, to the page it is on."""
    response = _to_reading(await _wanted_turn(request))
    remember_choices(request, response)
    return response


async def _nothing_corrected(request: Request, error: IonError) -> Response:
    turn = await _wanted_turn(request)
    views = views_for(request, opened=turn.position, refused=error.code)
    return await conversation_page(
        request, await wanted(request), views, empty_form(), at=turn.position, status=status_of(error)
    )


def _shown(request: Request, turn: Turn, *, total: int) -> Response:
    return part(request, "turn.html", {"view": views_for(request).of(turn, is_last=turn.position == total)})


async def _wanted_turn(request: Request) -> Turn:
    conversation, turns = await wanted(request), services_of(request).turns

    async def read() -> list[Turn]:
        return [await turns.with_id(conversation.id, _turn_id(request))]

    return (await settled(request, read))[0]


def _conversation_id(request: Request) -> ConversationId:
    return ConversationId(id_in(request, "conversation_id"))


def _turn_id(request: Request) -> TurnId:
    return TurnId(id_in(request, "turn_id"))


def _to(turn: Turn) -> Response:
    return RedirectResponse(f"/c/{turn.conversation_id}?at={turn.position}#turn-{turn.position}", 303)


def _to_reading(turn: Turn) -> Response:
    return RedirectResponse(f"/c/{turn.conversation_id}?read={turn.position}#turn-{turn.position}-reading", 303)
