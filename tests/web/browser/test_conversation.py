"""A conversation as most people have it."""

import pytest
from playwright.async_api import expect

from tests.web.browser.steps import CONVERSATION, answered, ask
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestConversation:
    async def test_a_message_is_answered_by_a_mentor_with_the_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        await ask(page, KOREAN)

        assert CONVERSATION.search(page.url)
        await expect(page.locator("#turn-1 .mentor h2")).to_have_text("Nana")
        await expect(page.locator("#turn-1 .prose ol li").first).to_be_visible()
        await expect(page.locator("#message")).to_have_value("")
        await expect(page.locator("#welcome")).to_be_hidden()
        await expect(page.locator("#conversations [aria-current=page]")).to_contain_text("배포가 내일인데")
        await page.locator("#turn-1 .why > summary").click()
        await expect(page.locator("#turn-1 .why-body")).to_contain_text("Nana(조율과 진행")
        await expect(page.locator("#turn-1 meter")).to_have_count(4)

    async def test_it_goes_on_and_can_be_loaded_again(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await ask(page, ENGLISH)
        await ask(page, "We ran it twenty times: three failures.", 2)
        shown = await page.locator("#turns").inner_text()
        await page.reload()

        assert await page.locator("#turns").inner_text() == shown

    async def test_an_example_is_sent_as_it_is_and_what_was_typed_stays(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").fill("something else")
        await page.get_by_role("button", name=ENGLISH).click()
        await answered(page)

        await expect(page.locator("#turn-1 .message")).to_have_text(ENGLISH)
        await expect(page.locator("#message")).to_be_focused()
        await expect(page.locator("#message")).to_have_value("something else")

    async def test_back_leads_to_the_beginning_and_forward_to_the_conversation(
        self, visit: Visit, address: str
    ) -> None:
        page = await visit(address)
        await ask(page, ENGLISH)
        await page.go_back()
        await expect(page.locator("#welcome")).to_be_visible()
        await page.go_forward()

        await expect(page.locator("#turn-1")).to_be_visible()

    async def test_a_chosen_mentor_answers_from_the_first_message_on(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.goto(f"{address}/?with=elro")
        await expect(page.locator(".chosen-mentor")).to_contain_text("Elro")
        await ask(page, KOREAN)
        await ask(page, "스무 번 중에 세 번 깨졌어요.", 2)

        await expect(page.locator(".turn .mentor h2")).to_have_text(["Elro", "Elro"])

    async def test_crisis_shows_the_help_lines_first_and_no_mentor(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR", width=390)
        await ask(page, DANGER["ko"])

        line = page.locator("#turn-1 a.help-line[href='tel:109']")
        await expect(line).to_be_in_viewport()
        box = await line.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        await expect(page.locator("#turn-1 .mentor")).to_have_count(0)
