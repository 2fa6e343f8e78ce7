"""Why this mentor and why this reading, as tables for people."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ion.cli.speech import said
from ion.cli.terminal import harmless
from ion.language import Language
from ion.personas import Catalogue
from ion.resonance import WORDS, Axis, AxisReading, Reading
from ion.routing import Choice, reason_for

_BAR_CELLS = 20
_HUES = {"lua": "#d9603f", "elro": "#3f7fd9", "riri": "#2f9e63", "nana": "#8a63d2"}
_AXIS_NAMES = {
    "ko": {"tone": "말투", "pace": "호흡", "intent": "의도"},
    "en": {"tone": "tone", "pace": "pace", "intent": "intent"},
}


def hue_of(slug: str) -> str:
    """Return the colour of a mentor; it only ever goes with the name."""
    return _HUES.get(slug, "default")


def print_choice(to: Console, choice: Choice, catalogue: Catalogue, language: Language) -> None:
    """Print every mentor's score as a bar, the reason, and the nearest key that changes it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for slug, points in sorted(choice.scores.items(), key=lambda item: -item[1]):
        chosen = "bold " if slug == choice.primary else ""
        bar = "▮" * round(points * _BAR_CELLS)
        table.add_row(
            Text(catalogue.name_of(slug), style=f"{chosen}{hue_of(slug)}"),
            f"{points:.2f}",
            Text(bar, style=hue_of(slug)),
        )
    to.print(table)
    to.print(reason_for(choice, catalogue, language))
    if choice.turning_key is not None:
        to.print(
            Text(
                said(language, en=f"Turns at: {choice.turning_key}", ko=f"바뀌는 파동키: {choice.turning_key}"),
                style="dim",
            )
        )


def print_reading(to: Console, reading: Reading, text: str, language: Language) -> None:
    """Print each axis with how sure it is and the words that decided."""
    to.print(Text.assemble((str(reading.key), "bold")))
    table = Table(box=None, show_header=False, pad_edge=False)
    for axis, judged in _axes(reading):
        share = f"{judged.confidence:.2f}"
        if axis in reading.abstained:
            share = said(language, en="not sure", ko="확실하지 않음")
        words = ", ".join(f"“{word}”" for word in _evidence(reading, axis, text))
        table.add_row(
            Text(_AXIS_NAMES[language][axis], style="dim"),
            WORDS[language][getattr(reading.key, axis)],
            share,
            Text(words, style="italic"),
        )
    to.print(table)


def _axes(reading: Reading) -> tuple[tuple[Axis, AxisReading], ...]:
    return ("tone", reading.tone), ("pace", reading.pace), ("intent", reading.intent)


def _evidence(reading: Reading, axis: Axis, text: str) -> Iterator[str]:
    for span in reading.evidence:
        if span.axis == axis:
            yield harmless(" ".join(text[span.start : span.end].split()))
