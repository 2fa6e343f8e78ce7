"""The form for a message: read what was sent, or show it again with what is wrong."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.errors import IonError
from ion.mentoring import Ask, ConversationId
from ion.web.rendering import services_of

# Of a message that is too long the form shows every character again; how large a body may be is decided before.
_MAX_FIELD_BYTES = 4_000_000
_MAX_FIELDS = 10

NOTHING_TYPED: Mapping[str, object] = {"typed": "", "refused": None}


async def message_in(request: Request) -> str:
    """Return the message of a form; browsers send its lines with CR LF."""
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    given = form.get("message", "")
    return given.replace("\r\n", "\n") if isinstance(given, str) else ""


async def answer(request: Request, conversation_id: ConversationId, message: str) -> Response:
    """Have the message answered, and lead the reader to the turn. Raises what `PersonaPipeline.begin` raises."""
    turn = await services_of(request).pipeline.process(Ask(text=message, conversation=conversation_id))
    return RedirectResponse(f"/c/{conversation_id}#turn-{turn.position}", 303)


def refused(message: str, error: IonError) -> Mapping[str, object]:
    """Return what the form shows of a message that could not be taken; nothing typed is lost."""
    return {"typed": message, "refused": error.code}
