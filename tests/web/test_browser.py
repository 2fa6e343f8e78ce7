import json
import re

import pytest
from playwright.async_api import Page, Request, expect

from tests.web.composing import CHROME_MACOS, CHROME_WINDOWS, FIREFOX, REPLAY, SAFARI
from tests.web.conftest import DANGER, ENGLISH, KOREAN, Scene, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOO_LOW = """[...document.querySelectorAll("a:not(.skip):not(.prose a), button, summary, textarea")]
    .filter((each) => each.checkVisibility({ contentVisibilityAuto: true }))
    .map((each) => [each.className || each.tagName, Math.round(each.getBoundingClientRect().height)])
    .filter(([, height]) => height < 44)"""
# The name of what has the focus, and whether that can be seen.
FOCUSED = """(() => {
    const one = document.activeElement;
    const ring = [one, one.closest(".field")].some((each) => each && getComputedStyle(each).outlineStyle !== "none");
    return [one.id || one.className || one.textContent.trim().slice(0, 12), ring];
})()"""
CONVERSATION = re.compile(r"/c/[0-9a-f-]{36}$")


def messages_of(page: Page) -> list[str]:
    """Return the messages that this page sends, as they are sent."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/messages"):
            sent.append(str(json.loads(request.post_data or "{}")["content"]))

    page.on("request", note)
    return sent


async def answered(page: Page, position: int = 1) -> None:
    await expect(page.locator(f"#turn-{position}[data-state=finished]")).to_be_visible()
    await expect(page.locator("#composer")).to_have_attribute("aria-busy", "false")


async def send(page: Page, message: str) -> None:
    await page.locator("#message").fill(message)
    await page.locator("#message").press("Enter")


class TestConversation:
    async def test_a_message_is_answered_by_a_mentor_with_the_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        await send(page, KOREAN)
        await answered(page)

        assert CONVERSATION.search(page.url)
        await expect(page.locator("#turn-1 .mentor h2")).to_have_text("Nana")
        await expect(page.locator("#turn-1 .prose ol li").first).to_be_visible()
        await expect(page.locator("#message")).to_have_value("")
        await expect(page.locator("#welcome")).to_be_hidden()
        await expect(page.locator("#conversations [aria-current=page]")).to_contain_text("배포가 내일인데")
        await page.locator("#turn-1 .why summary").click()
        await expect(page.locator("#turn-1 .why-body")).to_contain_text("Nana(조율과 진행")
        await expect(page.locator("#turn-1 meter")).to_have_count(4)

    async def test_it_goes_on_and_can_be_loaded_again(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await send(page, ENGLISH)
        await answered(page)
        await send(page, "We ran it twenty times: three failures.")
        await answered(page, 2)
        shown = await page.locator("#turns").inner_text()
        await page.reload()

        assert await page.locator("#turns").inner_text() == shown

    async def test_an_example_is_sent_as_it_is(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.get_by_role("button", name=ENGLISH).click()
        await answered(page)

        await expect(page.locator("#turn-1 .message")).to_have_text(ENGLISH)
        await expect(page.locator("#message")).to_be_focused()

    async def test_back_leads_to_the_beginning_and_forward_to_the_conversation(
        self, visit: Visit, address: str
    ) -> None:
        page = await visit(address)
        await send(page, ENGLISH)
        await answered(page)
        await page.go_back()
        await expect(page.locator("#welcome")).to_be_visible()
        await page.go_forward()

        await expect(page.locator("#turn-1")).to_be_visible()

    async def test_crisis_shows_the_help_lines(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR", width=390)
        await send(page, DANGER["ko"])
        await answered(page)

        line = page.locator("#turn-1 a.help-line[href='tel:109']")
        await expect(line).to_be_in_viewport()
        box = await line.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        await expect(page.locator("#turn-1 .mentor")).to_have_count(0)


class TestStreaming:
    async def test_the_name_comes_first_then_the_text_then_the_set_reply(self, visit: Visit, scene: Scene) -> None:
        scene.gate.clear()
        page = await visit(scene.address)
        await send(page, "Please answer slowly: the tests fail. Where do I start?")

        live = page.locator("#turn-1 [data-live]")
        await expect(live).to_contain_text("First, look at one test.")
        await expect(page.locator("#turn-1 .mentor h2")).not_to_be_empty()
        await expect(page.locator("#announcer")).to_contain_text("First, look at one test.")
        await expect(page.locator("#message")).to_have_value("")
        assert CONVERSATION.search(page.url)

        scene.gate.set()
        await answered(page)
        await expect(page.locator("#turn-1 .prose strong")).to_have_text("look")
        await expect(page.locator("#turn-1 .prose ol li")).to_have_text(["run it alone", "read the log"])
        await expect(page.locator("#announcer")).to_contain_text("read the log")
        await expect(page.locator("#turn-1 .engine")).to_have_text("Language model test:scripted")

    async def test_a_step_down_is_said(self, visit: Visit, scene: Scene) -> None:
        page = await visit(scene.address, locale="ko-KR")
        await send(page, "too late: 배포가 내일인데 테스트가 랜덤으로 깨져요.")
        await answered(page)

        await expect(page.locator("#turn-1 .notice")).to_have_text(
            "오프라인 멘토가 답했어요 (언어 모델이 제때 답하지 않았어요)."
        )

    async def test_a_stream_that_breaks_can_be_loaded_again(self, visit: Visit, scene: Scene) -> None:
        scene.gate.clear()
        page = await visit(scene.address)
        await send(page, "This one is broken, what now?")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("This much and")
        await page.locator("#message").fill("what I type meanwhile")
        scene.gate.set()

        await expect(page.locator("#turn-1 .broken")).to_contain_text("Your message is kept")
        await page.locator("#turn-1 .broken a").click()
        await expect(page.locator("#turn-1 .message")).to_have_text("This one is broken, what now?")
        await expect(page.locator("#turn-1")).to_have_attribute("data-state", "writing")
        await expect(page.locator("#message")).to_have_value("what I type meanwhile")

    async def test_hostile_words_do_nothing(self, visit: Visit, scene: Scene) -> None:
        page = await visit(scene.address)
        attack = "hostile <img src=x onerror=window.hit=1><script>window.hit=1</script>"
        await send(page, attack)
        await answered(page)

        await expect(page.locator("#turn-1 .message")).to_have_text(attack)
        assert await page.evaluate("window.hit === undefined")
        assert await page.locator("#turns :is(img, script), #conversations :is(img, script)").count() == 0
        assert await page.locator("#turn-1 .prose a").count() == 0


class TestNothingIsLost:
    async def test_typed_words_survive_a_reload(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").fill("half a thought")
        await page.reload()

        await expect(page.locator("#message")).to_have_value("half a thought")

    async def test_a_message_that_cannot_be_sent_comes_back(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.context.set_offline(True)
        await send(page, ENGLISH)

        await expect(page.locator("#refused")).to_contain_text("ION could not be reached.")
        await expect(page.locator("#message")).to_have_value(ENGLISH)
        await expect(page.locator("#welcome")).to_be_visible()
        await expect(page.locator("#turns > *")).to_have_count(0)
        await page.context.set_offline(False)
        await page.locator("#message").press("Enter")
        await answered(page)
        await expect(page.locator("#refused")).to_be_empty()

    async def test_a_message_that_is_refused_comes_back_with_the_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        long = "길" * 100_001
        await send(page, long)

        await expect(page.locator("#refused")).to_contain_text("글이 너무 길어요.")
        assert await page.locator("#message").input_value() == long
        assert page.url == f"{address}/"
        await send(page, KOREAN)
        await answered(page)

    async def test_an_empty_form_sends_nothing(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.get_by_role("button", name="Send").click()

        await expect(page.locator("#message")).to_be_focused()
        assert sent == []


class TestKeys:
    async def test_enter_twice_sends_once(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.locator("#message").fill(ENGLISH)
        await page.locator("#message").dispatch_event("keydown", {"key": "Enter"})
        await page.locator("#message").dispatch_event("keydown", {"key": "Enter"})
        await answered(page)
        await page.locator("#message").press("Enter")

        await expect(page.locator("#turns .turn")).to_have_count(1)
        assert sent == [ENGLISH]

    async def test_a_message_that_waits_for_its_reply_lets_no_other_through(self, visit: Visit, scene: Scene) -> None:
        scene.gate.clear()
        page = await visit(scene.address)
        sent = messages_of(page)
        await send(page, "slowly, please")
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("First")
        await send(page, "and slowly another")
        await expect(page.locator("#message")).to_have_value("and slowly another")
        scene.gate.set()
        await answered(page)

        assert sent == ["slowly, please"]

    async def test_shift_and_enter_is_a_new_line(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").press_sequentially("one")
        await page.locator("#message").press("Shift+Enter")
        await page.locator("#message").press_sequentially("two")

        await expect(page.locator("#message")).to_have_value("one\ntwo")

    async def test_slash_leads_to_the_form(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        await page.locator("#message").blur()
        await page.keyboard.press("/")

        await expect(page.locator("#message")).to_be_focused()
        await page.keyboard.press("/")
        await expect(page.locator("#message")).to_have_value("/")

    async def test_enter_in_the_middle_of_a_syllable_sends_the_whole_message_once(
        self, visit: Visit, address: str
    ) -> None:
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

    @pytest.mark.parametrize(
        "sequence", [CHROME_WINDOWS, CHROME_MACOS, SAFARI, FIREFOX], ids=["windows", "macos", "safari", "firefox"]
    )
    async def test_every_browsers_way_of_telling_it_sends_once(self, visit: Visit, address: str, sequence: str) -> None:
        page = await visit(address, locale="ko-KR")
        sent = messages_of(page)
        await page.locator("#message").fill("테스트가 깨져요")
        await page.evaluate(REPLAY, sequence)
        await answered(page)

        assert sent == ["테스트가 깨져요"]

    async def test_an_enter_that_picks_a_japanese_candidate_sends_nothing(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        sent = messages_of(page)
        await page.locator("#message").fill("東京")
        for sequence in (CHROME_WINDOWS, SAFARI):
            await page.evaluate(REPLAY, sequence.replace("요", "東京"))
        # Whatever would be sent is sent on the next tick; two frames are later than that.
        await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

        await expect(page.locator("#message")).to_have_value("東京")
        assert sent == []


class TestWithoutJavaScript:
    async def test_everything_works(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR", js=False)
        await page.locator("#message").fill(KOREAN)
        await page.locator("#composer button").click()
        await page.wait_for_url(re.compile(r"/c/[0-9a-f-]{36}#turn-1$"))
        await expect(page.locator("#turn-1 .mentor h2")).to_have_text("Nana")
        await page.locator("#turn-1 .why summary").click()
        await expect(page.locator("#turn-1 .scores")).to_be_visible()
        await page.locator("#message").fill("스무 번 중에 세 번 깨졌어요.")
        await page.locator("#composer button").click()
        await page.wait_for_url(re.compile("#turn-2$"))

        await expect(page.locator("#turn-2 .prose")).to_be_visible()

    async def test_an_example_is_a_button(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.get_by_role("button", name=ENGLISH).click()

        await expect(page.locator("#turn-1 .message")).to_have_text(ENGLISH)

    async def test_an_empty_message_is_answered_with_a_reason(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.locator("#composer button").click()

        await expect(page.locator("#refused")).to_contain_text("There is nothing in it yet.")


class TestPage:
    async def test_the_language_can_be_switched(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("What shall we look at first?")
        await page.goto(f"{address}/mentors")

        assert await page.locator("html").get_attribute("lang") == "en"

    @pytest.mark.parametrize("width", [320, 1280])
    async def test_no_width_scrolls_sideways(self, visit: Visit, address: str, width: int) -> None:
        page = await visit(address, locale="ko-KR", width=width)
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        widths = [await page.evaluate(overflow)]
        await send(page, "x" * 300 + " https://example.org/" + "very-long/" * 30 + " 이 로그는 왜 이럴까요?")
        await answered(page)
        await page.locator("#turn-1 .why summary").click()
        widths.append(await page.evaluate(overflow))
        await page.goto(f"{address}/mentors")
        widths.append(await page.evaluate(overflow))

        assert widths == [0, 0, 0]

    async def test_the_list_is_a_drawer_on_a_phone_and_open_beside_a_wide_page(
        self, visit: Visit, address: str
    ) -> None:
        phone = await visit(address, width=390)
        wide = await visit(address)

        await expect(phone.locator("#conversations .new")).to_be_hidden()
        await phone.locator("#conversations summary").click()
        await expect(phone.locator("#conversations .new")).to_be_in_viewport()
        await expect(wide.locator("#conversations .new")).to_be_in_viewport()
        await expect(wide.locator("#conversations summary")).to_be_hidden()

    async def test_whatever_can_be_tapped_is_44_pixels_high(self, visit: Visit, address: str) -> None:
        page = await visit(address, width=390)
        low = await page.evaluate(TOO_LOW)
        await send(page, ENGLISH)
        await answered(page)
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            low += await page.evaluate(TOO_LOW)

        assert low == []

    async def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
        self, visit: Visit, address: str
    ) -> None:
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

    async def test_motion_only_where_it_means_something(self, visit: Visit, address: str) -> None:
        page = await visit(address)

        moving = """[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
            .filter((rule) => /animation|transition/.test(rule.cssText)).length"""
        assert await page.evaluate(moving) == 0
