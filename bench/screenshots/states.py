"""Every state the page can be in, and how a visitor comes to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page, Route, expect

from bench.screenshots import texts
from bench.screenshots.serving import Kept, Scripted
from ion.language import Language

# From here on the list stands beside the page.
WIDE = 960


@dataclass(frozen=True, slots=True)
class Stage:
    """A visitor with a tab, the servers, and what is kept on them; `unused` has kept nothing."""

    page: Page
    language: Language
    width: int
    plain: str
    scripted: str
    unused: str
    model: Scripted
    kept: Kept
    without_script: BrowserContext

    async def open(self, path: str = "/", *, at: str | None = None) -> Page:
        """Open a page of the plain server, or of another one."""
        await self.page.goto(f"{at or self.plain}{path}")
        return self.page

    async def say(self, message: str, *, at: str | None = None) -> Page:
        """Begin a conversation."""
        await self.open(at=at)
        await self.page.locator("#message").fill(message)
        await self.page.locator("#send").click()
        return self.page

    async def answered(self, message: str, *, at: str | None = None) -> Page:
        """Begin a conversation and wait for the reply."""
        await self.say(message, at=at)
        await self.settled()
        return self.page

    async def settled(self, position: int = 1) -> None:
        """Wait for a reply."""
        await expect(self.page.locator(f"#turn-{position}[data-state=finished]")).to_be_visible()
        await expect(self.page.locator("#composer")).to_have_attribute("aria-busy", "false")

    async def opened_list(self) -> Page:
        """Open the drawer where the list is not beside the page anyway."""
        if self.width < WIDE:
            await self.page.locator("#conversations > details > summary").click()
        await expect(self.page.locator("#conversations .new")).to_be_visible()
        return self.page


@dataclass(frozen=True, slots=True)
class State:
    """A state: how to come to it, and whether its picture is of the whole page or of what a screen shows."""

    reach: Callable[[Stage], Awaitable[Page]]
    whole: bool = False
    media: str = ""


async def _why(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.locator("#turn-1 .why > summary").click()
    await expect(page.locator("#turn-1 .scores")).to_be_visible()
    await page.evaluate("document.activeElement.blur()")
    return page


async def _read_differently(stage: Stage) -> Page:
    page = await _why(stage)
    await page.locator("#turn-1 .differently > summary").click()
    await page.locator("#turn-1 .reread select").first.select_option("anxious")
    await page.locator("#turn-1 .reread form .button").click()
    await expect(page.locator("#turn-1 .thanks")).to_be_attached()
    await stage.settled()
    # The reading is looked at also where the page has closed it.
    await page.locator("#turn-1 .why").evaluate("(why) => (why.open = true)")
    return page


async def _nothing_corrected(stage: Stage) -> Page:
    page = await _why(stage)
    await page.locator("#turn-1 .differently > summary").click()
    await page.locator("#turn-1 .reread form .button").click()
    await expect(page.locator("#turn-1 .reread .refused")).not_to_be_empty()
    return page


async def _menu_of_mentors(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.locator("#turn-1 .again > summary").click()
    await expect(page.locator("#turn-1 .again form")).to_be_visible()
    return page


async def _another_mentor(stage: Stage) -> Page:
    page = await _menu_of_mentors(stage)
    await page.locator("#turn-1 .again li button").first.click()
    await stage.settled(2)
    return page


async def _edited(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.locator("#turn-1 [data-edit]").click()
    await expect(page.locator("#editing")).to_be_visible()
    return page


async def _drafts(stage: Stage) -> Page:
    page = await _read_differently(stage)
    await page.locator("#turn-1 .drafts > summary").click()
    return page


async def _follow_up(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.locator("#message").fill(texts.SECOND[stage.language])
    await page.locator("#send").click()
    await stage.settled(2)
    return page


async def _waiting(stage: Stage) -> Page:
    page = await stage.say(texts.SLOW[stage.language], at=stage.scripted)
    await expect(page.locator("#turn-1[data-state=writing]")).to_be_visible()
    return page


async def _streaming(stage: Stage) -> Page:
    page = await _waiting(stage)
    stage.model.go()
    await expect(page.locator("#turn-1 [data-live] li")).to_have_count(2)
    return page


async def _stopped(stage: Stage) -> Page:
    page = await _streaming(stage)
    await page.keyboard.press("Escape")
    await stage.settled()
    return page


async def _broken(stage: Stage) -> Page:
    # A reply that fails before anybody follows it is written anew for the first who does.
    async with stage.page.expect_response("**/events"):
        page = await stage.say(texts.BROKEN_MESSAGE[stage.language], at=stage.scripted)
    await expect(page.locator("#turn-1 [data-live] strong")).to_be_visible()
    stage.model.go()
    await expect(page.locator("#turn-1 .broken")).to_be_visible()
    return page


async def _interrupted(stage: Stage) -> Page:
    """Only without scripts: the page's own has it answered at once."""
    page = await stage.without_script.new_page()
    await page.set_viewport_size(stage.page.viewport_size or {"width": stage.width, "height": 800})
    await page.goto(f"{stage.plain}/c/{stage.kept.cut_off}")
    return page


