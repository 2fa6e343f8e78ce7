"""The held-out texts that ION is judged by, and the corpus it learned from; the only files that evaluation reads."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ion.errors import Invalid, NotFound
from ion.evaluation.lines import SOME, Defect, Name, Text, read_lines
from ion.language import Language, language_of
from ion.resonance import Axis, Intent, Pace, Tone
from ion.toml import read_text

AXES: tuple[Axis, ...] = ("tone", "intent", "pace")
BENIGN = "benign"
HELD_OUT_FILE = "held_out.json"
_MOST_TOLD = 3


class BadData(Invalid):
    """A line of a file cannot be used; the message names the first of them by file and line."""


class NoData(NotFound):
    """A folder or a file is missing."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text and the labels that are accepted for it, best first; `source` is the name of its file without .jsonl.

    An axis for which none is given is missing.
    """

    source: str
    text: str
    language: Language
    accepted: Mapping[Axis, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the mentors who should answer it, by slug, best first."""

    text: str
    language: Language
    mentors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Danger:
    """A text that speaks of danger, or one that only sounds like it."""

    text: str
    language: Language
    is_crisis: bool


@dataclass(frozen=True, slots=True)
class Attack:
    """A text that tries to take the mentor over in the way `kind` names, or one that only sounds like it (BENIGN)."""

    text: str
    language: Language
    kind: str


