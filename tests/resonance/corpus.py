import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ion.language import Language

_FOLDER = Path(__file__).parents[2] / "training" / "corpus"


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    tone: str
    pace: str
    intent: str


@cache
def labelled(language: Language) -> Sequence[Labelled]:
    lines = (_FOLDER / f"messages.{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines)
    return tuple(Labelled(row["text"], row["tone"], row["pace"], row["intent"]) for row in rows)