async def _without_script(stage: Stage) -> Page:
    page = await stage.without_script.new_page()
    await page.goto(f"{stage.plain}/")
    await page.locator("#message").fill(texts.FIRST[stage.language])
    await page.locator("#send").click()
    await page.wait_for_url("**/c/**")
    return page


def _answered_by_a_proxy(status: int) -> Callable[[Stage], Awaitable[Page]]:
    async def refuse(route: Route) -> None:
        if route.request.method == "POST":
            await route.fulfill(status=status, headers={"Retry-After": "30"} if status == 429 else {}, body="")
        else:
            await route.continue_()

    async def reach(stage: Stage) -> Page:
        await stage.page.route("**/*", refuse)
        page = await stage.say(texts.FIRST[stage.language])
        await expect(page.locator("#refused")).not_to_be_empty()
        return page

    return reach


async def _too_long(stage: Stage) -> Page:
    page = await stage.open()
    # The browser itself takes 12 s to insert so many lines key by key.
    text = texts.lines(stage.language, 1_500)
    await page.locator("#message").evaluate("(field, text) => (field.value = text)", text)
    await page.locator("#send").click()
    await expect(page.locator("#refused")).not_to_be_empty()
    return page


async def _offline(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.route("**/*", lambda route: route.abort())
    await page.locator("#message").fill(texts.SECOND[stage.language])
    await page.locator("#send").click()
    await expect(page.locator(".waiting")).to_be_visible()
    await page.locator("#message").fill(texts.TYPED[stage.language])
    return page


async def _earlier(stage: Stage) -> Page:
    # They would come by themselves before a picture could be taken.
    await stage.page.route("**/turns?before=*", lambda route: route.abort())
    page = await stage.open(f"/c/{stage.kept.long}")
    await page.evaluate("window.scrollTo(0, 0)")
    return page


async def _help_sheet(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.evaluate("document.getElementById('help').showModal()")
    return page


async def _menu(stage: Stage) -> Page:
    page = await stage.open(f"/c/{stage.kept.listed[-1]}")
    await stage.opened_list()
    await page.locator("#days .menu summary").nth(1).click()
    await expect(page.locator("#days .menu[open] form").first).to_be_visible()
    return page


def _searched(number: int) -> Callable[[Stage], Awaitable[Page]]:
    async def reach(stage: Stage) -> Page:
        page = await stage.open()
        await stage.opened_list()
        await page.locator("#conversations [type=search]").fill(texts.SEARCHED[stage.language][number])
        await expect(page.locator("#found .count")).to_be_visible()
        return page

    return reach


async def _search_page(stage: Stage) -> Page:
    return await stage.open(f"/search?q={texts.SEARCHED[stage.language][0]}")


async def _deleted(stage: Stage) -> Page:
    page = await _menu(stage)
    await page.locator("#days .menu[open] [data-delete] button").click()
    await expect(page.locator("#toast")).to_be_visible()
    await page.locator("#toast [data-undo]").focus()
    return page


async def _deleted_open_one(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await stage.opened_list()
    await page.locator("#days .menu summary").first.click()
    await page.locator("#days .menu[open] [data-delete] button").click()
    await expect(page.locator("#toast")).to_be_visible()
    return page


async def _typed(stage: Stage) -> Page:
    page = await stage.open(f"/c/{stage.kept.listed[-1]}")
    await page.locator("#message").fill("\n".join([texts.TYPED[stage.language]] * 4))
    return page


async def _list(stage: Stage) -> Page:
    await stage.open(f"/c/{stage.kept.listed[0]}")
    return await stage.opened_list()


async def _empty_list(stage: Stage) -> Page:
    await stage.open(at=stage.unused)
    return await stage.opened_list()


async def _keyboard(stage: Stage) -> Page:
    page = await stage.answered(texts.FIRST[stage.language])
    await page.locator("#turn-1 .why > summary").focus()
    await page.keyboard.press("Tab")
    return page


STATES: dict[str, State] = {
    "empty": State(lambda stage: stage.open()),
    "chosen-mentor": State(lambda stage: stage.open("/?with=riri")),
    "typed": State(_typed),
    "waiting": State(_waiting),
    "streaming": State(_streaming),
    "stopped": State(_stopped),
    "finished": State(lambda stage: stage.answered(texts.FIRST[stage.language])),
    "follow-up": State(_follow_up),
    "keyboard": State(_keyboard),
    "why": State(_why, whole=True),
    "read-differently": State(_read_differently, whole=True),
    "nothing-corrected": State(_nothing_corrected),
    "mentors-menu": State(_menu_of_mentors, whole=True),
    "another-mentor": State(_another_mentor),
    "edited": State(_edited),
    "drafts": State(_drafts, whole=True),
    "degraded": State(lambda stage: stage.answered(texts.LATE_MESSAGE[stage.language], at=stage.scripted)),
    "crisis": State(lambda stage: stage.answered(texts.DANGER[stage.language]), whole=True),
    "rate-limited": State(_answered_by_a_proxy(429)),
    "signed-out": State(_answered_by_a_proxy(401)),
    "too-long": State(_too_long),
    "offline": State(_offline),
    "offline-page": State(lambda stage: stage.open("/offline")),
    "broken": State(_broken),
    "interrupted": State(_interrupted),
    "without-script": State(_without_script),
    "earlier": State(_earlier),
    "long-message": State(lambda stage: stage.answered(texts.lines(stage.language, 60))),
    "code": State(lambda stage: stage.answered(texts.CODE[stage.language], at=stage.scripted), whole=True),
    "right-to-left": State(lambda stage: stage.answered(texts.RIGHT_TO_LEFT[stage.language])),
    "help": State(_help_sheet),
    "list": State(_list),
    "empty-list": State(_empty_list),
    "menu": State(_menu),
    "found": State(_searched(0)),
    "found-nothing": State(_searched(1)),
    "search-page": State(_search_page),
    "deleted": State(_deleted),
    "deleted-open-one": State(_deleted_open_one),
    "history": State(lambda stage: stage.open("/history")),
    "rename": State(lambda stage: stage.open(f"/c/{stage.kept.listed[-1]}/title")),
    "mentors": State(lambda stage: stage.open("/mentors"), whole=True),
    "not-found": State(lambda stage: stage.open("/c/no-such-conversation")),
    "print": State(_why, whole=True, media="print"),
    "forced-colors": State(_why, media="forced"),
}
