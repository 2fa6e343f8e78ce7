"""The report: tables and pictures, as Markdown and as JSON; the same figures give the same bytes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ion.evaluation.tables import Cell, Table

# Tables with more figures than this are told with a line for each figure.
_WIDE = 14
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured. `pictures` are SVG by file name; `worst` are the replies for a person to read."""

    tables: tuple[Table, ...]
    pictures: Mapping[str, str]
    worst: Sequence[Mapping[str, object]]


def as_document(report: Report) -> dict[str, object]:
    """Return the figures for programs: for each table, which way its figures are better, and its rows."""
    return {
        "tables": {
            table.name: {
                "keys": list(table.keys),
                "figures": {column.name: [column.better, column.tolerance] for column in table.columns},
                "rows": [list(row) for row in table.rows],
            }
            for table in report.tables
        }
    }


def as_json(document: object) -> str:
    """Return a document as JSON in which one line is one row, so that a change is legible in a diff."""
    rows = json.dumps(document, ensure_ascii=False, indent=1).split("\n")
    return "\n".join(_joined(rows)) + "\n"


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Write each innermost list in one line."""
    inside: list[str] | None = None
    for line in lines:
        if line.rstrip().endswith("["):
            if inside is not None:
                yield from inside
            inside = [line]
        elif inside is not None and line.strip() in ("]", "],"):
            yield inside[0] + " ".join(each.strip() for each in inside[1:]) + line.strip()
            inside = None
        elif inside is not None:
            inside.append(line)
        else:
            yield line


def as_markdown(report: Report) -> str:
    """Return the report for people."""
    parts = ["# How well ION reads, routes, protects and replies", _INTRODUCTION]
    for table in report.tables:
        parts.append(f"## {table.title}")
        parts += [table.note] if table.note else []
        parts.append(_markdown(table) if table.rows else "There is nothing to measure this by.")
    parts += _gallery(report.pictures)
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    "Written by `ion eval`; the figures are in [report.json](report.json), the replies that a person should read first "
    "in [worst-replies.json](worst-replies.json).\n\n"
    "The messages it is measured on were never trained on. `ION full` reads n-grams and meaning, `ION fast` n-grams "
    "alone; the other models are baselines, trained on the same corpus in the same run. Nobody has calibrated the "
    "support vector machine, so its ECE is large. Accuracy, macro-F1 and ECE "
    "(expected calibration error, ten bins) are over every message, also those on which ION abstains; low and high "
    "bound a figure at 95 % (bootstrap). `accuracy at 70 %` is over the most confident 70 % of messages, `coverage` is "
    "the share on which ION does not abstain and `accuracy covered` the accuracy on those."
)


def _markdown(table: Table) -> str:
    if len(table.heads) > _WIDE:
        return _on_its_side(table)
    return _lines(table.heads, [[_cell(cell) for cell in row] for row in table.rows])


def _on_its_side(table: Table) -> str:
    count = len(table.keys)
    heads = ["", *(" ".join(map(_cell, row[:count])) for row in table.rows)]
    rows = [
        [column.name, *(_cell(row[count + place]) for row in table.rows)] for place, column in enumerate(table.columns)
    ]
    return _lines(heads, rows)


def _lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    if cell is None:
        return _NONE
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _gallery(pictures: Mapping[str, str]) -> Iterator[str]:
    """Yield the pictures by what they are of, those of one axis side by side."""
    if pictures:
        yield "## Pictures"
    for subject, names in groupby(pictures, key=lambda name: name.rsplit("-", 1)[0]):
        yield f"### {subject.replace('-', ', ')}"
        yield "\n".join(f"![{name.removesuffix('.svg').replace('-', ', ')}]({name})" for name in names)
