import asyncio
import re

import httpx2
import pytest
from playwright.async_api import Page, Route, expect

from tests.web.browser.steps import TWO_FRAMES
from tests.web.conftest import ENGLISH, KOREAN, Scene, Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")
FOCUSED = "document.activeElement.closest('li')?.dataset.conversation ?? document.activeElement.className"


async def made(address: str, *messages: str) -> list[str]:
    """Begin a conversation with each message, and return their ids, the newest first."""
    ids: list[str] = []
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        for message in messages:
            conversation = (await client.post("/api/v2/conversations", json={"language": "ko"})).json()["id"]
            await client.post(f"/api/v2/conversations/{conversation}/messages", json={"content": message})
            ids.insert(0, conversation)
    return ids


def entry(conversation: str) -> str:
    return f'#days li[data-conversation="{conversation}"]'


async def press_in_menu(page: Page, conversation: str, name: str) -> None:
    line = page.locator(entry(conversation))
    await line.locator("summary").click()
    await line.get_by_role("button", name=name, exact=True).click()


class TestRename:
    async def test_enter_renames_in_place(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address, locale="ko-KR")
        await page.goto(f"{address}/c/{conversation}")
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("  $& 배포 <전날>  ")
        await line.locator("input").press("Enter")

        await expect(line.locator("> a")).to_have_text("$& 배포 <전날>")
        await expect(page).to_have_title("$& 배포 <전날> · ION")
        await expect(page.locator("main h1")).to_have_text("$& 배포 <전날>")
        await expect(line.locator("summary")).to_be_focused()
        await expect(line.locator("summary")).to_have_attribute("aria-label", re.compile(re.escape("$& 배포 <전날>")))
        await expect(line.locator("input")).to_be_hidden()
        await expect(page.locator("#list-said")).to_have_text("이름을 바꿨어요.")
        await page.reload()
        await expect(line.locator("> a")).to_have_text("$& 배포 <전날>")

    async def test_escape_leaves_it_as_it_was(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address, locale="ko-KR")
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("다른 이름")
        await line.locator("input").press("Escape")

        await expect(line.locator("summary")).to_be_focused()
        await line.locator("summary").press("Enter")
        await expect(line.locator("input")).to_have_value("배포가 내일인데 테스트가 랜덤으로 깨져요")

    async def test_what_cannot_be_a_name_is_said_and_stays(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address, locale="en-GB")
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("   ")
        await line.locator("input").press("Enter")

        await expect(line.get_by_role("alert")).to_have_text("A name is one line of 1 to 80 characters.")
        await expect(line.locator("input")).to_have_value("   ")

    async def test_nothing_is_lost_without_a_network(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address)
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("Release")
        await page.context.set_offline(True)
        await line.locator("input").press("Enter")

        await expect(line.get_by_role("alert")).to_contain_text("Nothing has changed")
        await page.context.set_offline(False)
        await line.locator("input").press("Enter")
        await expect(line.locator("> a")).to_have_text("Release")


class TestDelete:
    async def test_can_be_undone_from_the_keyboard(self, visit: Visit, address: str) -> None:
        second, first = await made(address, ENGLISH, KOREAN)
        page = await visit(address)
        await press_in_menu(page, second, "Delete")

        await expect(page.locator(entry(second))).to_have_count(0)
        await expect(page.locator("#list-said")).to_have_text(
            "Conversation deleted. For ten minutes you can undo this."
        )
        assert await page.evaluate(FOCUSED) == first
        for _ in range(2):
            await page.keyboard.press("Tab")
        await expect(page.locator("[data-undo]")).to_be_focused()
        await page.keyboard.press("Enter")

        await expect(page.locator(f"{entry(second)} > a")).to_be_focused()
        await expect(page.locator("#toast")).to_be_hidden()
        await expect(page.locator("#list-said")).to_have_text("The conversation is back.")

    async def test_of_the_open_conversation_leads_to_the_beginning(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address, locale="ko-KR")
        await page.goto(f"{address}/c/{conversation}")
        await press_in_menu(page, conversation, "지우기")
        await page.wait_for_url(f"{address}/")

        await expect(page.locator("#toast")).to_be_visible()
        await expect(page.locator("#list-said")).to_have_text("대화를 지웠어요. 10분 동안은 되돌릴 수 있어요.")
        await page.locator("[data-undo]").click()
        await page.wait_for_url(f"{address}/c/{conversation}")
        await expect(page.locator("#turn-1 .message")).to_have_text(KOREAN)
        await expect(page.locator("#toast")).to_be_hidden()

    async def test_the_notice_goes_when_it_is_closed_or_the_page_left(self, visit: Visit, address: str) -> None:
        second, first = await made(address, ENGLISH, KOREAN)
        page = await visit(address)
        await press_in_menu(page, second, "Delete")
        await page.locator("[data-dismiss]").click()
        await expect(page.locator("#toast")).to_be_hidden()
        await press_in_menu(page, first, "Delete")
        await expect(page.locator("#toast")).to_be_visible()
        await page.reload()

        await expect(page.locator("#toast")).to_be_hidden()
        await expect(page.locator(entry(first))).to_have_count(0)

    async def test_what_is_gone_for_good_is_said(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address)
        await press_in_menu(page, conversation, "Delete")
        await page.route("**/restore", lambda route: route.fulfill(status=404))
        await page.locator("[data-undo]").click()

        await expect(page.locator("#toast p")).to_contain_text("gone for good")
        await expect(page.locator("[data-undo]")).to_be_hidden()

    async def test_the_notice_can_be_tapped_on_a_phone(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address, width=390)
        await page.locator("#conversations > details > summary").click()
        await press_in_menu(page, conversation, "Delete")

        await expect(page.locator("#toast")).to_be_in_viewport()
        box = await page.locator("[data-undo]").bounding_box()
        assert box is not None
        assert box["height"] >= 44


