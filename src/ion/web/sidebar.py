"""The list of conversations beside every page."""

from datetime import datetime

from starlette.requests import Request

from ion.web.days import by_day
from ion.web.rendering import services_of

_MOST = 50


async def sidebar(request: Request, *, current: str = "") -> dict[str, object]:
    """Return what the layout shows beside a page: the latest conversations by day, and which one is open."""
    services = services_of(request)
    # The server is the reader's own machine, so its time zone is theirs.
    now: datetime = services.clock().astimezone()
    latest = await services.conversations.latest(limit=_MOST)
    # A conversation is untitled until its first message has been taken.
    titled = [conversation for conversation in latest if conversation.title]
    return {"days": list(by_day(titled, now=now)), "current": current}
