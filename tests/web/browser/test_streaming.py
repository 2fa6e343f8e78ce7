"""A reply while it is written."""

import pytest
from playwright.async_api import Page, expect

from ion.llm import ModelError
from tests.web.browser.conftest import Stage
from tests.web.browser.steps import CONVERSATION, TWO_FRAMES, answered, write
from tests.web.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
PIECES = (
    "## First\n\nLook at **one** test. ",
    "Then at `two`.\n\n| test | fails |\n|---|--:|\n| a | 3 |\n\n",
    "1. run it alone\n2. read the log\n\n```py\nx = 1\n```\n\n",
    "Tell me [what](https://example.org/a) you see.",
)
SAID = ["Look at one test.", "Then at two.", "run it alone", "read the log", "x = 1", "Tell me what you see."]
# The last that was shown before the whole turn took its place, with the open end taken out.
WATCH = """() => {
    const live = document.querySelector("[data-live]");
    new MutationObserver(() => {
        const copy = live.cloneNode(true);
        copy.querySelector("[data-tail]").replaceWith(...copy.querySelector("[data-tail]").childNodes);
        window.lastShown = copy.innerHTML.trim();
    }).observe(live, { childList: true, subtree: true, characterData: true });
}"""


async def spoken(page: Page) -> list[str]:
    said: list[str] = await page.locator("#announcer p").all_text_contents()
    return said


class TestReply:
    async def test_the_name_comes_first_then_the_text_as_it_will_stay(self, visit: Visit, stage: Stage) -> None:
        cues = [stage.cue() for _ in PIECES]
        stage.play(tuple(part for pair in zip(cues, PIECES, strict=True) for part in pair))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        live = page.locator("#turn-1 [data-live]")
        await expect(page.locator("#turn-1 .mentor h2")).not_to_be_empty()
        await expect(live).to_be_visible()
        await expect(page.locator("#message")).to_have_value("")
        assert CONVERSATION.search(page.url)
        await page.evaluate(WATCH)

        cues[0].set()
        await expect(live.locator("strong")).to_have_text("one")
        cues[1].set()
        await expect(live.locator("td")).to_have_text(["a", "3"])
        cues[2].set()
        await expect(live.locator("ol li")).to_have_text(["run it alone", "read the log"])
        cues[3].set()
        turn = await answered(page)
        final = await turn.locator("[data-reply]").inner_html()

        assert await page.evaluate("window.lastShown") == final.strip()
        await expect(turn.locator(".engine")).to_contain_text("Language model test:actor")

    async def test_every_sentence_is_told_once_in_order(self, visit: Visit, stage: Stage) -> None:
        words = [word for piece in PIECES for word in piece.split(" ")]
        stage.play((*(f"{word} " for word in words[:-1]), words[-1]))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        turn = await answered(page)
        name, *told = await spoken(page)

        assert name == await turn.locator(".mentor h2").inner_text()
        assert [line for line in told if line in SAID] == SAID
        assert len(told) == len(set(told))
        assert "Copy" not in " ".join(told)

    async def test_marks_that_close_later_do_not_garble_what_is_told(self, visit: Visit, stage: Stage) -> None:
        cues = [stage.cue(), stage.cue()]
        stage.play(("It is **simple. ", cues[0], "Really** so. ", cues[1], "Try it."))
        page = await visit(stage.address)
        await write(page, "How?")
        await expect(page.locator("#announcer")).to_contain_text("simple.")
        for cue in cues:
            cue.set()
        await answered(page)

        assert (await spoken(page))[2:] == ["Really so.", "Try it."]

    async def test_a_step_down_is_said(self, visit: Visit, stage: Stage) -> None:
        stage.play((ModelError("timeout", transient=False),))
        page = await visit(stage.address, locale="ko-KR")
        await write(page, "배포가 내일인데 테스트가 랜덤으로 깨져요.")
        turn = await answered(page)

        await expect(turn.locator(".notice")).to_have_text(
            "오프라인 멘토가 답했어요 (언어 모델이 제때 답하지 않았어요)."
        )


class TestStop:
    @pytest.mark.parametrize("by", ["button", "Escape"])
    async def test_keeps_the_text_so_far(self, visit: Visit, stage: Stage, by: str) -> None:
        stage.play(("This much is there. ", stage.cue(), "And this is not."), ("Another reply.",))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much is there.")
        if by == "button":
            await page.get_by_role("button", name="Stop").click()
        else:
            await page.keyboard.press(by)
        turn = await answered(page)

        await expect(turn.locator("[data-reply]")).to_have_text("This much is there.")
        await expect(turn).to_contain_text("Stopped here, as you asked.")
        await expect(page.locator("#stop")).to_be_hidden()
        await expect(page.locator("#message")).to_be_focused()
        await page.reload()
        await expect(page.locator("#turn-1 [data-reply]")).to_have_text("This much is there.")
        await write(page, "Then go on.")
        await answered(page, 2)

    async def test_before_the_first_word_is_said_and_can_be_answered_again(self, visit: Visit, stage: Stage) -> None:
        stage.play((stage.cue(), "Too late."), ("Now then.",))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        await page.locator("#stop").click()
        turn = await answered(page)
        await expect(turn).to_contain_text("Stopped before the first word, as you asked.")
        await turn.get_by_role("button", name="Answer again").click()
        await expect(page.locator("#turn-1 [data-reply]")).to_have_text("Now then.")

    async def test_escape_does_nothing_where_nothing_is_written(self, visit: Visit, stage: Stage) -> None:
        stage.play(("All of it.",))
        page = await visit(stage.address)
        await write(page, "Where do I start?")
        await answered(page)
        posted: list[str] = []
        page.on("request", lambda request: posted.append(request.url))
        await page.keyboard.press("Escape")
        await page.evaluate(TWO_FRAMES)

        assert posted == []
