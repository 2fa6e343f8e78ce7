"""What is beside every page: the list of conversations, and who is signed in."""

from starlette.requests import Request

from ion.callers import services_of
from ion.mentoring import Cursor
from ion.web.days import by_day
from ion.web.person import person_of

MOST_LISTED = 50


async def sidebar(request: Request, *, current: str = "") -> dict[str, object]:
    """Return what the layout shows beside a page: the latest conversations by day, which one is open, and who reads."""
    return {**await listed(request), "current": current, "query": "", "person": await person_of(request)}


async def listed(request: Request, *, limit: int = MOST_LISTED, before: Cursor | None = None) -> dict[str, object]:
    """Return conversations by day, and `earlier`, the place from which their list goes on."""
    services = services_of(request)
    # A conversation is untitled until its first message has been taken.
    part = await services.history.listed(limit=limit, before=before, titled=True)
    # The server is the reader's own machine, so its time zone is theirs.
    now = services.clock().astimezone()
    return {"days": list(by_day(part.conversations, now=now)), "earlier": part.next}
