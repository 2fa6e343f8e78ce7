"""What becomes of what is typed, until it is sent."""

import pytest
from playwright.async_api import expect

from tests.web.browser.conftest import Stage
from tests.web.browser.steps import TWO_FRAMES, answered, at_rest, messages_of, write
from tests.web.composing import CHROME_WINDOWS, REPLAY, SAFARI, SEQUENCES
from tests.web.conftest import ENGLISH, KOREAN, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


class TestHangul:
    @pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
    async def test_every_browsers_enter_sends_once_and_whole(self, visit: Visit, address: str, sequence: str) -> None:
        page = await visit(address, locale="ko-KR")
        sent = messages_of(page)
        await page.locator("#message").fill("테스트가 깨져")
        await page.evaluate(REPLAY, sequence)
        await answered(page)
        await page.evaluate(TWO_FRAMES)

        assert sent == ["테스트가 깨져요"]
        await expect(page.locator("#message")).to_have_value("")

    @pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
    async def test_while_the_page_is_busy_nothing_is_sent_and_nothing_lost(
        self, visit: Visit, stage: Stage, sequence: str
    ) -> None:
        cue = stage.cue()
        stage.play(("One moment. ", cue, "Done."), ("And that too.",))
        page = await visit(stage.address, locale="ko-KR")
        sent = messages_of(page)
        await write(page, "first")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("One moment.")
        await page.locator("#message").fill("테스트가 깨져")
        await page.evaluate(REPLAY, sequence)
        await page.evaluate(TWO_FRAMES)
        assert (await page.locator("#message").input_value()).strip() == "테스트가 깨져요"
        assert sent == ["first"]
        cue.set()
        await answered(page)
        await page.locator("#message").press("Enter")
        await answered(page, 2)

        assert [message.strip() for message in sent] == ["first", "테스트가 깨져요"]

    async def test_an_input_methods_own_events_send_the_whole_message_once(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        sent = messages_of(page)
        await page.locator("#message").focus()
        keyboard = await page.context.new_cdp_session(page)
        await page.keyboard.insert_text("테스트가 깨져")
        for composing in ("ㅇ", "요"):
            await keyboard.send("Input.imeSetComposition", {"text": composing, "selectionStart": 1, "selectionEnd": 1})
        # This is what an input method sends for Enter: the key as 229, then the syllable as final text.
        enter = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
        await keyboard.send("Input.dispatchKeyEvent", enter)
        assert sent == []
        await keyboard.send("Input.insertText", {"text": "요"})
        await answered(page)

        assert sent == ["테스트가 깨져요"]
        await expect(page.locator("#message")).to_have_value("")

    @pytest.mark.parametrize("sequence", [CHROME_WINDOWS, SAFARI], ids=["windows", "safari"])
    async def test_an_enter_that_picks_a_japanese_candidate_sends_nothing(
        self, visit: Visit, address: str, sequence: str
    ) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.evaluate(REPLAY, sequence.replace("ㅇ", "とうきょう").replace("요", "東京"))
        await page.evaluate(TWO_FRAMES)

        await expect(page.locator("#message")).to_have_value("東京")
        assert sent == []


class TestEnter:
    async def test_twice_sends_once(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.locator("#message").fill(ENGLISH)
        await page.locator("#message").dispatch_event("keydown", {"key": "Enter"})
        await page.locator("#message").dispatch_event("keydown", {"key": "Enter"})
        await answered(page)
        await page.locator("#message").press("Enter")
        await page.evaluate(TWO_FRAMES)

        await expect(page.locator("#turns .turn")).to_have_count(1)
        assert sent == [ENGLISH]

    async def test_with_shift_is_a_new_line(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.locator("#message").press_sequentially("one")
        await page.locator("#message").press("Shift+Enter")
        await page.locator("#message").press_sequentially("two")

        await expect(page.locator("#message")).to_have_value("one\ntwo")
        assert sent == []

    async def test_of_a_keyboard_on_glass_is_a_new_line_and_the_button_sends(self, visit: Visit, address: str) -> None:
        page = await visit(address, width=390, has_touch=True, is_mobile=True)
        sent = messages_of(page)
        await page.locator("#message").tap()
        await page.locator("#message").press_sequentially("one")
        await page.locator("#message").press("Enter")
        await page.locator("#message").press_sequentially("two")
        await expect(page.locator("#message")).to_have_value("one\ntwo")
        assert sent == []
        await page.locator("#send").tap()
        await answered(page)

        # Forms send their lines with CR LF; the message is kept as it was typed.
        assert await page.locator("#turn-1 .message").inner_text() == "one\ntwo"

    async def test_in_an_empty_form_sends_nothing(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator("#message")).to_be_focused()
        await write(page, "  \n ")
        await page.evaluate(TWO_FRAMES)

        assert sent == []


class TestWhatWasTyped:
    async def test_survives_a_reload(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").fill("half a thought")
        await page.reload()

        await expect(page.locator("#message")).to_have_value("half a thought")

    async def test_is_gone_once_it_was_sent(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await write(page, ENGLISH)
        await answered(page)
        await page.reload()

        await expect(page.locator("#message")).to_have_value("")
        await page.goto(address)
        await expect(page.locator("#message")).to_have_value("")

    async def test_comes_back_with_the_reason_where_it_is_refused(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        long = "길" * 100_001
        await write(page, long)

        await expect(page.locator("#refused")).to_contain_text("글이 너무 길어요.")
        assert await page.locator("#message").input_value() == long
        await expect(page.locator("#welcome")).to_be_visible()
        assert page.url == f"{address}/"
        await write(page, KOREAN)
        await answered(page)
        await expect(page.locator("#refused")).to_be_empty()

    async def test_while_a_reply_comes_stays_for_the_next_message(self, visit: Visit, stage: Stage) -> None:
        cue = stage.cue()
        stage.play(
            ("First. ", cue, "Second."),
        )
        page = await visit(stage.address)
        sent = messages_of(page)
        await write(page, "one")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("First.")
        await write(page, "two")
        cue.set()
        await at_rest(page)

        await expect(page.locator("#message")).to_have_value("two")
        assert sent == ["one"]
