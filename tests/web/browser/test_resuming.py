"""A reply that goes on over reloads, lost connections, restarts and faults."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.servers.ion import free_port, ion_server
from tests.servers.misbehaving import Answer, misbehaving_server
from tests.servers.proxy import Proxy
from tests.web.browser.conftest import Stage
from tests.web.browser.steps import answered, kept, write
from tests.web.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestReload:
    async def test_shows_what_there_is_at_once_and_goes_on(self, visit: Visit, stage: Stage) -> None:
        cue, last = stage.cue(), stage.cue()
        stage.play(("First this. ", "Then **that**.\n\n", cue, "And the rest.\n\n", last, "The end."))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("Then that.")
        await page.reload(wait_until="commit")
        # Before any script has asked for it: it is in the page.
        html = await (await page.request.get(page.url)).text()
        assert "Then <strong>that</strong>." in html

        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("Then that.")
        await expect(page.locator("#stop")).to_be_visible()
        cue.set()
        await expect(page.locator("#turn-1 [data-live] p")).to_have_text(["First this. Then that.", "And the rest."])
        last.set()
        turn = await answered(page)
        await expect(turn.locator("[data-reply] p")).to_have_text(
            ["First this. Then that.", "And the rest.", "The end."]
        )
        assert stage.actor.asked == 1


class TestConnection:
    async def test_lost_for_a_moment_is_said_and_nothing_is_shown_twice(
        self, visit: Visit, stage: Stage, stage_line: Proxy
    ) -> None:
        cue, last = stage.cue(), stage.cue()
        stage.play(("First this.\n\n", cue, "Meanwhile that.\n\n", last, "And the rest."))
        page = await visit(stage_line.address)
        await write(page, "Where do I start?")
        live = page.locator("#turn-1 [data-live]")
        await expect(live).to_contain_text("First this.")
        stage_line.cut()
        await expect(page.locator("#offline")).to_be_visible()
        cue.set()
        stage_line.mend()
        await expect(live.locator("p")).to_have_text(["First this.", "Meanwhile that."])
        await expect(page.locator("#offline")).to_be_hidden()
        last.set()
        turn = await answered(page)

        await expect(turn.locator("[data-reply] p")).to_have_text(["First this.", "Meanwhile that.", "And the rest."])
        told = await page.locator("#announcer p").all_text_contents()
        assert told[1:] == ["First this.", "Meanwhile that.", "And the rest."]
        assert stage.actor.asked == 1

    async def test_that_comes_back_after_the_end_shows_the_whole_reply(
        self, visit: Visit, stage: Stage, stage_line: Proxy
    ) -> None:
        cue = stage.cue()
        stage.play(("First this. ", cue, "And the rest."))
        page = await visit(stage_line.address)
        await write(page, "Where do I start?")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("First this.")
        stage_line.cut()
        await expect(page.locator("#offline")).to_be_visible()
        cue.set()
        stage_line.mend()
        turn = await answered(page)

        await expect(turn.locator("[data-reply]")).to_have_text("First this. And the rest.")


class TestServer:
    async def test_killed_while_it_writes_and_started_again_answers_after_all(
        self, visit: Visit, tmp_path: Path
    ) -> None:
        port = free_port()
        pieces = ("Begun before ", "the end. ", "Done.")
        whole = Answer(pieces=("A new reply. ", "This one is whole."))
        with misbehaving_server(Answer(pieces=pieces, hang_after=2), whole) as model:
            environ = {
                "ION_LLM__MODEL": "openai:any",
                "ION_LLM__BASE_URL": model.base_url,
                "ION_LLM__API_KEY": "none",
                "ION_RESONANCE__MODEL": "fast",
            }
            with ion_server(tmp_path, environ, port=port) as server:
                page = await visit(server.address)
                await write(page, "Where do I start?")
                await expect(page.locator("#turn-1 [data-live]")).to_contain_text("Begun before the end.")
                server.process.kill()
                server.process.wait()
                await expect(page.locator("#offline")).to_be_visible()
            with ion_server(tmp_path, environ, port=port) as server:
                turn = await answered(page)

                await expect(turn.locator("[data-reply]")).to_have_text("A new reply. This one is whole.")
                await expect(page.locator("#offline")).to_be_hidden()
                told = await page.locator("#announcer p").all_text_contents()
                assert told[-2:] == ["A new reply.", "This one is whole."]
                assert await kept(server.address) == ["Where do I start?"]
                await page.goto("about:blank")


class TestFault:
    async def test_is_said_and_loading_again_has_it_answered(self, visit: Visit, stage: Stage) -> None:
        more, fault = stage.cue(), stage.cue()
        stage.play(("This much and ", more, "more", fault, RuntimeError("the process fell over")), ("Well now.",))
        page = await visit(stage.address)
        await write(page, "What now?")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much and")
        await page.locator("#message").fill("what I type meanwhile")
        more.set()
        # The page listens by now: whoever comes after the fault has the reply written anew.
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much and more")
        fault.set()
        await expect(page.locator("#turn-1 .broken")).to_contain_text("Your message is kept")
        await expect(page.locator("#stop")).to_be_hidden()
        await page.locator("#turn-1 .broken a").click()
        turn = await answered(page)

        await expect(turn.locator(".message")).to_have_text("What now?")
        await expect(turn.locator("[data-reply]")).to_have_text("Well now.")
        await expect(page.locator("#message")).to_have_value("what I type meanwhile")
