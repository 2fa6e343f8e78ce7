"""What is sent while ION cannot be reached."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.servers.proxy import LosesAnswer, Proxy, passes
from tests.web.browser.steps import answered, ask, kept, write
from tests.web.conftest import ENGLISH, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEPT_HERE = """[localStorage, sessionStorage].flatMap((store) => Object.keys(store))
    .filter((name) => /^ion:(outbox|draft):/.test(name))"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });"""


async def waits(page: Page, *messages: str) -> None:
    await expect(page.locator(".turn:has(.waiting) .message")).to_have_text(list(messages))
    await expect(page.locator(".waiting").first).to_contain_text("Waiting to be sent.")


class TestOutbox:
    async def test_a_message_waits_survives_a_reload_and_is_sent_once(
        self, visit: Visit, line: Proxy, address: str
    ) -> None:
        page = await visit(line.address, color_scheme="light")
        line.cut()
        await write(page, "Sent into the void: where do I start?")
        await waits(page, "Sent into the void: where do I start?")
        await expect(page.locator("#offline")).to_contain_text("ION cannot be reached right now.")
        await expect(page.locator("#message")).to_have_value("")
        line.mend()
        line.rule = lambda method, _: LosesAnswer() if method == "POST" else None
        await page.reload()
        await waits(page, "Sent into the void: where do I start?")
        line.rule = passes
        await page.locator("[data-now]").click()
        await answered(page)

        await expect(page.locator("#offline")).to_be_hidden()
        assert (await kept(address)).count("Sent into the void: where do I start?") == 1
        await page.reload()
        await expect(page.locator(".turn")).to_have_count(1)
        await expect(page.locator("#message")).to_have_value("")
        assert await page.evaluate(KEPT_HERE) == []

    async def test_a_message_on_its_way_is_in_the_form_again_after_a_reload(self, visit: Visit, address: str) -> None:
        page = await visit(address, color_scheme="light")
        sent = asyncio.Event()

        async def hold(route: Route) -> None:
            if route.request.method == "POST":
                sent.set()
            else:
                await route.continue_()

        await page.route("**/*", hold)
        await write(page, "Neither here nor there")
        await asyncio.wait_for(sent.wait(), 15)
        await expect(page.locator("#message")).to_have_value("")
        await page.reload()

        await expect(page.locator("#message")).to_have_value("Neither here nor there")

    async def test_it_goes_by_itself_once_the_network_is_back(self, visit: Visit, line: Proxy, address: str) -> None:
        page = await visit(line.address, color_scheme="light")
        line.cut()
        await page.context.set_offline(True)
        await write(page, "By itself: where do I start?")
        await waits(page, "By itself: where do I start?")
        line.mend()
        await page.context.set_offline(False)
        await answered(page)

        assert (await kept(address)).count("By itself: where do I start?") == 1

    async def test_several_of_a_new_conversation_go_in_their_order_into_one(
        self, visit: Visit, line: Proxy, address: str
    ) -> None:
        page = await visit(line.address, color_scheme="light")
        line.cut()
        await write(page, "First of three")
        await waits(page, "First of three")
        await write(page, "Second of three")
        await waits(page, "First of three", "Second of three")
        line.mend()
        await write(page, "Third of three")
        await answered(page, 3)

        assert await page.locator(".turn .message").all_text_contents() == [
            *("First of three", "Second of three", "Third of three")
        ]
        assert (await kept(address))[:3] == ["First of three", "Second of three", "Third of three"]

    async def test_what_was_taken_without_an_answer_is_not_sent_twice(
        self, visit: Visit, line: Proxy, address: str
    ) -> None:
        page = await visit(line.address, color_scheme="light")
        line.rule = lambda method, _: LosesAnswer() if method == "POST" else None
        await write(page, "Taken, but nobody says so")
        await waits(page, "Taken, but nobody says so")
        assert (await kept(address)).count("Taken, but nobody says so") == 1
        line.rule = passes
        await page.locator("[data-now]").click()
        await answered(page)
        line.rule = lambda method, _: LosesAnswer() if method == "POST" else None
        await write(page, "And once more the same")
        await waits(page, "And once more the same")
        line.rule = passes
        await page.locator("[data-now]").click()
        await answered(page, 2)

        said = await kept(address)
        assert said.count("Taken, but nobody says so") == 1
        assert said.count("And once more the same") == 1

    async def test_two_tabs_send_it_once_and_both_show_it(self, visit: Visit, line: Proxy, address: str) -> None:
        one = await visit(line.address, color_scheme="light")
        await ask(one, ENGLISH)
        other = await visit(one.url, of=one)
        line.cut()
        await write(one, "Written in one of two tabs")
        await waits(one, "Written in one of two tabs")
        line.mend()
        # Both wish to send it.
        await other.evaluate("dispatchEvent(new Event('online'))")
        await one.evaluate("dispatchEvent(new Event('online'))")

        for page in (one, other):
            await answered(page, 2)
            await expect(page.locator(".turn")).to_have_count(2)
        assert (await kept(address)).count("Written in one of two tabs") == 1

    async def test_what_another_tab_sent_is_shown_where_it_waits(self, visit: Visit, line: Proxy, address: str) -> None:
        one = await visit(line.address, color_scheme="light")
        other = await visit(line.address, of=one)
        line.cut()
        await write(one, "The other tab sends this")
        await waits(one, "The other tab sends this")
        line.mend()
        await other.evaluate("dispatchEvent(new Event('online'))")
        await answered(one)

        assert "/c/" in one.url
        await expect(other.locator("#welcome")).to_be_visible()
        assert (await kept(address)).count("The other tab sends this") == 1

    async def test_a_message_can_be_taken_back(self, visit: Visit, line: Proxy, address: str) -> None:
        page = await visit(line.address, color_scheme="light")
        line.cut()
        await write(page, "Not after all")
        await waits(page, "Not after all")
        await page.locator("#message").fill("something else")
        await page.get_by_role("button", name="Take it back").click()
        await expect(page.locator("#message")).to_have_value("Not after all\nsomething else")
        await expect(page.locator(".turn")).to_have_count(0)
        line.mend()
        await page.reload()

        await expect(page.locator(".turn")).to_have_count(0)
        assert "Not after all" not in await kept(address)

    @pytest.mark.parametrize("storage", [FULL, FORBIDDEN], ids=["full", "forbidden"])
    async def test_where_the_browser_keeps_nothing_the_message_is_back_in_the_form(
        self, visit: Visit, line: Proxy, storage: str
    ) -> None:
        page = await visit(line.address, color_scheme="light")
        await page.add_init_script(storage)
        await page.goto(f"{line.address}/mentors?from=here")
        await page.goto(line.address)
        line.cut()
        await write(page, ENGLISH)
        await expect(page.locator("#refused")).to_contain_text("ION could not be reached.")
        await expect(page.locator("#message")).to_have_value(ENGLISH)
        await expect(page.locator("#welcome")).to_be_visible()
        line.mend()
        await page.locator("#message").press("Enter")
        await answered(page)

        await expect(page.locator("#refused")).to_be_empty()
