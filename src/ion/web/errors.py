"""Errors to pages, once, in the reader's language."""

from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ion.accounts import SignInRequired
from ion.errors import IonError
from ion.monitoring import log
from ion.statuses import retry_after, status_of
from ion.web.composer import refusal, wants_turn
from ion.web.rendering import page


def install_error_pages(web: Starlette) -> None:
    """Let every error of every page become a page."""

    async def ion_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, IonError)
        if isinstance(error, SignInRequired) and request.method == "GET" and not _is_script(request):
            return RedirectResponse(f"/sign-in?{urlencode({'next': _address(request)})}", 303)
        return error_response(request, error)

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


def error_response(request: Request, error: IonError) -> Response:
    """Return the page for an error, or the sentence for the page's script."""
    if wants_turn(request) or (isinstance(error, SignInRequired) and _is_script(request)):
        return refusal(request, error)
    response = _error_page(request, status=status_of(error), code=error.code)
    if (seconds := retry_after(error)) is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def _is_script(request: Request) -> bool:
    """Tell whether a page's script asks for a part, which must not take the page to sign in at for it."""
    return request.headers.get("sec-fetch-mode", "navigate") != "navigate"


def _address(request: Request) -> str:
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _error_page(request: Request, *, status: int, code: str) -> Response:
    """Return the page that says what is wrong; the template has a text for some codes and one for every status."""
    values = {"status": status, "code": code, "request_id": request.scope.get("request_id", "")}
    return page(request, "error.html", values, status=status)
