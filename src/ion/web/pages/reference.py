"""`/reference`: every route of the APIs, from their own description."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from ion.statuses import error_codes
from ion.web.reference import Reference, reference_of
from ion.web.rendering import page


async def show(request: Request) -> Response:
    """Show all of it; open to everybody, as the description is."""
    codes = error_codes()
    statuses = sorted({each.status for each in codes if each.status is not None})
    by_status = {status: [each.code for each in codes if each.status == status] for status in statuses}
    return page(request, "reference.html", {"reference": _read(request), "codes": by_status})


def _read(request: Request) -> Reference:
    """Return what whoever mounted the pages put there to be described, read once."""
    state = request.app.state
    if not hasattr(state, "reference"):
        state.reference = reference_of(cast(Callable[[], Mapping[str, Any]], state.describe)())
    return cast(Reference, state.reference)
