import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.web.axe import violations
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Scene, Visit, serve, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGES = {"ko": KOREAN, "en": ENGLISH}
LOCALES = {"ko": "ko-KR", "en": "en-GB"}
LOOKS: list[tuple[Literal["light", "dark"], int]] = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
# Nothing of this page may be styled or run, and two things on it are wrong.
STRICT = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
PLANTED = """<!doctype html><html lang="en"><title>Planted</title><main><h1>Planted</h1><img>
<a href="/1">.</a> <a href="/2">.</a></main></html>"""


@dataclass(frozen=True)
class Stage:
    """A visitor who reads `language`, and the servers that may be visited."""

    visit: Visit
    language: str
    plain: str
    scripted: Scene
    unused: str

    async def open(self, path: str = "/", *, at: str | None = None) -> Page:
        page = await self.visit(at or self.plain, locale=LOCALES[self.language])
        if path != "/":
            await page.goto(f"{at or self.plain}{path}")
        return page

    async def say(self, message: str, *, at: str | None = None) -> Page:
        page = await self.open(at=at)
        await page.locator("#message").fill(message)
        await page.locator("#message").press("Enter")
        return page

    async def answered(self, message: str, *, at: str | None = None) -> Page:
        page = await self.say(message, at=at)
        await expect(page.locator("#turn-1[data-state=finished]")).to_be_visible()
        await expect(page.locator("#composer")).to_have_attribute("aria-busy", "false")
        return page


async def home_with_a_list(stage: Stage) -> Page:
    page = await stage.answered(MESSAGES[stage.language])
    await page.goto(f"{stage.plain}/")
    return page


async def loaded_conversation(stage: Stage) -> Page:
    page = await stage.answered(MESSAGES[stage.language])
    await page.reload()
    return page


async def opened_why(stage: Stage) -> Page:
    page = await stage.answered(MESSAGES[stage.language])
    await page.locator("#turn-1 .why > summary").click()
    await expect(page.locator("#turn-1 .scores")).to_be_visible()
    return page


async def opened_list(stage: Stage) -> Page:
    page = await home_with_a_list(stage)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.locator("#conversations summary").click()
    await expect(page.locator("#conversations .new")).to_be_visible()
    return page


async def streaming(stage: Stage) -> Page:
    stage.scripted.gate.clear()
    page = await stage.say(f"slowly: {MESSAGES[stage.language]}", at=stage.scripted.address)
    await expect(page.locator("#turn-1 [data-live]")).to_contain_text("First, look at one test.")
    return page


async def refused(stage: Stage) -> Page:
    page = await stage.say("길" * 100_001)
    await expect(page.locator("#refused")).not_to_be_empty()
    # The rules take seconds over so long a text, which is not what is looked at.
    await page.evaluate("document.getElementById('message').value = '길'")
    return page


async def unreachable(stage: Stage) -> Page:
    page = await stage.open()
    await page.context.set_offline(True)
    await page.locator("#message").fill(MESSAGES[stage.language])
    await page.locator("#message").press("Enter")
    await expect(page.locator("#refused")).not_to_be_empty()
    return page


STATES: dict[str, Callable[[Stage], Awaitable[Page]]] = {
    "home": home_with_a_list,
    "empty list": lambda stage: stage.open(at=stage.unused),
    "opened list": opened_list,
    "conversation": lambda stage: stage.answered(MESSAGES[stage.language]),
    "loaded conversation": loaded_conversation,
    "opened why": opened_why,
    "long message": lambda stage: stage.answered("The tests fail at random.\n" * 200),
    "crisis": lambda stage: stage.answered(DANGER[stage.language]),
    "streaming": streaming,
    "degraded": lambda stage: stage.answered(f"too late: {MESSAGES[stage.language]}", at=stage.scripted.address),
    "refused": refused,
    "unreachable": unreachable,
    "mentors": lambda stage: stage.open("/mentors"),
    "not found": lambda stage: stage.open("/c/no-such-conversation"),
}


@pytest.fixture(scope="module")
def unused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that nobody writes to."""
    with serve(settings_in(tmp_path_factory.mktemp("unused"))) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def stage_for(visit: Visit, address: str, scene: Scene, unused: str) -> AsyncIterator[Callable[[str], Stage]]:
    yield lambda language: Stage(visit, language, address, scene, unused)
    scene.gate.set()


async def seen_in_every_look(page: Page) -> list[str]:
    """Return what is wrong in either theme, on a desk and on a phone, with the looks it is wrong in."""
    found: dict[str, list[str]] = {}
    for theme, width in LOOKS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 800})
        for line in await violations(page):
            found.setdefault(line, []).append(f"{theme} {width}")
    return [f"{line} [{', '.join(looks)}]" for line, looks in found.items()]


class TestEveryState:
    @pytest.mark.parametrize("language", LOCALES)
    @pytest.mark.parametrize("state", STATES)
    async def test_has_nothing_that_axe_objects_to(
        self, stage_for: Callable[[str], Stage], state: str, language: str
    ) -> None:
        page = await STATES[state](stage_for(language))

        assert await page.locator("html").get_attribute("lang") == language
        found = await seen_in_every_look(page)
        assert not found, "\n".join(found)


class TestAxe:
    async def test_finds_what_is_planted_on_a_page_that_lets_no_script_run(self, visit: Visit, address: str) -> None:
        async def plant(route: Route) -> None:
            await route.fulfill(body=PLANTED, headers={"Content-Type": "text/html", "Content-Security-Policy": STRICT})

        page = await visit(address)
        await page.route("**/planted", plant)
        await page.goto(f"{address}/planted")
        rules = {line.partition(" ")[0] for line in await violations(page)}

        assert rules == {"image-alt", "target-size"}
        assert await page.evaluate("typeof axe") == "undefined"

    async def test_sees_which_theme_is_on(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.evaluate(
            """() => {
                const rules = new CSSStyleSheet();
                rules.replaceSync("@media (prefers-color-scheme: dark) { h1 { color: #222 !important } }");
                document.adoptedStyleSheets = [rules];
            }"""
        )
        found = await seen_in_every_look(page)

        assert {line.partition(" (")[0] for line in found} == {"color-contrast"}
        assert sorted(re.findall(r"(?:light|dark) \d+(?=[],])", " ".join(found))) == ["dark 1280", "dark 390"]
