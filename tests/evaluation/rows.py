"""Rows of a corpus, and the lines they are read from."""

import json
from collections.abc import Sequence

from ion.evaluation.rows import Row

GOOD: dict[str, object] = {
    "id": "a-1",
    "text": "The kiln tripped the fuse again.",
    "tone": "frustrated",
    "intent": "problem_solving",
    "pace": "medium",
    "register": "dry",
    "domain": "pottery",
}


def line(**changes: object) -> str:
    return json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value is not None})


def text_row(text: str, number: int = 1, file: str = "a") -> Row:
    return Row(file, number, f"{file}-{number}", text)


def rows_of(texts: Sequence[str]) -> list[Row]:
    return [text_row(text, number) for number, text in enumerate(texts, start=1)]
