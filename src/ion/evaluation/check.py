"""Is anything worse than it was? Two reports' figures, compared one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from ion.errors import Invalid
from ion.evaluation.guessing import OURS
from ion.evaluation.tables import Better

# A difference of just the tolerance is none, however its last bits come out.
_HAIR = 1e-9


class BadReport(Invalid):
    """What a new report is compared with is no report."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A figure that became worse; `now` is None where there is none any more."""

    name: str
    before: float
    now: float | None

    def __str__(self) -> str:
        return f"{self.name}: {self.before:.3f} -> {'missing' if self.now is None else f'{self.now:.3f}'}"


class _Table(BaseModel):
    keys: list[str]
    figures: dict[str, tuple[Better, Annotated[float, Field(ge=0)]]]
    rows: list[list[str | int | float | None]]


class _Document(BaseModel):
    tables: dict[str, _Table]


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    better: Better
    tolerance: float


def regressions(before: object, now: object) -> list[Regression]:
    """Return the figures of ION that are worse now by more than their tolerance, or no longer there; in old order.

    Baselines are not looked at, and neither are figures of which neither more nor less is better. Both are documents
    that `as_document` made; which way is better, and by how much, the new one says.

    Raises:
        BadReport: `before` is no such document.
    """
    try:
        old = dict(_figures(_Document.model_validate(before)))
    except (ValidationError, ValueError):
        raise BadReport("What to compare with is not a report.json that `ion eval` wrote.") from None
    new = dict(_figures(_Document.model_validate(now)))
    found = []
    for name, figure in old.items():
        current = new.get(name)
        if current is None or _is_worse(figure.value, current):
            found.append(Regression(name, figure.value, None if current is None else current.value))
    return found


def _is_worse(before: float, now: _Figure) -> bool:
    loss = before - now.value if now.better == "more" else now.value - before
    return loss > now.tolerance + _HAIR


def _figures(document: _Document) -> Iterator[tuple[str, _Figure]]:
    for name, table in document.tables.items():
        for row in table.rows:
            keys, cells = row[: len(table.keys)], row[len(table.keys) :]
            if _is_ours(dict(zip(table.keys, keys, strict=True))):
                subject = " / ".join([name, *map(str, keys)])
                for (figure, (better, tolerance)), value in zip(table.figures.items(), cells, strict=True):
                    if better and isinstance(value, int | float):
                        yield f"{subject} / {figure}", _Figure(value, better, tolerance)


def _is_ours(about: Mapping[str, object]) -> bool:
    return str(about.get("model", OURS)).startswith(OURS)
