"""Take the pictures: `make screenshots`, or some: `STATES="why crisis ko phone"`, `STATES=docs` for those in docs/."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

from playwright.async_api import Browser, expect

from bench.chromium import open_browser
from bench.screenshots.serving import keep
from bench.screenshots.sheets import make_sheets
from bench.screenshots.states import STATES
from bench.screenshots.taking import LOCALES, LOOKS, MILLISECONDS, Camera, Failed, Look, Picture
from ion.language import Language
from ion.monitoring import configure_logs

ROOT = Path(__file__).parents[2]
PICTURES, DOCS = ROOT / "var" / "screenshots", ROOT / "docs" / "images"
# What the documentation shows: its name, the state, the screen, the colours.
PAGE, POCKET = Look("page", 1180, 900, 1.5), LOOKS[-1]
SHOWN_IN_DOCS = (
    ("conversation", "finished", PAGE, "light"),
    ("conversation", "finished", PAGE, "dark"),
    ("conversation", "finished", POCKET, "light"),
    ("start", "empty", PAGE, "light"),
    ("why", "why", PAGE, "light"),
    ("mentors", "mentors", PAGE, "light"),
)


async def main(words: Sequence[str]) -> int:
    """Take the pictures, make the sheets, and say how many there are; `words` limits them."""
    wanted = Wanted.of(words)
    if isinstance(wanted, str):
        print(wanted, file=sys.stderr)
        return 2
    configure_logs("error", "console")
    expect.set_options(timeout=MILLISECONDS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    async with open_browser() as browser:
        pictures, failed = await _take_all(browser, wanted)
        sheets = await make_sheets(browser, PICTURES)
    for each in failed:
        print(f"not reached: {each.state} ({each.language}, {each.look.name}): {each.why}", file=sys.stderr)
    seconds = time.monotonic() - started
    print(f"{len(pictures)} pictures taken, {sheets} sheets in {PICTURES.relative_to(ROOT)}, {seconds:.0f} s")
    return 1 if failed else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pictures to take; `is_all` where those of the documentation are among them."""

    states: Sequence[str]
    languages: Sequence[Language]
    looks: Sequence[Look]
    is_all: bool

    @classmethod
    def of(cls, words: Sequence[str]) -> "Wanted | str":
        """Return what the words ask for: states, languages and screens in any order; else what is wrong with them."""
        screens = {look.name: look for look in LOOKS}
        if list(words) == ["docs"]:
            return cls([state for _, state, _, _ in SHOWN_IN_DOCS], list(LOCALES), [POCKET], is_all=True)
        if unknown := sorted(set(words) - {*STATES, *LOCALES, *screens}):
            return f"There is no {', '.join(unknown)}. There are: {' '.join((*STATES, *LOCALES, *screens))}"
        return cls(
            states=[word for word in words if word in STATES] or list(STATES),
            languages=[language for language in LOCALES if language in words] or list(LOCALES),
            looks=[look for name, look in screens.items() if name in words] or LOOKS,
            is_all=not words,
        )


async def _take_all(browser: Browser, wanted: Wanted) -> tuple[list[Picture], list[Failed]]:
    pictures: list[Picture] = []
    failed: list[Failed] = []
    in_docs = sorted({state for _, state, look, _ in SHOWN_IN_DOCS if look is PAGE})
    with tempfile.TemporaryDirectory() as folder:
        camera = Camera(browser, PICTURES)
        for language in wanted.languages:
            kept = await keep(Path(folder), language)
            for look in (*wanted.looks, PAGE) if wanted.is_all else wanted.looks:
                print(f"{language} {look.name} ", end="", flush=True)
                taken, missed = await camera.take(language, look, kept, in_docs if look is PAGE else wanted.states)
                print(f" {len(taken)}")
                pictures, failed = pictures + taken, failed + missed
    if wanted.is_all:
        _show_in_docs(pictures)
    return pictures, failed


def _show_in_docs(pictures: Sequence[Picture]) -> None:
    for name, state, look, scheme in SHOWN_IN_DOCS:
        for each in pictures:
            if (each.state, each.look, each.scheme) == (state, look, scheme):
                suffix = "-dark" if scheme == "dark" else "-phone" if look is POCKET else ""
                copy(each.path, DOCS / f"{name}-{each.language}{suffix}.png")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
