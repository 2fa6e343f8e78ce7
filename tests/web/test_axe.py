import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.web import account_states
from tests.web.axe import violations
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Scene, Visit, serve, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
MESSAGES = {"ko": KOREAN, "en": ENGLISH}
LOCALES = {"ko": "ko-KR", "en": "en-GB"}
# Everything in both languages, themes and widths takes many minutes: `make matrix`. Otherwise each state is seen in one
# language, by turns, on a light desk and a dark phone.
_MATRIX = "BROWSER_MATRIX" in os.environ
_Look = tuple[Literal["light", "dark"], int]
_EVERY_LOOK: list[_Look] = [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)]
LOOKS = _EVERY_LOOK if _MATRIX else _EVERY_LOOK[:2]
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
    asking: str

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
    await page.locator("#turn-1 .differently > summary").click()
    await expect(page.locator("#turn-1 .scores")).to_be_visible()
    return page


async def opened_list(stage: Stage) -> Page:
    page = await home_with_a_list(stage)
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.locator("#conversations > details > summary").click()
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
    await expect(page.locator(".waiting")).to_be_visible()
    await expect(page.locator("#offline")).to_be_hidden()
    return page


async def stopped(stage: Stage) -> Page:
    page = await streaming(stage)
    await page.locator("#stop").click()
    await expect(page.locator("#turn-1 .notice")).to_be_visible()
    return page


async def broken(stage: Stage) -> Page:
    stage.scripted.gate.clear()
    page = await stage.say(f"broken: {MESSAGES[stage.language]}", at=stage.scripted.address)
    await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much and")
    stage.scripted.gate.set()
    await expect(page.locator("#turn-1 .broken")).to_be_visible()
    return page


async def asking_another(stage: Stage) -> Page:
    page = await stage.answered(MESSAGES[stage.language])
    await page.locator("#turn-1 .again > summary").click()
    await expect(page.locator("#turn-1 .again button").first).to_be_visible()
    return page


async def redone(stage: Stage) -> Page:
    """Another mentor asked, and tried again: an earlier version is open."""
    page = await asking_another(stage)
    await page.locator("#turn-1 .again button").first.click()
    await page.locator("#turn-2 [data-act=redo] button").click()
    await page.locator("#turn-2 .drafts > summary").click()
    await expect(page.locator("#turn-2 .draft")).to_be_visible()
    return page


async def corrected(stage: Stage) -> Page:
    page = await opened_why(stage)
    await page.locator("#turn-1 [data-act=reading] button").click()
    await expect(page.locator("#turn-1 [data-said]")).not_to_be_empty()
    await page.locator("#turn-1 select[name=tone]").select_option("anxious")
    await page.locator("#turn-1 [data-act=reading] button").click()
    await expect(page.locator("#turn-1 .thanks")).to_be_visible()
    return page


async def editing(stage: Stage) -> Page:
    page = await stage.answered(MESSAGES[stage.language])
    await page.locator("[data-edit]").click()
    await expect(page.locator("#editing")).to_be_visible()
    return page


async def keys(stage: Stage) -> Page:
    page = await stage.open()
    await page.locator("#keys").click()
    await expect(page.locator("#help")).to_be_visible()
    return page


async def menu(stage: Stage) -> Page:
    page = await home_with_a_list(stage)
    await page.locator(".menu > summary").first.click()
    await expect(page.locator(".menu button").first).to_be_visible()
    return page


async def deleted(stage: Stage) -> Page:
    page = await menu(stage)
    await page.locator(".menu [data-delete] button").first.click()
    await expect(page.locator("#toast")).to_be_visible()
    return page


async def search_results(stage: Stage) -> Page:
    page = await home_with_a_list(stage)
    await page.goto(f"{stage.plain}/search?q={'테스트' if stage.language == 'ko' else 'tests'}")
    await expect(page.locator("#main .results mark").first).to_be_visible()
    return page


