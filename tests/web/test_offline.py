import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from ion.app import create_app
from ion.web.assets import assets_of
from ion.web.installing import worker_script
from tests.web.conftest import ENGLISH, KOREAN, served, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONGEST_MS = 15_000
KEPT = """async () => (await (await caches.open("ion-pages")).keys()).map((page) => new URL(page.url).pathname)"""
HOLDS = """async ([path, text]) => (await (await caches.match(path, { ignoreVary: true }))?.text())?.includes(text)"""
COPY = "async (path) => (await caches.match(path, { ignoreVary: true })).text()"
TELL = "(order) => navigator.serviceWorker.controller.postMessage(order)"
BEGIN = """async (count) => {
    const begun = [];
    for (let i = 0; i < count; i++) {
        const body = JSON.stringify({ language: "en" });
        const headers = { "Content-Type": "application/json" };
        begun.push((await (await fetch("/api/v2/conversations", { method: "POST", headers, body })).json()).id);
    }
    return begun.map((id) => `/c/${id}`);
}"""


class Host:
    """One address at which ION is started and stopped, with one database; `version` alters its files."""

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._settings = settings_in(folder)
        self._port = port

    @contextmanager
    def running(self, *, version: int = 0, held: threading.Event | None = None) -> Iterator[None]:
        app = create_app(self._settings)
        if version:
            alter(next(route.app for route in app.routes if isinstance(route, Mount)), version)
        with served(holding(app, held) if held else app, port=self._port):
            yield


def holding(app: ASGIApp, held: threading.Event) -> ASGIApp:
    """Let whoever asks for the mentors in Korean wait until this happens."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if (scope.get("path"), scope.get("query_string")) == ("/mentors", b"lang=ko"):
            await asyncio.to_thread(held.wait, LONGEST_MS / 1000)
        await app(scope, receive, send)

    return answer


def alter(site: object, version: int) -> None:
    """Let this site have files as another version of ION would."""
    assert isinstance(site, Starlette)
    contents = {name: content for name, (content, _) in site.state.assets.by_name.items()}
    style = contents["styles.css"] + f"\n:root {{ --version: {version}; }}\n".encode()
    assets = assets_of({**contents, "styles.css": style})
    site.state.assets = assets
    site.state.renderer = replace(site.state.renderer, assets=assets)
    site.state.worker = worker_script(site.state.renderer)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return Host(tmp_path, free.getsockname()[1])


@pytest_asyncio.fixture(loop_scope="module")
async def reader(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Someone with a browser of their own, so that no other test meets their service worker."""
    context = await browser.new_context(locale="en-GB", service_workers="allow")
    context.set_default_timeout(LONGEST_MS)
    yield context
    await context.close()


async def until(page: Page, condition: str, given: object = None) -> None:
    """Wait until this function returns true in the page, whose security policy lets Playwright not poll by itself."""
    poll = f"""async (given) => {{
        while (!(await ({condition})(given))) await new Promise((resolve) => setTimeout(resolve, 20));
    }}"""
    async with asyncio.timeout(LONGEST_MS / 1000):
        await page.evaluate(poll, given)


async def opened(reader: BrowserContext, address: str) -> Page:
    """Open a page and wait until its worker is in charge and has kept the start page."""
    page = await reader.new_page()
    await page.goto(address)
    await until(page, "() => navigator.serviceWorker.controller?.state === 'activated'")
    await kept(page, "/")
    return page


async def kept(page: Page, path: str) -> None:
    await until(page, f"async (path) => (await ({KEPT})()).includes(path)", path)


async def dropped(page: Page, path: str) -> None:
    await until(page, f"async (path) => !(await ({KEPT})()).includes(path)", path)


async def said(page: Page, message: str) -> str:
    """Send a message and wait for its reply; returns the path of the conversation."""
    await page.locator("#message").fill(message)
    await page.locator("#message").press("Enter")
    await expect(page.locator("#turn-1[data-state=finished]")).to_be_visible()
    await expect(page.locator("#composer")).to_have_attribute("aria-busy", "false")
    return str(await page.evaluate("location.pathname"))


