"""Make the pictures in docs/images anew: `make screenshots`."""

import asyncio
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright
from tests.servers.ion import ion_server

IMAGES = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MESSAGES = {
    "ko": "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?",
    "en": "We have a release tomorrow and the tests fail at random. Where do I start?",
}
WIDE, PHONE = (1180, 900), (390, 844)


async def picture(
    browser: Browser, address: str, language: str, size: tuple[int, int], scheme: Literal["light", "dark"], name: str
) -> None:
    """Hold a conversation of one message, open the reason, and keep a picture of it."""
    width, height = size
    context = await browser.new_context(
        locale={"ko": "ko-KR", "en": "en-GB"}[language],
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        device_scale_factor=1.5,
    )
    page = await context.new_page()
    await page.goto(address)
    if name.startswith("start"):
        await page.screenshot(path=IMAGES / f"{name}.png")
    else:
        await page.locator("#message").fill(MESSAGES[language])
        await page.locator("#message").press("Enter")
        await page.locator("#turn-1[data-state=finished]").wait_for()
        await page.locator("#turn-1 .why summary").click()
        await page.evaluate("window.scrollTo(0, 0)")
        await page.screenshot(path=IMAGES / f"{name}.png")
    await context.close()


async def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for language in MESSAGES:
            for suffix, size, scheme in (("", WIDE, "light"), ("-phone", PHONE, "light"), ("-dark", WIDE, "dark")):
                with tempfile.TemporaryDirectory() as folder, ion_server(Path(folder)) as server:
                    shade: Literal["light", "dark"] = "dark" if scheme == "dark" else "light"
                    await picture(browser, server.address, language, size, shade, f"conversation-{language}{suffix}")
                    if not suffix:
                        await picture(browser, server.address, language, size, shade, f"start-{language}")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