class TestSearch:
    async def test_shows_results_while_words_are_typed(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, "오늘은 자전거 브레이크가 고장 났어요")
        page = await visit(address, locale="ko-KR")
        field = page.locator("#conversations").get_by_role("searchbox")
        await field.press_sequentially("ㅈㅈㄱ")

        await expect(page.locator("#found mark").first).to_have_text("자전거")
        await expect(page.locator("#found .excerpt")).to_contain_text("브레이크가 고장 났어요")
        await expect(page.locator("#list-said")).to_have_text("1곳에서 찾았어요.")
        await expect(page.locator("#days")).to_be_hidden()
        await expect(field).to_be_focused()
        await page.locator("#found a").click()
        await page.wait_for_url(f"{address}/c/{conversation}?at=1#turn-1")

    async def test_an_empty_field_brings_the_list_back(self, visit: Visit, address: str) -> None:
        await made(address, KOREAN)
        page = await visit(address)
        field = page.locator("#conversations").get_by_role("searchbox")
        await field.fill("zzzz")
        await expect(page.locator("#found")).to_contain_text("None of your conversations")
        await field.fill("")

        await expect(page.locator("#found")).to_be_hidden()
        await expect(page.locator("#days li").first).to_be_visible()

    async def test_a_late_answer_to_earlier_words_is_not_shown(self, visit: Visit, address: str) -> None:
        await made(address, KOREAN)
        page = await visit(address)
        field = page.locator("#conversations").get_by_role("searchbox")
        asked: asyncio.Queue[Route] = asyncio.Queue()
        await page.route("**/search/results?q=zzzz", asked.put)
        await field.fill("zzzz")
        late = await asyncio.wait_for(asked.get(), 15)
        await field.fill("테스트")
        await expect(page.locator("#found mark").first).to_have_text("테스트")
        await late.fulfill(content_type="text/html", body="<p class='count'>Too late</p>")
        await page.evaluate(TWO_FRAMES)

        await expect(page.locator("#found mark").first).to_have_text("테스트")
        await expect(page.locator("#found")).not_to_contain_text("Too late")


class TestRefresh:
    async def test_the_list_shows_a_new_conversation_and_keeps_an_open_menu(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, KOREAN)
        page = await visit(address)
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("half a name")
        [newer] = await made(address, ENGLISH)
        source = await page.evaluate("document.querySelector('script[src$=\"/list.js\"]').src")
        await page.evaluate(
            "(source) => import(source.replace('list.js', 'history.js')).then((m) => m.refreshList())", source
        )

        await expect(page.locator(entry(newer))).to_have_count(1)
        await expect(line.locator("input")).to_be_focused()
        await expect(line.locator("input")).to_have_value("half a name")

    async def test_a_first_message_puts_the_conversation_into_the_list(self, visit: Visit, address: str) -> None:
        page = await visit(address, locale="ko-KR")
        await page.locator("#message").fill("새 자전거를 살까 고민이에요")
        await page.locator("#message").press("Enter")

        await expect(page.locator("#days [aria-current=page]")).to_have_text("새 자전거를 살까 고민이에요")
        await expect(page).to_have_title("새 자전거를 살까 고민이에요 · ION")


class TestEarlier:
    async def test_more_is_put_below_and_the_focus_goes_there(self, visit: Visit, scene: Scene) -> None:
        ids = await made(scene.address, *["too late: one"] * 51)
        page = await visit(scene.address)
        await expect(page.locator("#days li[data-conversation]")).to_have_count(50)
        await page.locator("#days .earlier").click()

        await expect(page.locator("#days li[data-conversation]")).to_have_count(51)
        await expect(page.locator(f"{entry(ids[-1])} > a")).to_be_focused()
        await expect(page.locator("#days section")).to_have_count(1)
        await expect(page.locator("#days .earlier")).to_have_count(0)


class TestWithoutJavaScript:
    async def test_everything_works(self, visit: Visit, address: str) -> None:
        [conversation] = await made(address, "오늘은 피아노 소리가 이상해요")
        page = await visit(address, locale="ko-KR", js=False)
        line = page.locator(entry(conversation))
        await line.locator("summary").click()
        await line.locator("input").fill("피아노")
        await line.get_by_role("button", name="이름 바꾸기").click()
        await page.wait_for_url(f"{address}/c/{conversation}")
        await expect(page).to_have_title("피아노 · ION")
        await page.locator("#conversations").get_by_role("searchbox").fill("ㅍㅇㄴ")
        await page.locator("#conversations").get_by_role("searchbox").press("Enter")
        await expect(page.locator("main mark").first).to_have_text("피아노")
        await press_in_menu(page, conversation, "지우기")
        await page.wait_for_url(f"{address}/c/{conversation}/deleted")
        await page.get_by_role("button", name="되돌리기").click()
        await page.wait_for_url(f"{address}/c/{conversation}")

        async with page.expect_download() as started:
            await page.locator(entry(conversation)).locator("summary").click()
            await page.locator(entry(conversation)).get_by_role("link", name="파일로 저장").click()
        assert (await started.value).suggested_filename == "피아노.md"