async def numbers(stage: Stage) -> Page:
    page = await stage.open("/mentors")
    await page.locator(".numbers > summary").first.click()
    await expect(page.locator(".points").first).to_be_visible()
    return page


async def rich(stage: Stage) -> Page:
    """Code, a table, a quotation and Arabic."""
    page = await stage.answered(f"rich: {MESSAGES[stage.language]} مرحبا", at=stage.scripted.address)
    await expect(page.locator("#turn-1 .table")).to_be_visible()
    return page


def of_accounts(state: Callable[[account_states.Open], Awaitable[Page]]) -> Callable[[Stage], Awaitable[Page]]:
    """Return a state of a page of accounts as the other states are."""
    return lambda stage: state(lambda path: stage.open(path, at=stage.asking))


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
    "waiting to be sent": unreachable,
    "stopped": stopped,
    "broken": broken,
    "code and table": rich,
    "asking another": asking_another,
    "redone": redone,
    "corrected": corrected,
    "editing": editing,
    "keys": keys,
    "menu": menu,
    "deleted": deleted,
    "search results": search_results,
    "search": lambda stage: stage.open("/search"),
    "history": lambda stage: stage.open("/history"),
    "numbers": numbers,
    "chosen mentor": lambda stage: stage.open("/?with=elro"),
    "offline page": lambda stage: stage.open("/offline"),
    "mentors": lambda stage: stage.open("/mentors"),
    "privacy": lambda stage: stage.open("/privacy"),
    "error codes": lambda stage: stage.open("/errors"),
    "error code": lambda stage: stage.open("/errors/idempotency_mismatch"),
    "reference": lambda stage: stage.open("/reference"),
    "not found": lambda stage: stage.open("/c/no-such-conversation"),
    **{name: of_accounts(state) for name, state in account_states.STATES.items()},
}


@pytest.fixture(scope="module")
def unused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that nobody writes to."""
    with serve(settings_in(tmp_path_factory.mktemp("unused"))) as running:
        yield running


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server where people sign in."""
    with account_states.serve_accounts(tmp_path_factory.mktemp("asking")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def stage_for(
    visit: Visit, address: str, scene: Scene, unused: str, asking: str
) -> AsyncIterator[Callable[[str], Stage]]:
    yield lambda language: Stage(visit, language, address, scene, unused, asking)
    scene.gate.set()


async def seen_in_looks(page: Page, *, every: bool = False) -> list[str]:
    """Return what is wrong in either theme, on a desk and on a phone, with the looks it is wrong in."""
    found: dict[str, list[str]] = {}
    for theme, width in _EVERY_LOOK if every else LOOKS:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 800})
        # As high as the page: what happens to be scrolled under the form is no smaller for that.
        height = await page.evaluate("document.documentElement.scrollHeight")
        await page.set_viewport_size({"width": width, "height": max(height, 800)})
        for line in await violations(page):
            found.setdefault(line, []).append(f"{theme} {width}")
    return [f"{line} [{', '.join(looks)}]" for line, looks in found.items()]


SEEN = [
    (state, language)
    for number, state in enumerate(STATES)
    for place, language in enumerate(LOCALES)
    if _MATRIX or number % len(LOCALES) == place
]


class TestEveryState:
    @pytest.mark.parametrize(("state", "language"), SEEN)
    async def test_has_nothing_that_axe_objects_to(
        self, stage_for: Callable[[str], Stage], state: str, language: str
    ) -> None:
        page = await STATES[state](stage_for(language))

        assert await page.locator("html").get_attribute("lang") == language
        found = await seen_in_looks(page)
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
        found = await seen_in_looks(page, every=True)

        assert {line.partition(" (")[0] for line in found} == {"color-contrast"}
        assert sorted(re.findall(r"(?:light|dark) \d+(?=[],])", " ".join(found))) == ["dark 1280", "dark 390"]