async def answered(page: Page, message: str) -> str:
    """Send a message, wait for its reply, and read the conversation again; returns its path."""
    path = await said(page, message)
    await page.reload()
    await kept(page, path)
    return path


async def updated(page: Page) -> None:
    """Wait until the worker that the server has now is in charge."""
    await page.evaluate(
        """async () => {
            const workers = navigator.serviceWorker;
            const taken = new Promise((resolve) => workers.addEventListener("controllerchange", resolve));
            await (await workers.ready).update();
            await taken;
        }"""
    )
    await until(page, "() => navigator.serviceWorker.controller?.state === 'activated'")


async def versions(page: Page) -> list[str]:
    """The versions of the files that are kept, oldest first."""
    names: list[str] = await page.evaluate("caches.keys()")
    return [name.removeprefix("ion-static-") for name in names if name.startswith("ion-static-")]


async def style(page: Page) -> str:
    return str(await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--version')"))


class TestWithoutAServer:
    async def test_what_was_read_opens_with_its_looks_and_scripts(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, ENGLISH)
            shown = await page.locator("#turns").inner_text()
        again = await reader.new_page()
        await again.goto(host.address + path)

        assert await again.locator("#turns").inner_text() == shown
        await expect(again.locator("html")).to_have_attribute("data-script", "")
        assert await again.evaluate("[...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)")

    async def test_a_conversation_is_kept_as_soon_as_its_reply_is_there(
        self, host: Host, reader: BrowserContext
    ) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await said(page, ENGLISH)
            await kept(page, path)
        again = await reader.new_page()
        await again.goto(host.address + path)

        await expect(again.locator("#turn-1[data-state=finished] .message")).to_have_text(ENGLISH)

    async def test_the_first_page_of_all_is_kept_too(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            first = await reader.new_page()
            await first.goto(f"{host.address}/mentors")
            await kept(first, "/mentors")
        await first.reload()

        await expect(first.locator("h1")).to_have_text("Who answers?")

    async def test_the_start_page_opens_in_whichever_language_it_was_read(
        self, host: Host, reader: BrowserContext
    ) -> None:
        with host.running():
            page = await opened(reader, host.address)
            await page.goto(f"{host.address}/?lang=ko")
            await until(page, HOLDS, ["/", '<html lang="ko"'])
        await page.goto(host.address)

        await expect(page.locator("html")).to_have_attribute("lang", "ko")
        await expect(page.locator("#welcome")).to_be_visible()

    async def test_an_answer_that_took_long_replaces_no_newer_copy(self, host: Host, reader: BrowserContext) -> None:
        held = threading.Event()
        with host.running(held=held):
            page = await opened(reader, host.address)
            await page.evaluate("() => { window.slow = fetch('/mentors?lang=ko').then((page) => page.text()); }")
            await page.evaluate("() => fetch('/mentors?lang=en').then((page) => page.text())")
            await until(page, HOLDS, ["/mentors", '<html lang="en"'])
            held.set()
            assert '<html lang="ko"' in await page.evaluate("() => window.slow")
            # The worker looks at what came before this one first.
            await page.evaluate("() => fetch('/?lang=en').then((page) => page.text())")
            await page.wait_for_timeout(300)

            assert '<html lang="en"' in await page.evaluate(COPY, "/mentors")

    async def test_what_was_not_read_is_said_to_be_missing(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            (path,) = await page.evaluate(BEGIN, 1)
        await page.goto(host.address + path)

        await expect(page.locator("h1")).to_have_text("ION cannot be reached")
        with host.running():
            await page.get_by_role("link", name="Try again").click()
            await expect(page.locator("#composer")).to_be_visible()
        assert page.url == host.address + path

    async def test_it_is_said_in_the_language_read_last(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, f"{host.address}/?lang=ko")
        await page.goto(f"{host.address}/c/never-read")

        await expect(page.locator("h1")).to_have_text("ION에 연결되지 않아요")

    async def test_programs_and_parts_of_pages_get_no_copy(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, ENGLISH)
        asked = "(address) => fetch(address).then(() => 'answered', () => 'failed')"

        for address in (path, "/api/v2/conversations", f"{path}/turns"):
            assert await page.evaluate(asked, address) == "failed"


class TestForgetting:
    async def test_a_conversation_that_is_gone_is_not_kept(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, KOREAN)
            await page.evaluate("(path) => fetch(path, { method: 'DELETE' })", f"/api/v2/conversations{path[2:]}")
            await page.goto(host.address + path)
            await dropped(page, path)
        await page.goto(host.address + path)

        await expect(page.locator("h1")).to_have_text("ION cannot be reached")

    async def test_what_is_deleted_on_the_page_leaves_no_copy(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, KOREAN)
            await page.goto(host.address)
            entry = page.locator(f'#days li[data-conversation="{path.removeprefix("/c/")}"]')
            await entry.locator("summary").click()
            await entry.get_by_role("button", name="Delete", exact=True).click()
            await dropped(page, path)

            assert "/" in await page.evaluate(KEPT)

    async def test_a_page_can_ask_for_it(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, ENGLISH)
            await page.evaluate(TELL, {"type": "forget", "path": path})
            await dropped(page, path)
            assert "/" in await page.evaluate(KEPT)
            await page.evaluate(TELL, {"type": "keep", "path": path})
            await kept(page, path)

    async def test_signing_out_leaves_no_page(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            await answered(page, ENGLISH)
            await page.evaluate(TELL, {"type": "forget-all"})
            await dropped(page, "/")

            assert await page.evaluate(KEPT) == []
            assert len(await versions(page)) == 1

    async def test_of_many_conversations_the_oldest_goes(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            paths = await page.evaluate(BEGIN, 52)
            for path in paths[:50]:
                await page.evaluate("(path) => fetch(path).then((page) => page.text())", path)
                await kept(page, path)
            # Read again, the first one is no longer the oldest.
            for path in (paths[0], *paths[50:]):
                await page.evaluate("(path) => fetch(path).then((page) => page.text())", path)
                await kept(page, path)
            await dropped(page, paths[2])
            left = set(await page.evaluate(KEPT))

        assert left == {"/", paths[0], *paths[3:]}

    async def test_what_is_no_page_is_never_kept(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            path = await answered(page, ENGLISH)
            before = await page.evaluate(COPY, path)
            for address in (f"{path}?edit=1", "/metrics", "/offline", "/nothing", f"{path}/turns"):
                await page.goto(host.address + address)
            await page.goto(f"{host.address}/mentors")
            await kept(page, "/mentors")

            assert set(await page.evaluate(KEPT)) == {"/", path, "/mentors"}
            assert await page.evaluate(COPY, path) == before


class TestUpdate:
    async def test_files_that_no_page_needs_are_dropped(self, host: Host, reader: BrowserContext) -> None:
        with host.running():
            page = await opened(reader, host.address)
            (old,) = await versions(page)
        with host.running(version=2):
            await updated(page)
            (new,) = await versions(page)
        await page.reload()

        assert new != old
        assert await style(page) == "2"

    async def test_a_page_read_before_keeps_its_files(self, host: Host, reader: BrowserContext) -> None:
        with host.running(version=1):
            page = await opened(reader, host.address)
            path = await answered(page, ENGLISH)
            (old,) = await versions(page)
        with host.running(version=2):
            await updated(page)
            assert old in await versions(page)
        await page.goto(host.address + path)

        assert await style(page) == "1"
        await expect(page.locator("html")).to_have_attribute("data-script", "")
        with host.running(version=3):
            await page.reload()
            await until(page, f"async (given) => !(await ({HOLDS})(given))", [path, old])
            await updated(page)
            assert len(await versions(page)) == 1