@dataclass(frozen=True, slots=True)
class Private:
    """A text and the personal data in it, as kind and value."""

    text: str
    language: Language
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The characters of a text from `start` up to `end`; `type` is empty for what is personal to nobody."""

    type: str
    start: int
    end: int

    def touches(self, other: "Span") -> bool:
        """Tell whether they share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with the places of its personal data and secrets, and of what only looks like them.

    `part` is the name of its file without the language.
    """

    part: str
    language: Language
    text: str
    spans: tuple[Span, ...]
    look_alikes: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Holdout:
    """What `make train` measured on a part of the corpus, by a model trained on all the rest.

    `kind` says what was left out (a writer, a register, a domain or a language), `left_out` which one of them; `n` is
    the number of messages, `language` theirs. `coverage` is the share of them on which the model does not abstain.
    """

    kind: Literal["writer", "register", "domain", "language"]
    left_out: str
    model: Literal["full", "fast", "meaning"]
    language: Language
    axis: Axis
    n: int
    accuracy: float
    macro_f1: float
    ece: float | None = None
    coverage: float | None = None
    accuracy_covered: float | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """All there is to judge by; what has no file is empty."""

    messages: tuple[Message, ...]
    cases: tuple[Case, ...]
    dangers: tuple[Danger, ...]
    attacks: tuple[Attack, ...]
    private: tuple[Private, ...]
    marked: tuple[Marked, ...]
    corpus: tuple[Message, ...]
    holdouts: tuple[Holdout, ...]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: Text


class _ReadLine(_Line):
    tone: Annotated[tuple[Tone, ...], *SOME]
    intent: Annotated[tuple[Intent, ...], *SOME]


class _MessageLine(_ReadLine):
    pace: Annotated[tuple[Pace, ...], *SOME]


class _CaseLine(_Line):
    personas: Annotated[tuple[Name, ...], *SOME]


class _DangerLine(_Line):
    label: Literal["crisis", "safe"]


class _AttackLine(_Line):
    lang: Language
    kind: Name


class _Span(BaseModel):
    type: str
    value: Name


class _PrivateLine(_Line):
    spans: tuple[_Span, ...]


class _Place(BaseModel):
    type: str = ""
    start: int
    end: int


class _MarkedLine(_Line):
    spans: tuple[_Place, ...]
    look_alikes: tuple[_Place, ...]


_L = TypeVar("_L", bound=BaseModel)
_V = TypeVar("_V")


def read_data(folder: Path, corpus: Path, more: Sequence[Path] = ()) -> Data:
    """Read everything; `more` are further files of labelled messages.

    Raises:
        NoData: a folder or file is missing, or there are no messages to judge the reading by.
        BadData: a line cannot be used.
    """
    for each in (folder, corpus):
        if not each.is_dir():
            raise NoData(f"{each}: there is no such folder.")
    dev = folder / "dev"
    messages = [*sorted(dev.glob("messages_*.jsonl")), *more]
    if not messages:
        raise NoData(f"{dev}: no messages_*.jsonl is here.")
    learned_from = sorted(corpus.glob("messages.*.jsonl"))
    if not learned_from:
        raise NoData(f"{corpus}: no messages.*.jsonl is here.")
    return Data(
        messages=_all(messages, _MessageLine, _message),
        cases=_all(sorted((folder / "routing").glob("*.jsonl")), _CaseLine, _case),
        dangers=_all(sorted(dev.glob("safety_*.jsonl")), _DangerLine, _danger),
        attacks=_all(sorted(dev.glob("injection*.jsonl")), _AttackLine, _attack),
        private=_all(sorted(dev.glob("pii_*.jsonl")), _PrivateLine, _private),
        marked=read_marked(folder),
        corpus=_all(learned_from, _MessageLine, _message),
        holdouts=read_holdouts(corpus.parent / HELD_OUT_FILE),
    )


def read_labelled(files: Sequence[Path]) -> tuple[Message, ...]:
    """Read messages of which tone and intent are labelled; a label of their pace is not looked at.

    Raises:
        NoData: a file is missing or cannot be read.
        BadData: a line cannot be used.
    """
    return _all(files, _ReadLine, _message)


def read_marked(folder: Path) -> tuple[Marked, ...]:
    """Read the texts that masking is judged by.

    Raises:
        BadData: a line cannot be used.
    """
    return _all(sorted((folder / "masking").glob("*_[ek][no].jsonl")), _MarkedLine, _marked)


def read_holdouts(file: Path) -> tuple[Holdout, ...]:
    """Return what training measured; nothing where it has not.

    Raises:
        BadData: the file is not what training writes.
    """
    if not file.is_file():
        return ()
    try:
        content = json.loads(read_text(file, error=BadData))
        return tuple(TypeAdapter(list[Holdout]).validate_python(content["holdouts"]))
    except (json.JSONDecodeError, ValidationError, KeyError, TypeError):
        raise BadData(f"{file}: these are no held-out figures; `make train` writes them anew.") from None


def read_json(file: Path) -> object:
    """Return a JSON document.

    Raises:
        NoData: the file cannot be read.
        BadData: it is not JSON.
    """
    try:
        document: object = json.loads(read_text(file, error=NoData))
    except json.JSONDecodeError:
        raise BadData(f"{file}: this is not JSON.") from None
    return document


def _all(files: Sequence[Path], shape: type[_L], value: Callable[[str, _L], _V]) -> tuple[_V, ...]:
    values: list[_V] = []
    for file in files:
        lines, defects = read_lines(str(file), read_text(file, error=NoData), shape, lenient=True)
        if defects:
            raise BadData(_told(defects))
        if not lines:
            raise BadData(f"{file}: this file is empty.")
        values += [value(file.stem, line) for _, line in lines]
    return tuple(values)


def _told(defects: Sequence[Defect]) -> str:
    told = "; ".join(str(defect) for defect in defects[:_MOST_TOLD])
    more = len(defects) - _MOST_TOLD
    return f"{told}; and {more} more." if more > 0 else f"{told}."


def _message(source: str, line: _ReadLine) -> Message:
    accepted: dict[Axis, tuple[str, ...]] = {"tone": tuple(map(str, line.tone)), "intent": tuple(map(str, line.intent))}
    if isinstance(line, _MessageLine):
        accepted["pace"] = tuple(map(str, line.pace))
    return Message(source, line.text, language_of(line.text), accepted)


def _case(_: str, line: _CaseLine) -> Case:
    return Case(line.text, language_of(line.text), line.personas)


def _danger(source: str, line: _DangerLine) -> Danger:
    # A few texts have no letters of their language at all; the file's name tells it.
    default: Language = "ko" if source.endswith("_ko") else "en"
    return Danger(line.text, language_of(line.text, default=default), line.label == "crisis")


def _attack(_: str, line: _AttackLine) -> Attack:
    return Attack(line.text, line.lang, line.kind)


def _private(_: str, line: _PrivateLine) -> Private:
    return Private(line.text, language_of(line.text), tuple((span.type, span.value) for span in line.spans))


def _marked(source: str, line: _MarkedLine) -> Marked:
    part, _, ending = source.rpartition("_")
    language: Language = "ko" if ending == "ko" else "en"
    return Marked(part, language, line.text, tuple(map(_span, line.spans)), tuple(map(_span, line.look_alikes)))


def _span(place: _Place) -> Span:
    return Span(place.type, place.start, place.end)
