"""The forms that have something answered: read what was sent, answer with a page or, to the page's script, a turn."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import UserId
from ion.callers import caller_of, services_of
from ion.errors import Forbidden, IonError
from ion.mentoring import ConversationId, NotTheLast, Run
from ion.statuses import retry_after, status_of
from ion.web.rendering import checked_id, part, texts_of
from ion.web.showing import views_for

# Of a message that is too long the form shows every character again; how large a body may be is decided before.
_MAX_FIELD_BYTES = 4_000_000
_MAX_FIELDS = 10
# As the API takes them.
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


class SomebodyElse(Forbidden):
    """A message comes from the page of one person while another one is signed in."""

    code = "somebody_else"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form of the page brings: a message, a key to send it once, and a turn or a mentor where one is meant."""

    message: str
    key: str | None
    turn: str | None
    persona: str | None


async def sent_in(request: Request) -> Sent:
    """Return what was sent with a form; browsers send its lines with CR LF.

    Raises:
        NotFound: what it names as a turn cannot be the id of one.
        SomebodyElse: the page is that of another person than who is signed in by now.
    """
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    caller, person = caller_of(request), _text(form, "person")
    if person and caller is not None and not caller.owns(UserId(person)):
        raise SomebodyElse("Somebody else is signed in by now; this message is not theirs.")
    key, turn = _text(form, "key"), _text(form, "turn")
    return Sent(
        message=_text(form, "message").replace("\r\n", "\n"),
        key=key if _KEY.fullmatch(key) else None,
        turn=checked_id(turn, field="turn") if turn else None,
        persona=_text(form, "persona") or None,
    )


def wants_turn(request: Request) -> bool:
    """Tell whether the page's script asks, which takes a turn at once and follows its reply."""
    return "respond-async" in request.headers.get("prefer", "")


async def answer(request: Request, run: Run) -> Response:
    """Answer with the turn as it is now; to a form, once its reply is there, with the page that shows it."""
    if not wants_turn(request):
        turn = await run.finished()
        return RedirectResponse(f"/c/{turn.conversation_id}#turn-{turn.position}", 303)
    # An older turn can be read differently too.
    count = await services_of(request).turns.count(ConversationId(run.turn.conversation_id or ""))
    # Its reply may be there by now.
    turn = run.turn
    view = views_for(request).of(turn, is_last=turn.position == count)
    response = part(request, "turn.html", {"view": view}, status=202)
    response.headers["Content-Location"] = f"/c/{turn.conversation_id}/turns/{turn.id}"
    return response


def refusal(request: Request, error: IonError) -> Response:
    """Tell the page's script in one sentence what is wrong with what it sent."""
    response = part(request, "refusal.html", {"refused": refused_text(request, error)}, status=status_of(error))
    response.headers["X-Error-Code"] = error.code
    if (seconds := retry_after(error)) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def refused_text(request: Request, error: IonError) -> str:
    """Return the sentence for an error; `{seconds}` in it is when to try again."""
    texts = texts_of(request)
    seconds = retry_after(error) or 0
    return texts.nearest(f"refused.{error.code}", "refused.other").format(seconds=texts.number(seconds))


def empty_form() -> Mapping[str, object]:
    """Return what a form shows that nothing was typed into."""
    return {"typed": "", "refused": "", "replaced": None, "persona": "", "key": str(uuid.uuid4())}


def refused_form(request: Request, sent: Sent, error: IonError) -> Mapping[str, object]:
    """Return what the form shows of what could not be taken; nothing typed or chosen is lost."""
    # What can be changed no more can still be sent, as a message of its own.
    replaced = None if isinstance(error, NotTheLast) else sent.turn
    shown = {"typed": sent.message, "refused": refused_text(request, error)}
    return {**empty_form(), **shown, "replaced": replaced, "persona": sent.persona or ""}


def _text(form: FormData, name: str) -> str:
    given = form.get(name, "")
    return given if isinstance(given, str) else ""
