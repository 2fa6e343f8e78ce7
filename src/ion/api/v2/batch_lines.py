"""The lines of a batch: read as they come in, answered one by one, and each told of as a row of the results."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from pydantic import Field, ValidationError

from ion.api.errors import ErrorDetail, Problem, invalid_input, problem_document
from ion.api.json_limit import check_json
from ion.api.v2.process import ProcessRequest, ProcessResponse
from ion.api.v2.schemas import Schema
from ion.batches import BatchTooLong, Line
from ion.errors import Invalid, IonError
from ion.statuses import status_of

_LONGEST_NAME = 128


class BatchUnreadable(Invalid):
    """Not one line of a batch can be read."""

    code = "batch_unreadable"


class BatchLine(ProcessRequest):
    """A message to answer, as `process` takes it; `custom_id` comes back with its result."""

    custom_id: str | None = Field(None, max_length=_LONGEST_NAME)


class BatchResult(Schema):
    """What came of a line, counted from 1: the answer to its message, or the problem that kept it from being answered.

    One of `response` and `error` is null.
    """

    line: int
    custom_id: str | None
    response: ProcessResponse | None
    error: Problem | None


def read_lines(body: bytes, *, most: int, batch: str, at: datetime) -> list[Line]:
    """Read the lines of a batch; those without anything in them are left out, and those that are no messages kept so.

    Raises:
        BatchTooLong: there are more than `most`.
        BatchUnreadable: there are none, or not one can be read.
    """
    raw = [(number, text) for number, text in enumerate(body.split(b"\n"), start=1) if text.strip()]
    if len(raw) > most:
        raise BatchTooLong(f"The batch has {len(raw):,} lines; at most {most:,} go at once.")
    if not raw:
        raise BatchUnreadable("The body has no lines; write one JSON document a line.")
    lines = [_read(text, batch, number, at) for number, text in raw]
    if all(line.ask is None for line in lines) and (first := _refused(raw[0][1])) is not None:
        _, detail = first
        message = f"Not one of {len(lines):,} lines can be read. The first: {detail.message}"
        raise BatchUnreadable(message, field=detail.field)
    return lines


def answered_row(batch: str, number: int, ask: BatchLine, answer: Callable[[str], ProcessResponse]) -> str:
    """Return the row of a line that was answered; `answer` takes the id under which the answer is known."""
    response = answer(line_id(batch, number))
    return BatchResult(line=number, custom_id=ask.custom_id, response=response, error=None).model_dump_json()


def failed_row(
    batch: str, number: int, custom_id: str | None, detail: ErrorDetail, *, status: int, at: datetime
) -> str:
    """Return the row of a line that was not answered."""
    problem = problem_document(detail, status=status, request_id=line_id(batch, number), at=at)
    return BatchResult(line=number, custom_id=custom_id, response=None, error=problem).model_dump_json()


def line_id(batch: str, number: int) -> str:
    """Return the id under which the answer to a line is known."""
    return f"{batch}-{number}"


def message_key(batch: str, number: int) -> str:
    """Return the key that makes a message be kept once in its conversation, however often its line is begun."""
    return hashlib.sha256(line_id(batch, number).encode()).hexdigest()


def _read(text: bytes, batch: str, number: int, at: datetime) -> Line:
    refused = _refused(text)
    if refused is None:
        return Line(number, text.decode())
    status, detail = refused
    return Line(number, None, failed_row(batch, number, _custom_id(text), detail, status=status, at=at))


def _refused(text: bytes) -> tuple[int, ErrorDetail] | None:
    """Return why a line cannot be read, with the status it would have on its own; None where it can."""
    try:
        check_json(text)
        BatchLine.model_validate_json(text)
    except IonError as error:
        return status_of(error), ErrorDetail(code=error.code, message=error.message, field=error.field)
    except ValidationError as error:
        return 422, invalid_input(error.errors(include_input=False))
    return None


def _custom_id(text: bytes) -> str | None:
    """Return what its sender calls a line that cannot be read, where that much of it can be."""
    try:
        check_json(text)
        document = json.loads(text)
    except (ValueError, IonError):
        return None
    name = document.get("custom_id") if isinstance(document, dict) else None
    return name if isinstance(name, str) and len(name) <= _LONGEST_NAME and name.isprintable() else None
