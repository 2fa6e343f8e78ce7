"""Persona folders to break, and prompts to ask for."""

import shutil
from pathlib import Path

from ion.language import Language
from ion.llm import Message
from ion.personas import PromptAsk
from ion.resonance import ResonanceKey

CATALOGUE = Path(__file__).parents[2] / "src/ion/personas/catalogue"


def copy_of(slug: str, parent: Path, *, to: str | None = None) -> Path:
    folder = parent / (to or slug)
    shutil.copytree(CATALOGUE / slug, folder)
    return folder


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file.name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_with(file: Path, part: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if part in line)


def make_ask(
    message: str = "배포가 내일이에요.",
    *,
    language: Language = "ko",
    key: str = "urgent-medium-problem_solving",
    history: tuple[Message, ...] = (),
    goals: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    fenced: bool = False,
) -> PromptAsk:
    return PromptAsk(language, ResonanceKey.parse(key), message, history, goals, notes, fenced)
