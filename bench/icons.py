"""Draw the icons for home screens from icon.svg, the one drawing: `make icons`."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from bench.chromium import open_browser

STATIC = Path(__file__).parent.parent / "src/ion/web/static"
PAPER = "#fbf8f2"


@dataclass(frozen=True, slots=True)
class Icon:
    """A square picture of `size` pixels; the drawing takes `share` of its width, on paper or on nothing."""

    name: str
    size: int
    share: float = 1.0
    ground: str = "transparent"


ICONS = (
    Icon("icon-192.png", 192),
    Icon("icon-512.png", 512),
    # A launcher may cut a circle of 80 % of the width: the drawing's corners lie within 0.56 / 2 * 1.42 = 40 % of it.
    Icon("icon-maskable-512.png", 512, 0.56, PAPER),
    Icon("apple-touch-icon.png", 180, 0.7, PAPER),
)


async def draw(browser: Browser, icon: Icon, drawing: str) -> bytes:
    """Return the icon as PNG."""
    page = await browser.new_page(viewport={"width": icon.size, "height": icon.size})
    side = round(icon.size * icon.share)
    placed = drawing.replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)
    style = f"margin:0;height:100vh;display:grid;place-items:center;background:{icon.ground}"
    await page.set_content(f'<body style="{style}">{placed}</body>')
    picture = await page.screenshot(omit_background=True)
    await page.close()
    return picture


async def main() -> None:
    """Draw every icon."""
    drawing = (STATIC / "icon.svg").read_text(encoding="utf-8")
    async with open_browser() as browser:
        for icon in ICONS:
            (STATIC / icon.name).write_bytes(await draw(browser, icon, drawing))


if __name__ == "__main__":
    asyncio.run(main())
