"""What can be done with a turn."""

import pytest
from playwright.async_api import Page, expect

from tests.servers.proxy import Proxy
from tests.web.browser.conftest import Stage
from tests.web.browser.steps import answered, ask, at_rest, kept, write
from tests.web.conftest import ENGLISH, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def edits(page: Page, turn: str = "#turn-1") -> None:
    await page.locator(f"{turn} [data-edit]").click()
    await expect(page.locator("#editing")).to_be_visible()


class TestRetry:
    async def test_puts_a_new_reply_in_the_place_of_the_old_which_can_be_looked_up(
        self, visit: Visit, stage: Stage
    ) -> None:
        stage.play(("The first try.",), ("The second try.",))
        page = await visit(stage.address)
        turn = await ask(page, ENGLISH)
        await turn.get_by_role("button", name="Answer again").click()
        await expect(turn.locator("[data-reply]")).to_have_text("The second try.")
        await at_rest(page)
        await expect(page.locator(".turn")).to_have_count(1)
        await turn.locator(".drafts summary").click()

        await expect(turn.locator(".draft .prose")).to_have_text("The first try.")
        assert (await kept(stage.address))[:1] == [ENGLISH]

    async def test_is_offered_of_the_last_turn_alone(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",), ("Two.",))
        page = await visit(stage.address)
        first = await ask(page, ENGLISH)
        await expect(first.locator("[data-edit], [data-act=redo]")).to_have_count(2)
        second = await ask(page, "And then?", 2)

        await expect(first.locator("[data-edit], [data-act=redo]")).to_have_count(0)
        await expect(second.locator("[data-edit], [data-act=redo]")).to_have_count(2)
        await expect(first.locator("[data-copy-reply]")).to_be_visible()


class TestEdit:
    async def test_replaces_the_message_and_its_reply(self, visit: Visit, stage: Stage) -> None:
        stage.play(("To the first words.",), ("To the others.",))
        page = await visit(stage.address)
        turn = await ask(page, "The first words")
        await page.locator("#message").fill("half a thought")
        await edits(page)
        await expect(page.locator("#message")).to_have_value("The first words")
        await expect(page.locator("#message")).to_be_focused()
        await write(page, "Other words")
        await expect(turn.locator("[data-reply]")).to_have_text("To the others.")
        await at_rest(page)

        await expect(turn.locator(".message").first).to_have_text("Other words")
        await expect(page.locator(".turn")).to_have_count(1)
        await expect(page.locator("#editing")).to_be_hidden()
        await expect(page.locator("#message")).to_have_value("half a thought")
        assert (await kept(stage.address))[:1] == ["Other words"]
        await page.reload()
        await expect(page.locator("#message")).to_have_value("half a thought")

    async def test_begins_with_the_up_key_in_the_empty_field_alone(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",))
        page = await visit(stage.address)
        await ask(page, "The first words")
        await page.locator("#message").fill("something")
        await page.locator("#message").press("ArrowUp")
        await expect(page.locator("#editing")).to_be_hidden()
        await page.locator("#message").fill("")
        await page.locator("#message").press("ArrowUp")

        await expect(page.locator("#editing")).to_be_visible()
        await expect(page.locator("#message")).to_have_value("The first words")

    @pytest.mark.parametrize("by", ["Escape", "button"])
    async def test_can_be_left_off_with_what_was_typed_before(self, visit: Visit, stage: Stage, by: str) -> None:
        stage.play(("One.",))
        page = await visit(stage.address)
        turn = await ask(page, "The first words")
        await page.locator("#message").fill("half a thought")
        await edits(page)
        await page.locator("#message").fill("Other words")
        if by == "button":
            await page.get_by_role("link", name="Keep it as it was").click()
        else:
            await page.keyboard.press(by)

        await expect(page.locator("#editing")).to_be_hidden()
        await expect(page.locator("#message")).to_have_value("half a thought")
        await expect(page.locator("#message")).to_be_focused()
        await expect(turn.locator(".message")).to_have_text("The first words")

    async def test_goes_on_where_it_could_not_be_sent(self, visit: Visit, stage: Stage, stage_line: Proxy) -> None:
        stage.play(("One.",), ("Two.",))
        page = await visit(stage_line.address)
        turn = await ask(page, "The first words")
        await edits(page)
        stage_line.cut()
        await write(page, "Other words")
        await expect(page.locator("#refused")).not_to_be_empty()
        await expect(page.locator("#editing")).to_be_visible()
        await expect(page.locator("#message")).to_have_value("Other words")
        stage_line.mend()
        await page.locator("#message").press("Enter")
        await expect(turn.locator("[data-reply]")).to_have_text("Two.")

        await expect(page.locator(".turn")).to_have_count(1)


class TestReading:
    async def test_differently_redoes_the_reply_and_keeps_the_correction(self, visit: Visit, stage: Stage) -> None:
        stage.play(("As it was read.",), ("As it was meant.",))
        page = await visit(stage.address)
        turn = await ask(page, ENGLISH)
        await turn.locator(".why > summary").click()
        await turn.locator(".differently > summary").click()
        await turn.locator("select[name=tone]").select_option("anxious")
        await turn.get_by_role("button", name="Read it this way").click()
        await expect(turn.locator("[data-reply]")).to_have_text("As it was meant.")
        await at_rest(page)

        await expect(turn.locator(".why-body")).to_be_visible()
        await expect(turn.locator(".thanks")).to_be_visible()
        await expect(turn.locator(".corrected dd").first).to_have_text("a worried tone")
        await expect(turn.locator(".drafts")).to_have_count(1)

    async def test_without_a_choice_says_in_the_form_what_is_missing(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",))
        page = await visit(stage.address)
        turn = await ask(page, ENGLISH)
        await turn.locator(".why > summary").click()
        await turn.locator(".differently > summary").click()
        await turn.get_by_role("button", name="Read it this way").click()

        await expect(turn.locator(".reread [data-said]")).to_contain_text("Nothing was chosen yet.")
        await expect(page.locator("#refused")).to_be_empty()

    async def test_of_an_older_turn_leaves_the_last_one_what_is_its_own(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",), ("Two.",), ("Three.",))
        page = await visit(stage.address)
        first = await ask(page, ENGLISH)
        await ask(page, "And then?", 2)
        await first.locator(".why > summary").click()
        await first.locator(".differently > summary").click()
        await first.locator("select[name=tone]").select_option("anxious")
        await first.get_by_role("button", name="Read it this way").click()
        await expect(first.locator("[data-reply]")).to_have_text("Three.")
        await at_rest(page)

        await expect(page.locator("#turn-2 [data-edit]")).to_have_count(1)
        await expect(page.locator("#turn-1 [data-edit]")).to_have_count(0)


class TestAnotherMentor:
    async def test_answers_the_same_message_in_a_turn_of_its_own(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One view.",), ("Another view.",))
        page = await visit(stage.address)
        turn = await ask(page, ENGLISH)
        await turn.locator(".again > summary").click()
        await turn.locator(".again button[value=riri]").click()
        other = await answered(page, 2)

        await expect(other.locator(".asked-again")).to_have_text("You asked Riri about the same message")
        await expect(other.locator(".mentor h2")).to_have_text("Riri")
        await expect(other.locator("[data-reply]")).to_have_text("Another view.")
        await expect(turn.locator("[data-reply]")).to_have_text("One view.")
        await other.locator(".why > summary").click()
        await expect(other.locator(".why-body p").first).to_contain_text("Riri")
        await expect(page.locator(".turn")).to_have_count(2)


class TestCopy:
    async def test_puts_the_replys_words_on_the_clipboard(self, visit: Visit, stage: Stage) -> None:
        stage.play(("Look at **one** test.\n\n1. run it\n\n```py\nx = 1\n```\n\n그다음에 봐요 👩🏽‍💻.",))
        page = await visit(stage.address, permissions=["clipboard-read", "clipboard-write"])
        turn = await ask(page, ENGLISH)
        await turn.locator("[data-copy-reply]").click()
        await expect(turn.locator("[data-copy-reply]")).to_have_text("Copied")
        await page.locator("#message").press("Control+V")
        copied = await page.locator("#message").input_value()

        for words in ("Look at one test.", "run it", "x = 1", "그다음에 봐요 👩🏽‍💻."):
            assert words in copied
        assert "Copy" not in copied
        await expect(turn.locator(".prose [data-copy]")).to_be_visible()
        await expect(turn.locator("[data-copy-reply]")).to_have_text("Copy")
