"""Errors to HTTP, once: RFC 9457 problem documents that also carry API v2's own error fields."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import compile_path

from ion.clock import system_clock
from ion.errors import IonError
from ion.monitoring import log
from ion.statuses import CODE_OF_STATUS, HTTP_ERROR, retry_after, status_of


class ErrorDetail(BaseModel):
    """What API v2 says of an error: a stable code, a sentence, and the field at fault where there is one."""

    code: str = Field(examples=["empty_message"])
    message: str = Field(examples=["The message is empty."])
    field: str | None = Field(None, examples=["user_input"])


class Problem(BaseModel):
    """A problem document (RFC 9457) with API v2's error fields."""

    model_config = ConfigDict(json_schema_extra={"description": "application/problem+json"})

    type: str = Field(examples=["/errors/empty_message"])
    title: str
    status: int
    detail: str
    success: bool = False
    error: ErrorDetail
    request_id: str
    timestamp: datetime


def request_id_of(request: Request) -> str:
    """Return the id under which this request is known; RequestId put it there."""
    return str(request.scope.get("request_id", ""))


def problem(
    request: Request, *, status: int, code: str, message: str, field: str | None = None, retry_in: int | None = None
) -> Response:
    """Return the response for an error; OpenAI's own clients get the shape they know."""
    headers = {} if retry_in is None else {"Retry-After": str(retry_in)}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if request.url.path.startswith("/v1/"):
        error = openai_error(status=status, code=code, message=message, field=field)
        return JSONResponse(error, status_code=status, headers=headers)
    detail = ErrorDetail(code=code, message=message, field=field)
    document = problem_document(
        detail, status=status, request_id=request_id_of(request), at=system_clock().astimezone(UTC)
    )
    return JSONResponse(
        document.model_dump(mode="json"), status_code=status, media_type="application/problem+json", headers=headers
    )


def problem_document(detail: ErrorDetail, *, status: int, request_id: str, at: datetime) -> Problem:
    """Return an error as a problem document."""
    return Problem(
        # Relative, as ION need not know its own name: the same everywhere, and a page wherever it was asked.
        type=f"/errors/{detail.code}",
        title=detail.code.replace("_", " ").capitalize(),
        status=status,
        detail=detail.message,
        error=detail,
        request_id=request_id,
        timestamp=at,
    )


def problem_of(request: Request, error: IonError) -> Response:
    """Return the response for an error of ION's own."""
    return problem(
        request,
        status=status_of(error),
        code=error.code,
        message=error.message,
        field=error.field,
        retry_in=retry_after(error),
    )


def openai_error(*, status: int, code: str, message: str, field: str | None) -> dict[str, Any]:
    """Return an error in the shape of the OpenAI API."""
    kind = "invalid_request_error" if status < 500 else "api_error"
    return {"error": {"message": message, "type": kind, "param": field, "code": code}}


def install_error_handlers(app: FastAPI) -> None:
    """Let every error of every route become a problem document."""

    async def ion_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, IonError)
        return problem_of(request, error)

    async def validation_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        detail = invalid_input(error.errors())
        return problem(request, status=422, code=detail.code, message=detail.message, field=detail.field)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        code = CODE_OF_STATUS.get(error.status_code, HTTP_ERROR)
        response = problem(request, status=error.status_code, code=code, message=f"{error.detail}.")
        response.headers.update(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_methods_at(request)) or response.headers["Allow"]
        return response

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("request.failed", kind=type(error).__name__, path=request.scope.get("route_path", ""))
        return problem(request, status=500, code="internal", message="Something went wrong on our side.")

    app.add_exception_handler(IonError, ion_error)
    app.add_exception_handler(RequestValidationError, validation_error)
    app.add_exception_handler(StarletteHTTPException, http_error)
    app.add_exception_handler(Exception, unexpected)


def invalid_input(errors: Sequence[Any]) -> ErrorDetail:
    """Return what is said of a value that pydantic refuses; of the value itself it repeats nothing."""
    first = errors[0]
    # "body" is where it was, not what it is called.
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    field = ".".join(place) or None
    message = str(first["msg"]).removeprefix("Value error, ")
    return ErrorDetail(code="invalid_input", message=_sentence(field, message), field=field)


def _methods_at(request: Request) -> list[str]:
    """Return all that an address takes (RFC 9110, 15.5.6): the framework itself names the methods of one route alone.

    As in OpenAPI, an address that stands there as it is comes before those with parameters.
    """
    path, described = request.url.path, request.app.openapi()["paths"]
    fitting = (each for template, each in described.items() if compile_path(template)[0].match(path))
    return sorted(method.upper() for method in described.get(path) or next(fitting, {}))


def _sentence(field: str | None, message: str) -> str:
    text = message[:1].upper() + message[1:]
    text = text if text.endswith(".") else f"{text}."
    return f"{field}: {text}" if field else text


_DESCRIPTIONS = {
    400: "The body is no JSON, or not UTF-8.",
    401: "Nobody is signed in, or what was shown does not hold.",
    403: "Only this machine's own pages and programs may ask.",
    404: "There is nothing with this name or id.",
    413: "The message or the body is too long.",
    415: "The body is not JSON.",
    422: "The request cannot be understood as it is.",
    429: "More than ION takes at once; `Retry-After` says when to come back.",
    503: "Something ION depends on does not answer.",
}


def _problem_schema() -> dict[str, Any]:
    """Return the schema of a problem document in one piece, since it stands outside OpenAPI's own components."""
    schema = Problem.model_json_schema(mode="serialization")
    schema["properties"]["error"] = schema.pop("$defs")["ErrorDetail"]
    return schema


def _documented(media_type: str, schema: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": description, "content": {media_type: {"schema": schema}}}
        for status, description in _DESCRIPTIONS.items()
    }


# For a router's `responses`: what every route of API v2, and of the door for OpenAI's clients, may answer with.
PROBLEMS = _documented("application/problem+json", _problem_schema())
OPENAI_PROBLEMS = _documented(
    "application/json", {"type": "object", "required": ["error"], "properties": {"error": {"type": "object"}}}
)
