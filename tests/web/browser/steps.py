"""What people do on the page, and what is told of it."""

import re
from urllib.parse import parse_qs

import httpx2
from playwright.async_api import Locator, Page, Request, expect

CONVERSATION = re.compile(r"/c/[0-9a-f-]{36}$")
# Whatever would be done is done on the next tick; two frames are later than that.
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


async def write(page: Page, message: str) -> None:
    """Type a message and press Enter."""
    await page.locator("#message").fill(message)
    await page.locator("#message").press("Enter")


async def answered(page: Page, position: int = 1) -> Locator:
    """Wait until the turn at this position is complete and the page at rest, and return it."""
    turn = page.locator(f"#turn-{position}[data-state=finished]")
    await expect(turn).to_be_visible()
    await at_rest(page)
    return turn


async def at_rest(page: Page) -> None:
    """Wait until nothing is being sent or followed."""
    await expect(page.locator("#composer")).to_have_attribute("aria-busy", "false")


async def ask(page: Page, message: str, position: int = 1) -> Locator:
    """Send a message and wait for its reply."""
    await write(page, message)
    return await answered(page, position)


def messages_of(page: Page) -> list[str]:
    """Return the messages that this page sends, as they are sent."""
    sent: list[str] = []

    def note(request: Request) -> None:
        fields = parse_qs(request.post_data or "", keep_blank_values=True) if request.method == "POST" else {}
        sent.extend(fields.get("message", []))

    page.on("request", note)
    return sent


async def kept(address: str) -> list[str]:
    """Return all messages that the server has, those of each conversation in their order, the newest one's first."""
    async with httpx2.AsyncClient(base_url=f"{address}/api/v2", timeout=30) as client:
        listed = (await client.get("/conversations", params={"limit": 100})).json()["items"]
        turns = [(await client.get(f"/conversations/{one['id']}/messages")).json()["items"] for one in listed]
    return [turn["message"] for conversation in turns for turn in conversation]
