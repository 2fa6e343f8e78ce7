"""Errors to pages, once, in the reader's language."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ion.errors import Conflict, Forbidden, Invalid, IonError, Misconfigured, NotFound, TooLarge, Unavailable
from ion.monitoring import log
from ion.web.rendering import page

STATUS: Mapping[type[IonError], int] = {
    Invalid: 422,
    TooLarge: 413,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Unavailable: 503,
    Misconfigured: 500,
    IonError: 500,
}


def status_of(error: IonError) -> int:
    """Return the status of the page for an error, by the nearest kind it is of."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install_error_pages(web: Starlette) -> None:
    """Let every error of every page become a page."""

    async def ion_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, IonError)
        return _error_page(request, status=status_of(error), code=error.code)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = _error_page(request, status=error.status_code, code=f"status_{error.status_code}")
        response.headers.update(error.headers or {})
        return response

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("page.failed", kind=type(error).__name__)
        return _error_page(request, status=500, code="internal")

    web.add_exception_handler(IonError, ion_error)
    web.add_exception_handler(HTTPException, http_error)
    web.add_exception_handler(Exception, unexpected)


def _error_page(request: Request, *, status: int, code: str) -> Response:
    """Return the page that says what is wrong; the template has a text for some codes and one for every status."""
    values = {"status": status, "code": code, "request_id": request.scope.get("request_id", "")}
    response = page(request, "error.html", values, status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
