"""Two tabs show one conversation."""

import pytest
from playwright.async_api import expect

from tests.web.browser.conftest import Stage
from tests.web.browser.steps import answered, ask, write
from tests.web.conftest import DANGER, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestTabs:
    async def test_one_that_is_opened_meanwhile_shows_the_same_reply(self, visit: Visit, stage: Stage) -> None:
        cue = stage.cue()
        stage.play(("First this. ", cue, "And the rest."))
        one = await visit(stage.address)
        await write(one, "Where do I start?")
        await expect(one.locator("#turn-1 [data-live]")).to_contain_text("First this.")
        other = await visit(one.url, of=one)
        await expect(other.locator("#turn-1 [data-live]")).to_contain_text("First this.")
        cue.set()

        for page in (one, other):
            await expect((await answered(page)).locator("[data-reply]")).to_have_text("First this. And the rest.")
        assert stage.actor.asked == 1

    async def test_those_opened_earlier_get_the_turn_while_it_is_written(self, visit: Visit, stage: Stage) -> None:
        cue = stage.cue()
        stage.play(("One.",), ("First this. ", cue, "And the rest."))
        one = await visit(stage.address)
        await ask(one, "Where do I start?")
        others = [await visit(one.url, of=one) for _ in range(2)]
        await write(one, "And then?")

        for page in others:
            await expect(page.locator("#turn-2 [data-live]")).to_contain_text("First this.")
        cue.set()
        for page in (one, *others):
            await expect((await answered(page, 2)).locator("[data-reply]")).to_have_text("First this. And the rest.")
            await expect(page.locator(".turn")).to_have_count(2)
            await expect(page.locator("[data-edit]")).to_have_count(1)
            told = await page.locator("#announcer p").all_text_contents()
            assert told[1:] == ["First this.", "And the rest."]

    async def test_a_reply_that_is_there_at_once_comes_to_them_too(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",))
        one = await visit(stage.address)
        await ask(one, "Where do I start?")
        other = await visit(one.url, of=one)
        await ask(one, DANGER["en"], 2)

        await expect(other.locator("#turn-2 .help-line").first).to_be_visible()

    async def test_one_with_another_conversation_stays_as_it_is(self, visit: Visit, stage: Stage) -> None:
        stage.play(("One.",))
        one = await visit(stage.address)
        other = await visit(stage.address, of=one)
        await ask(one, "Where do I start?")
        await ask(one, "And then?", 2)

        await expect(other.locator(".turn")).to_have_count(0)
        await expect(other.locator("#welcome")).to_be_visible()
