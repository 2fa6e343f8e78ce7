"""A table of figures: what the report, its JSON and the comparison with an earlier report are all made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Cell = str | int | float | None
# Whether more of a figure is better, or less; "" for what is neither.
Better = Literal["more", "less", ""]
# How much worse a figure may be than in an earlier report before it counts.
TOLERANCE = 0.02
# Beyond these is noise of the last bits, and two runs shall give the same bytes.
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of each row; `tolerance` is how much worse it may become."""

    name: str
    better: Better = ""
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells: first what a row is about (`keys`), then a figure for each column. None stands for no figure.

    `note` is a sentence or two of Markdown for the reader.
    """

    name: str
    title: str
    note: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """The names above the cells."""
        return (*self.keys, *(column.name for column in self.columns))


def table(
    name: str, title: str, note: str, keys: Sequence[str], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> Table:
    """Return a table with its fractions rounded as they are kept."""
    rounded = tuple(tuple(map(_rounded, row)) for row in rows)
    return Table(name, title, note, tuple(keys), tuple(columns), rounded)


def sorted_by(table: Table, count: int) -> Table:
    """Return the table with its rows in the order of the first `count` keys, and else as they were."""
    return replace(table, rows=tuple(sorted(table.rows, key=lambda row: tuple(map(str, row[:count])))))


def _rounded(cell: Cell) -> Cell:
    # Without the sum, a figure a hair below nothing would be written as -0.0.
    return round(cell, _DECIMALS) + 0.0 if isinstance(cell, float) else cell
