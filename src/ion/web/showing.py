"""Turns as they are now, for whoever asks for a page."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from ion.callers import services_of
from ion.mentoring import Turn
from ion.web.preference import preferred_language
from ion.web.rendering import renderer_of
from ion.web.turns import TurnViews


async def settled(request: Request, read: Callable[[], Awaitable[list[Turn]]]) -> list[Turn]:
    """Return the turns that `read` finds, none of them as it was just before its reply was kept."""
    turns, writer = await read(), services_of(request).pipeline.writer
    if all(turn.finished_at is not None or writer.running(turn.id) is not None for turn in turns):
        return turns
    # Who is not being written any more has been kept by now, or was cut off.
    return await read()


def views_for(request: Request, *, opened: int | None = None, refused: str | None = None) -> TurnViews:
    """Return what makes the views of turns for this reader."""
    services, language = services_of(request), preferred_language(request)
    markdown = renderer_of(request).markdown[language]
    return TurnViews(services.pipeline, language, services.clock(), markdown, opened=opened, refused=refused)
