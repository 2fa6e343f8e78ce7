"""The rows of the training corpus, each with a place in its file, and everything that is wrong with the others.

Whoever calls reads the files; everything here takes values and returns values.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ion.evaluation.lines import DIFFERENT, SOME, Defect, Fault, Name, Text, read_lines
from ion.resonance import Intent, Pace, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One text and its labels, best first; an axis that its file does not label is empty."""

    file: str
    line: int
    id: str
    text: str
    tones: tuple[Tone, ...] = ()
    intents: tuple[Intent, ...] = ()
    pace: Pace | None = None
    mentors: tuple[str, ...] = ()
    register: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: the rows that can be used, and a defect or more for each that cannot."""

    rows: tuple[Row, ...]
    defects: tuple[Defect, ...]


# A second label where it fits as well, the better one first; a third would say that no one knows.
_OneOrTwo = (*SOME, Field(max_length=2))


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Name


class _MessageLine(_Line):
    text: Text
    tone: Annotated[tuple[Tone, ...], *_OneOrTwo]
    intent: Annotated[tuple[Intent, ...], *_OneOrTwo]
    pace: Pace
    register_: str = Field(default="", alias="register")
    domain: str = ""


class _RoutingLine(_Line):
    text: Text
    personas: Annotated[tuple[Name, ...], *_OneOrTwo]


class _TopicsLine(_Line):
    topics: Annotated[tuple[Name, ...], DIFFERENT]


class _TextLine(BaseModel):
    """A line of which the text alone matters; whatever else stands in it is not looked at."""

    id: str = ""
    text: Text


_L = TypeVar("_L", bound=BaseModel)


def read_messages(file: str, content: str) -> Sheet:
    """Read messages labelled with tone, intent and pace; `file` is the name that defects are told by."""

    def row(line: int, read: _MessageLine) -> Row:
        labels = (read.tone, read.intent, read.pace)
        return Row(file, line, read.id, read.text, *labels, register=read.register_, domain=read.domain)

    return _sheet(file, content, _MessageLine, row)


def read_routing(file: str, content: str, *, mentors: Collection[str]) -> Sheet:
    """Read messages labelled with the mentors who should answer, of whom `mentors` are all there are."""

    def row(line: int, read: _RoutingLine) -> Row:
        return Row(file, line, read.id, read.text, mentors=read.personas)

    sheet = _sheet(file, content, _RoutingLine, row)
    unknown = [
        Defect(file, row.line, Fault.UNKNOWN_LABEL, f"personas: {name!r} is none of {', '.join(sorted(mentors))}")
        for row in sheet.rows
        for name in row.mentors
        if name not in mentors
    ]
    return Sheet(sheet.rows, (*sheet.defects, *unknown))


def read_texts(file: str, content: str) -> Sheet:
    """Read texts whose labels do not matter, such as messages held out for judging."""
    return _sheet(file, content, _TextLine, lambda line, read: Row(file, line, read.id, read.text))


def check_topics(file: str, content: str, *, ids: Collection[str], topics: Collection[str]) -> list[Defect]:
    """Return the defects of a file that gives each message of `ids` the topics that should answer it; none is fine."""
    lines, defects = read_lines(file, content, _TopicsLine)
    first: dict[str, int] = {}
    for line, read in lines:
        if read.id not in ids:
            defects.append(Defect(file, line, Fault.UNKNOWN_ID, f"no message has the id {read.id!r}"))
        if first.setdefault(read.id, line) != line:
            defects.append(Defect(file, line, Fault.REPEATED_ID, f"{read.id!r} is in line {first[read.id]} already"))
        defects += [
            Defect(file, line, Fault.UNKNOWN_LABEL, f"topics: there is no {topic!r}")
            for topic in read.topics
            if topic not in topics
        ]
    return sorted(defects)


def _sheet(file: str, content: str, shape: type[_L], row: Callable[[int, _L], Row]) -> Sheet:
    lines, defects = read_lines(file, content, shape)
    return Sheet(tuple(row(line, read) for line, read in lines), tuple(defects))


def repeated_ids(rows: Sequence[Row]) -> list[Defect]:
    """Return a defect for each row whose id an earlier row has, in whichever file: topics find messages by id alone."""
    first: dict[str, Row] = {}
    defects = []
    for row in rows:
        earlier = first.setdefault(row.id, row)
        if earlier is not row:
            reason = f"{row.id!r} is in {earlier.file}:{earlier.line} already"
            defects.append(Defect(row.file, row.line, Fault.REPEATED_ID, reason))
    return defects
