"""`/errors`: every error code, what it means and the way out; where problem documents lead."""

from starlette.requests import Request
from starlette.responses import Response

from ion.errors import NotFound
from ion.statuses import error_codes
from ion.web.rendering import page


async def show_all(request: Request) -> Response:
    """List every code."""
    return page(request, "error_codes.html", {"codes": error_codes()})


async def show(request: Request) -> Response:
    """Tell about one code.

    Raises:
        NotFound: there is no such code.
    """
    wanted = request.path_params["code"]
    found = next((each for each in error_codes() if each.code == wanted), None)
    if found is None:
        raise NotFound("There is no such error code.", field="code")
    return page(request, "error_code.html", {"error": found})
