"""The page without JavaScript: forms post, and the server answers with whole pages."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.web.browser.conftest import Stage
from tests.web.browser.steps import write
from tests.web.conftest import ENGLISH, KOREAN, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def submit(page: Page, message: str, position: int = 1) -> None:
    await page.locator("#message").fill(message)
    await page.locator("#send").click()
    await page.wait_for_url(re.compile(rf"/c/[0-9a-f-]{{36}}#turn-{position}$"))


class TestReadingAndSending:
    async def test_a_conversation_with_the_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR", js=False)
        await submit(page, KOREAN)
        await expect(page.locator("#turn-1 .mentor h2")).to_have_text("Nana")
        await page.locator("#turn-1 .why > summary").click()
        await expect(page.locator("#turn-1 .scores")).to_be_visible()
        await submit(page, "스무 번 중에 세 번 깨졌어요.", 2)

        await expect(page.locator("#turn-2 .prose")).to_be_visible()

    async def test_an_example_is_a_button(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.get_by_role("button", name=ENGLISH).click()

        await expect(page.locator("#turn-1 .message")).to_have_text(ENGLISH)

    async def test_an_empty_message_is_answered_with_a_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.locator("#send").click()

        await expect(page.locator("#refused")).to_contain_text("There is nothing in it yet.")

    async def test_a_mentor_can_be_chosen(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.goto(f"{address}/mentors")
        await page.get_by_role("link", name="Write to Elro").click()
        await expect(page.locator(".chosen-mentor")).to_contain_text("Elro")
        await submit(page, KOREAN)

        await expect(page.locator("#turn-1 .mentor h2")).to_have_text("Elro")

    async def test_a_button_that_needs_a_script_is_not_there(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await submit(page, ENGLISH)

        for button in ("[data-copy-reply]", "#keys", "#stop"):
            await expect(page.locator(button)).to_be_hidden()


class TestActions:
    async def test_read_differently(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await submit(page, ENGLISH)
        await page.locator("#turn-1 .why > summary").click()
        await page.locator("#turn-1 .differently > summary").click()
        await page.get_by_role("button", name="Read it this way").click()
        await expect(page.locator("#turn-1 .reread [data-said]")).to_contain_text("Nothing was chosen yet.")
        await page.locator("#turn-1 select[name=tone]").select_option("anxious")
        await page.get_by_role("button", name="Read it this way").click()

        await expect(page.locator("#turn-1 .corrected dd").first).to_have_text("a worried tone")
        await expect(page.locator("#turn-1 .drafts")).to_have_count(1)

    async def test_ask_another_mentor(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await submit(page, ENGLISH)
        await page.locator("#turn-1 .again > summary").click()
        await page.locator("#turn-1 .again button[value=riri]").click()

        await expect(page.locator("#turn-2 .asked-again")).to_have_text("You asked Riri about the same message")

    async def test_answer_again(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await submit(page, ENGLISH)
        await page.get_by_role("button", name="Answer again").click()

        await expect(page.locator("#turn-1 .drafts")).to_have_count(1)
        await expect(page.locator(".turn")).to_have_count(1)

    async def test_edit(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await submit(page, ENGLISH)
        await page.get_by_role("link", name="Edit my message").click()
        await expect(page.locator("#message")).to_have_value(ENGLISH)
        await expect(page.locator("#editing")).to_be_visible()
        await submit(page, "Other words: where do I start?")

        await expect(page.locator(".turn")).to_have_count(1)
        await expect(page.locator("#turn-1 .message").first).to_have_text("Other words: where do I start?")


class TestUnfinished:
    async def test_a_reply_can_be_looked_at_again_and_stopped(self, visit: Visit, stage: Stage) -> None:
        cue = stage.cue()
        stage.play(("This much is there. ", cue, "And the rest."))
        page = await visit(stage.address)
        await write(page, ENGLISH)
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much is there.")
        plain = await visit(page.url, js=False)
        await expect(plain.locator("#turn-1 .prose")).to_contain_text("This much is there.")
        await plain.get_by_role("link", name="Reload").click()
        await expect(plain.locator("#turn-1 .prose")).to_contain_text("This much is there.")
        await plain.get_by_role("button", name="Stop").click()

        await expect(plain.locator("#turn-1")).to_contain_text("Stopped here, as you asked.")
        await expect(plain.locator("#turn-1 .prose")).to_have_text("This much is there.")


class TestChoices:
    async def test_language_and_theme_stay(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR", js=False)
        await page.get_by_role("link", name="English").click()
        await page.locator(".theme").click()
        await page.locator(".theme").click()
        await page.goto(f"{address}/mentors")

        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
