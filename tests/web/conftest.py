import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from starlette.types import ASGIApp

from ion.app import create_app
from ion.llm import Chunk, Delta, Model, ModelError, Prompt, Usage
from ion.services import Services
from ion.settings import DatabaseSettings, LimitsSettings, Settings
from tests.servers.databases import sqlite_at

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
DANGER = {"ko": "그냥 다 끝내고 싶어요. 더는 살고 싶지 않아요.", "en": "i keep thinking about killing myself"}
CHROMIUM = "/usr/bin/chromium"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Piece = str | Exception | threading.Event


@dataclass
class Scripted:
    """A model that plays the script whose name is in the newest message; an event in it is waited for."""

    scripts: Mapping[str, Sequence[Piece]]
    name: str = "test:scripted"

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        message = prompt.messages[-1].content
        script = next(script for name, script in self.scripts.items() if name in message)
        for piece in script:
            match piece:
                case str():
                    yield Delta(piece)
                case Exception():
                    raise piece
                case _:
                    await asyncio.to_thread(piece.wait, 30)
        yield Usage(7, 3, self.name)


@dataclass(frozen=True)
class Site:
    """The application and someone who visits it."""

    client: httpx2.AsyncClient
    services: Services

    async def begin(self, message: str, *, language: str = "en") -> httpx2.Response:
        """Send a first message and return the conversation's page."""
        headers = {"Accept-Language": language}
        sent = await self.client.post("/", data={"message": message}, headers=headers)
        assert sent.status_code == 303, sent.text
        return await self.client.get(sent.headers["location"], headers=headers)


def settings_in(folder: Path) -> Settings:
    """Return settings of a server that many tests ask, and more often than one person may."""
    database = DatabaseSettings(url=sqlite_at(folder / "ion.db"))
    return Settings(database=database, limits=LimitsSettings(per_minute=0, streams=0))


@asynccontextmanager
async def open_site(settings: Settings, *, model: Model | None = None) -> AsyncIterator[Site]:
    app = create_app(settings, model=model)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        yield Site(client, app.state.services)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_site(settings_in(tmp_path_factory.mktemp("site"))) as opened:
        yield opened


class _Server(uvicorn.Server):
    """A server that says when it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def served(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve an application on a port, or on a free one, in a thread with its own loop, and yield the address."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        # A page that still follows a reply would hold up the end.
        config = uvicorn.Config(app, ws="none", log_level="error", lifespan="on", timeout_graceful_shutdown=1)
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            assert server.is_up.wait(timeout=60)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@contextmanager
def serve(settings: Settings, *, model: Model | None = None) -> Iterator[str]:
    """Serve ION on a free port, and yield the address."""
    with served(create_app(settings, model=model)) as address:
        yield address


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without a language model."""
    with serve(settings_in(tmp_path_factory.mktemp("served"))) as running:
        yield running


@dataclass(frozen=True)
class Scene:
    """A server whose language model waits for `gate` in the middle of what it says."""

    address: str
    gate: threading.Event = field(default_factory=threading.Event)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    gate = threading.Event()
    model = Scripted(
        {
            "slowly": ["First, **look** at one test. ", gate, "Then:\n\n1. run it alone\n2. read the log"],
            "too late": [ModelError("timeout", transient=False)],
            "rich": [
                "```python\nx = 1  # one\n```\n\n| a | b |\n|---|---|\n| 1 | `two` |\n\n> مرحبا\n\n- [x](https://example.org)"
            ],
            "broken": ["This much and ", gate, RuntimeError("the process fell over")],
            "hostile": ["<img src=x onerror=window.hit=1> <script>window.hit=1</script> [x](javascript:window.hit=1)"],
        }
    )
    with serve(settings_in(tmp_path_factory.mktemp("scene")), model=model) as running:
        yield Scene(running, gate)
        gate.set()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    # Generous, since machines are shared: nothing waits longer than it has to.
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield running
        await running.close()


Visit = Callable[..., Awaitable[Page]]
Visitor = tuple[str, int, bool]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitors(browser: Browser) -> AsyncIterator[dict[Visitor, BrowserContext]]:
    """Visitors by language, width and whether they run scripts; they come back, so that files are fetched once."""
    contexts: dict[Visitor, BrowserContext] = {}
    yield contexts
    for context in contexts.values():
        await context.close()


@dataclass
class _Watch:
    """What pages do that they must not: ask another server, fail, or try what their own policy forbids."""

    strangers: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Page, address: str) -> None:
        page.on("request", lambda request: self._asked(request.url, address))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self._said(said.text))

    def _asked(self, url: str, address: str) -> None:
        if not url.startswith(address):
            self.strangers.append(url)

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text or "TrustedHTML" in text:
            self.wrong.append(text)


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, visitors: dict[Visitor, BrowserContext]) -> AsyncIterator[Visit]:
    """Open new tabs; whatever a page asks for has to be on its own server, and no script may fail.

    Who comes with further options of a browser context is somebody new, and leaves for good at the end; tabs with the
    same `of` are theirs.
    """
    pages: list[Page] = []
    guests: list[BrowserContext] = []
    watch = _Watch()

    async def visit(
        address: str,
        *,
        locale: str = "en-GB",
        width: int = 1280,
        js: bool = True,
        of: Page | None = None,
        **options: Any,
    ) -> Page:
        visitor = (locale, width, js)
        if of is not None:
            context = of.context
        elif options or visitor not in visitors:
            context = await browser.new_context(
                locale=locale,
                viewport={"width": width, "height": 800},
                java_script_enabled=js,
                service_workers="block",
                **options,
            )
            if options:
                guests.append(context)
            else:
                visitors[visitor] = context
        else:
            context = visitors[visitor]
        page = await context.new_page()
        pages.append(page)
        page.set_default_timeout(15_000)
        watch.over(page, "/".join(address.split("/")[:3]))
        await page.goto(address)
        return page

    yield visit
    for page in pages:
        await page.close()
    for context in guests:
        await context.close()
    for context in visitors.values():
        await context.clear_cookies()
        await context.set_offline(False)
    assert watch.strangers == []
    assert watch.wrong == []
