"""What a mentee does with conversations they had: find them, name, delete and restore them, take them along."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.callers import services_of
from ion.language import Language, language_of
from ion.mentoring import MOST_RESULTS, BadTitle, Conversation, ConversationId, Cursor, Found
from ion.statuses import status_of
from ion.web.composer import refused_text
from ion.web.rendering import id_in, page, part
from ion.web.sidebar import MOST_LISTED, listed, sidebar

_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 10_000
_MOST_AT_ONCE = 1_000
_LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Result:
    """A place where the words of a query are; `language` is that of what was said there."""

    found: Found
    language: Language

    @property
    def address(self) -> str:
        """Where the conversation shows it."""
        return f"/c/{self.found.conversation}?at={self.found.position}#turn-{self.found.position}"


async def show(request: Request) -> Response:
    """Show conversations from `?before=` on, for readers without the page's script."""
    values = await listed(request, before=_before(request))
    return page(request, "history.html", {**await sidebar(request), "main": values})


async def show_list(request: Request) -> Response:
    """Show the list without the page around it, from `?before=` on; `?most=` is how much of it is on the page."""
    most = request.query_params.get("most", "")
    limit = min(int(most), _MOST_AT_ONCE) if most.isdecimal() and len(most) <= len(str(_MOST_AT_ONCE)) else 0
    values = await listed(request, limit=max(limit, MOST_LISTED), before=_before(request))
    return part(request, "days.html", {**values, "current": request.query_params.get("current", "")})


async def search(request: Request) -> Response:
    """Show where the words of `?q=` are."""
    found = await _found(request)
    return page(request, "search.html", {**await sidebar(request), **found})


async def show_results(request: Request) -> Response:
    """Show the same without the page around it."""
    return part(request, "results.html", await _found(request))


async def ask_title(request: Request) -> Response:
    """Show the form for a title, to whoever reloads one that was refused."""
    conversation = await _wanted(request)
    return await _title_page(request, conversation, conversation.title, "")


async def rename(request: Request) -> Response:
    """Call a conversation what the mentee calls it."""
    conversation = await _wanted(request)
    form = await request.form(max_files=0, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES)
    title = form.get("title", "")
    title = title if isinstance(title, str) else ""
    try:
        await services_of(request).history.rename(conversation.id, title)
    except BadTitle as error:
        return await _title_page(request, conversation, title, refused_text(request, error), status=status_of(error))
    return RedirectResponse(f"/c/{conversation.id}", 303)


async def delete(request: Request) -> Response:
    """Delete a conversation, and lead to where that can be undone."""
    conversation_id = _id(request)
    await services_of(request).history.delete(conversation_id)
    return RedirectResponse(f"/c/{conversation_id}/deleted", 303)


async def show_deleted(request: Request) -> Response:
    """Say that a conversation is deleted, and offer to undo it.

    Raises:
        ConversationNotFound: it was not deleted, or is gone for good.
    """
    conversation = await services_of(request).conversations.deleted_with_id(_id(request))
    return page(request, "deleted.html", {**await sidebar(request), "conversation": conversation})


async def restore(request: Request) -> Response:
    """Bring a conversation back."""
    conversation = await services_of(request).conversations.restore(_id(request))
    return RedirectResponse(f"/c/{conversation.id}", 303)


async def export(request: Request) -> Response:
    """Send a conversation as a file."""
    services = services_of(request)
    document = await services.history.export(_id(request), zone=services.clock().astimezone().tzinfo)
    names = f"filename=\"{document.plain_name}\"; filename*=UTF-8''{quote(document.name, safe='')}"
    headers = {"Content-Disposition": f"attachment; {names}", "Cache-Control": "no-store"}
    return Response(document.text, media_type="text/markdown; charset=utf-8", headers=headers)


async def _found(request: Request) -> Mapping[str, object]:
    query = request.query_params.get("q", "")[:_LONGEST_QUERY]
    found = await services_of(request).history.search(query, limit=MOST_RESULTS)
    results = [Result(each, language_of(each.excerpt.text)) for each in found]
    return {"query": query, "results": results, "most": MOST_RESULTS}


async def _title_page(
    request: Request, conversation: Conversation, title: str, refused: str, *, status: int = 200
) -> Response:
    values = {"conversation": conversation, "typed": title, "refused": refused}
    return page(request, "rename.html", {**await sidebar(request, current=conversation.id), **values}, status=status)


async def _wanted(request: Request) -> Conversation:
    return await services_of(request).conversations.with_id(_id(request))


def _id(request: Request) -> ConversationId:
    return ConversationId(id_in(request, "conversation_id"))


def _before(request: Request) -> Cursor | None:
    before = request.query_params.get("before")
    return None if before is None else Cursor.parse(before)
