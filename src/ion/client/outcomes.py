"""What became of a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ion.client.errors import ClientError, UnexpectedAnswer, Unreachable, kind_of
from ion.client.values import ErrorDetail

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer came; names in `headers` are found in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    def is_of(self, media_type: str) -> bool:
        """Tell whether this is what was answered with."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == media_type


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer came, or not all of it; `arrived` unless the request has certainly reached nobody."""

    arrived: bool
    cause: Exception | None = None


Outcome = Answer | Broken


class _Problem(BaseModel):
    error: ErrorDetail
    request_id: str = ""


def parsed(model: type[M], body: bytes | str) -> M:
    """Return an answer as a value.

    Raises:
        UnexpectedAnswer: it is something else.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        # Only where it does not fit: pydantic's own words repeat what was said.
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"]) or "the whole"
    message = f"The answer is not what this client knows as {model.__name__}: {place}."
    raise UnexpectedAnswer(message)


def as_a(model: type[M]) -> Callable[[Answer], M]:
    """Return what reads an answer as such a value."""
    return lambda answer: parsed(model, answer.body)


def as_markdown(answer: Answer) -> str:
    """Return an answer as a Markdown document.

    Raises:
        UnexpectedAnswer: it is something else.
    """
    if not answer.is_of("text/markdown"):
        message = "The answer is no Markdown document."
        raise UnexpectedAnswer(message)
    return answer.body.decode("utf-8", errors="replace")


def retry_after(answer: Answer) -> float | None:
    """Return in how many seconds to come back; a date is taken by the server's own clock."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    at, now = _date(told), _date(answer.headers.get("date", ""))
    return None if at is None or now is None else max(0.0, (at - now).total_seconds())


def error_of(outcome: Outcome) -> ClientError:
    """Return the error that stands for what came in place of an answer."""
    if isinstance(outcome, Broken):
        return Unreachable()
    try:
        problem = parsed(_Problem, outcome.body)
    except UnexpectedAnswer:
        message = f"Something answered with {outcome.status}, but not as ION does."
        problem = _Problem(error=ErrorDetail(code="unexpected_answer", message=message))
    return kind_of(outcome.status)(
        problem.error.code,
        problem.error.message,
        status=outcome.status,
        field=problem.error.field,
        request_id=problem.request_id or outcome.headers.get("x-request-id", ""),
        retry_after=retry_after(outcome),
    )


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # Without a zone a date cannot be compared with one that has it.
    return None if date.tzinfo is None else date
