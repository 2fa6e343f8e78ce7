"""What the service worker keeps is one person's: signing out and another person's signing in clear it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.web.account_states import ADMIN, serve_accounts
from tests.web.conftest import ENGLISH
from tests.web.signing import PASSWORD
from tests.web.test_offline import KEPT, dropped, kept, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER = "program@example.org"
WHOSE = """async () => {
    const pages = await (await caches.open("ion-pages")).matchAll();
    return [...new Set(pages.map((page) => page.headers.get("ION-Person")))];
}"""


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve_accounts(tmp_path_factory.mktemp("school")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def reader(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(locale="en-GB", service_workers="allow")
    context.set_default_timeout(15_000)
    yield context
    await context.close()


async def sign_in(page: Page, school: str, email: str) -> str:
    """Sign somebody in, and return their id."""
    await page.goto(f"{school}/sign-in")
    await page.locator("#email").fill(email)
    await page.locator("#password").fill(PASSWORD)
    await page.locator(".primary").click()
    await expect(page.locator("html[data-script]")).to_be_visible()
    await until(page, "() => navigator.serviceWorker.controller?.state === 'activated'")
    return str(await page.locator("html").get_attribute("data-person"))


async def with_copies(reader: BrowserContext, school: str) -> tuple[Page, str, str]:
    """Sign in and read a conversation; returns the page, the reader's id, and the path of the conversation."""
    page = await reader.new_page()
    person = await sign_in(page, school, ADMIN)
    await page.reload()
    await page.locator("#message").fill(ENGLISH)
    await page.locator("#message").press("Enter")
    await expect(page.locator("#turn-1[data-state=finished]")).to_be_visible()
    await page.reload()
    path = str(await page.evaluate("location.pathname"))
    await kept(page, path)
    return page, person, path


class TestCopies:
    async def test_are_dropped_for_somebody_else(self, reader: BrowserContext, school: str) -> None:
        page, person, path = await with_copies(reader, school)
        assert await page.evaluate(WHOSE) == [person]
        await reader.clear_cookies(name="ion_session")
        other = await sign_in(page, school, OTHER)
        await dropped(page, path)
        await kept(page, "/")

        assert other != person
        assert await page.evaluate(WHOSE) == [other]

    async def test_stay_for_whoever_signs_in_again(self, reader: BrowserContext, school: str) -> None:
        page, person, path = await with_copies(reader, school)
        await reader.clear_cookies(name="ion_session")
        await sign_in(page, school, ADMIN)

        assert path in await page.evaluate(KEPT)
        assert await page.evaluate(WHOSE) == [person]

    async def test_are_dropped_by_signing_out(self, reader: BrowserContext, school: str) -> None:
        page, _, _ = await with_copies(reader, school)
        await page.locator(".person summary").click()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.locator("#password")).to_be_visible()

        assert await page.evaluate(KEPT) == []

    async def test_are_dropped_where_the_browser_minds_no_clear_site_data(
        self, reader: BrowserContext, school: str
    ) -> None:
        page, _, path = await with_copies(reader, school)
        # Only the page's own script is left to do it.
        await page.evaluate(
            """() => addEventListener("submit", (event) => {
                if (event.target.matches("[data-sign-out]")) event.preventDefault();
            })"""
        )
        await page.locator(".person summary").click()
        await page.get_by_role("button", name="Sign out").click()

        await dropped(page, path)
