"""What holds of the page as such: keys, focus, sizes, and what a reader's system asks for."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.web.browser.steps import ask
from tests.web.conftest import ENGLISH, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOO_LOW = """[...document.querySelectorAll("a:not(.skip):not(.prose a), button, summary, textarea, select")]
    .filter((each) => each.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
    .map((each) => [each.className || each.id || each.tagName, Math.round(each.getBoundingClientRect().height)])
    .filter(([, height]) => height < 44)"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# The name of what has the focus, and whether that can be seen.
FOCUSED = """(() => {
    const one = document.activeElement;
    const ring = [one, one.closest(".field")].some((each) => each && getComputedStyle(each).outlineStyle !== "none");
    return [one.id || one.className || one.textContent.trim().slice(0, 12), ring];
})()"""
MOVING = """[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => /animation|transition/.test(rule.cssText)).length"""


class TestKeys:
    async def test_slash_leads_to_the_form_and_is_a_letter_in_it(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").blur()
        await page.keyboard.press("/")
        await expect(page.locator("#message")).to_be_focused()
        await page.keyboard.press("/")
        await page.keyboard.press("?")

        await expect(page.locator("#message")).to_have_value("/?")
        await expect(page.locator("#help")).to_be_hidden()

    async def test_the_help_sheet_is_a_dialog_that_gives_the_focus_back(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#keys").focus()
        await page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keyboard")
        await expect(sheet).to_be_visible()
        assert await page.evaluate("document.getElementById('help').matches(':modal')")
        await page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()
        await expect(page.locator("#keys")).to_be_focused()
        await page.locator("#keys").click()
        await sheet.get_by_role("button", name="Close").click()

        await expect(page.locator("#keys")).to_be_focused()

    async def test_single_keys_can_be_switched_off_and_stay_off(self, visit: Visit, address: str) -> None:
        page = await visit(address, color_scheme="light")
        await page.locator("#keys").click()
        await page.get_by_label("Use the single keys / and ?").uncheck()
        await page.keyboard.press("Escape")
        await page.reload()
        await page.locator("#message").blur()
        for key in ("/", "?"):
            await page.keyboard.press(key)
            await expect(page.locator("#message")).not_to_be_focused()
            await expect(page.locator("#help")).to_be_hidden()
        await page.locator("#keys").click()

        await expect(page.get_by_label("Use the single keys / and ?")).not_to_be_checked()

    async def test_everything_is_reached_in_order_and_shows_where_it_is(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="en-GB")
        reached: list[tuple[str, bool]] = []
        # From the form on, once round, past every conversation of the list.
        while len(reached) < 100 and ("message", True) not in reached:
            await page.keyboard.press("Tab")
            name, ring = await page.evaluate(FOCUSED)
            reached.append((name, ring))
        names = [name for name, _ in reached]
        start = names.index("skip")

        assert names[start : start + 3] == ["skip", "brand", "new"]
        assert names.index("한국어") < names.index("English") < names.index("I got the of") < names.index("message")
        assert [name for name, ring in reached[start:] if not ring] == []


class TestSizes:
    @pytest.mark.parametrize("width", [320, 640, 1280])
    async def test_no_width_scrolls_sideways(self, visit: Visit, address: str, width: int) -> None:
        page = await visit(address, locale="ko-KR", width=width)
        widths = [await page.evaluate(OVERFLOW)]
        await ask(page, "x" * 300 + " https://example.org/" + "very-long/" * 30 + " 이 로그는 왜 이럴까요?")
        await page.locator("#turn-1 .why > summary").click()
        widths.append(await page.evaluate(OVERFLOW))
        await page.goto(f"{address}/mentors")
        widths.append(await page.evaluate(OVERFLOW))

        assert widths == [0, 0, 0]

    async def test_at_twice_the_size_everything_can_be_used(self, visit: Visit, address: str) -> None:
        page = await visit(address, color_scheme="light", device_scale_factor=2)
        await page.set_viewport_size({"width": 640, "height": 400})
        turn = await ask(page, ENGLISH)

        assert await page.evaluate(OVERFLOW) == 0
        await expect(turn.locator(".mentor")).to_be_in_viewport()
        await expect(page.locator("#send")).to_be_in_viewport()
        await turn.locator(".why > summary").click()
        await turn.locator(".differently > summary").click()
        await turn.get_by_role("button", name="Read it this way").scroll_into_view_if_needed()
        await expect(turn.get_by_role("button", name="Read it this way")).to_be_in_viewport()

    async def test_whatever_can_be_tapped_is_44_pixels_high(self, visit: Visit, address: str) -> None:
        page = await visit(address, width=390)
        low = await page.evaluate(TOO_LOW)
        turn = await ask(page, ENGLISH)
        await turn.locator(".why > summary").click()
        await turn.locator(".differently > summary").click()
        await turn.locator(".again > summary").click()
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            low += await page.evaluate(TOO_LOW)

        assert low == []

    async def test_the_list_is_a_drawer_on_a_phone_and_open_beside_a_wide_page(
        self, visit: Visit, address: str
    ) -> None:
        phone = await visit(address, width=390)
        wide = await visit(address)
        await expect(phone.locator("#conversations .new")).to_be_hidden()
        await phone.locator("#conversations > details > summary").click()

        await expect(phone.locator("#conversations .new")).to_be_in_viewport()
        await expect(wide.locator("#conversations .new")).to_be_in_viewport()
        await expect(wide.locator("#conversations > details > summary")).to_be_hidden()


class TestLooks:
    async def test_the_language_is_remembered(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("What shall we look at first?")
        await page.goto(f"{address}/mentors")

        await expect(page.locator("html")).to_have_attribute("lang", "en")

    async def test_the_theme_goes_round_and_is_remembered(self, visit: Visit, address: str) -> None:
        page = await visit(address, color_scheme="light")
        paper = "getComputedStyle(document.documentElement).backgroundColor"
        seen = {}
        for theme in ("light", "dark", "auto"):
            await page.locator(".theme").click()
            await expect(page.locator("html")).to_have_attribute("data-theme", theme)
            await page.goto(f"{address}/mentors")
            await expect(page.locator("html")).to_have_attribute("data-theme", theme)
            seen[theme] = await page.evaluate(paper)

        assert seen["light"] == seen["auto"] != seen["dark"]

    async def test_nothing_moves_of_itself(self, visit: Visit, address: str) -> None:
        page = await visit(address, reduced_motion="reduce")
        await ask(page, ENGLISH)

        assert await page.evaluate(MOVING) == 0
        assert await page.evaluate("document.getAnimations().length") == 0

    async def test_forced_colours_leave_buttons_and_bars_to_be_seen(self, visit: Visit, address: str) -> None:
        page = await visit(address, forced_colors="active", color_scheme="dark")
        turn = await ask(page, ENGLISH)
        await turn.locator(".why > summary").click()

        assert await _edges(page, "#send") == "solid"
        assert await _edges(page, "#turn-1 meter >> nth=0") == "solid"
        assert await _edges(page, "#turn-1 .message") == "solid"

    async def test_print_leaves_out_what_is_only_for_the_screen(self, visit: Visit, address: str) -> None:
        page = await visit(address, color_scheme="dark")
        turn = await ask(page, ENGLISH)
        await page.emulate_media(media="print")

        for only_here in ("#composer", ".site", "#turn-1 [data-copy-reply]"):
            await expect(page.locator(only_here)).to_be_hidden()
        await expect(turn.locator(".prose")).to_be_visible()
        assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


async def _edges(page: Page, selector: str) -> Any:
    return await page.locator(selector).evaluate("(one) => getComputedStyle(one).borderTopStyle")
