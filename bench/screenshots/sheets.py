"""All states of a language and a width on one sheet, to be looked at together."""

from html import escape
from pathlib import Path

from playwright.async_api import Browser

from bench.screenshots.states import STATES
from bench.screenshots.taking import LOCALES, LOOKS, Look
from ion.language import Language

# Pixels of a picture's width on a sheet, and how many states stand side by side.
SHOWN = {"wide": (520, 2), "tablet": (340, 3), "phone": (230, 4)}
STYLE = """body { margin: 24px; background: #888; font: 15px/1.4 system-ui, "Noto Sans CJK KR", sans-serif; }
main { display: grid; gap: 24px; align-items: start; grid-template-columns: repeat(var(--columns), max-content); }
figure { margin: 0; } figcaption { font-weight: 600; padding-bottom: 4px; }
div { display: flex; gap: 6px; align-items: start; overflow: hidden; max-height: var(--highest); }
img { width: var(--shown); }"""


async def make_sheets(browser: Browser, folder: Path) -> int:
    """Make a sheet for each language and width of all pictures in the folder, new and old; return how many."""
    page = await browser.new_page()
    for language in LOCALES:
        for look in LOOKS:
            width, columns = SHOWN[look.name]
            html = folder / f"sheet-{language}-{look.name}.html"
            html.write_text(_sheet(folder, language, look), encoding="utf-8")
            await page.set_viewport_size({"width": (2 * width + 6 + 24) * columns + 48, "height": 1000})
            await page.goto(html.as_uri())
            await page.screenshot(path=html.with_suffix(".png"), full_page=True)
    await page.close()
    return len(LOCALES) * len(LOOKS)


def _sheet(folder: Path, language: Language, look: Look) -> str:
    width, columns = SHOWN[look.name]
    sizes = (
        f"main {{ --columns: {columns}; --shown: {width}px; --highest: {2 * width * look.height // look.width}px; }}"
    )
    figures = "".join(_figure(folder, f"{state}-{language}-{look.name}", state) for state in STATES)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}{sizes}</style><main>{figures}</main>'


def _figure(folder: Path, name: str, state: str) -> str:
    there = [f"{name}-{scheme}.png" for scheme in ("light", "dark") if (folder / f"{name}-{scheme}.png").exists()]
    images = "".join(f'<img src="{escape(each)}" alt="">' for each in there)
    return f"<figure><figcaption>{escape(state)}</figcaption><div>{images}</div></figure>"
