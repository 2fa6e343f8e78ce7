"""Files of labelled texts, of which a line is one JSON object: what each holds, and each fault of the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from ion.errors import Invalid
from ion.resonance import check_text


class Fault(StrEnum):
    """What can be wrong with a row."""

    BROKEN_LINE = "broken line"
    MISSING = "missing"
    UNKNOWN_LABEL = "unknown label"
    UNKNOWN_ID = "unknown id"
    REPEATED_ID = "repeated id"
    NEAR_DUPLICATE = "near-duplicate"
    HELD_OUT = "held out"


@dataclass(frozen=True, slots=True, order=True)
class Defect:
    """One fault of one row; `line` counts from 1, and `reason` holds no message's text."""

    file: str
    line: int
    fault: Fault
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.fault}: {self.reason}"


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _readable(text: str) -> str:
    try:
        return check_text(text)
    except Invalid as fault:
        raise ValueError(fault.message) from None


def _different(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) < len(labels):
        raise ValueError("a label stands there twice")
    return labels


# A text as ION reads it.
Text = Annotated[str, AfterValidator(_readable)]
Name = Annotated[str, Field(min_length=1)]
DIFFERENT = AfterValidator(_different)
# What makes a tuple of labels of one label or a list of different ones, the best first.
SOME = (BeforeValidator(_as_list), Field(min_length=1), DIFFERENT)

_L = TypeVar("_L", bound=BaseModel)


def read_lines(
    file: str, content: str, shape: type[_L], *, lenient: bool = False
) -> tuple[list[tuple[int, _L]], list[Defect]]:
    """Return each line's number and what it holds, and what is wrong with the others; `file` is what defects call it.

    A `lenient` reader passes over what editors leave behind: empty lines and a mark at the beginning.
    """
    lines, defects = [], []
    for number, line in _numbered(content, lenient=lenient):
        try:
            lines.append((number, shape.model_validate_json(line)))
        except ValidationError as fault:
            for error in fault.errors(include_url=False):
                defects.append(Defect(file, number, *_what_is_wrong(error)))
    return lines, defects


def _numbered(content: str, *, lenient: bool) -> Iterable[tuple[int, str]]:
    if not lenient:
        return enumerate(content.splitlines(), start=1)
    # JSON may hold other ends of a line than the one between its documents.
    lines = enumerate(content.removeprefix("\ufeff").split("\n"), start=1)
    return ((number, line) for number, line in lines if line.strip())


def _what_is_wrong(error: ErrorDetails) -> tuple[Fault, str]:
    """Return the fault and its reason, without the text at fault; a label is no one's words."""
    where = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "enum":
        given = str(error["input"])[:40]
        return Fault.UNKNOWN_LABEL, f"{where}: {given!r} is none of {error['ctx']['expected']}"
    if error["type"] in ("missing", "string_too_short", "too_short"):
        return Fault.MISSING, f"{where} is missing"
    reason = error["msg"].removeprefix("Value error, ").rstrip(".")
    return Fault.BROKEN_LINE, f"{where}: {reason}" if where else reason
