"""Very much text: ten thousand turns, a message of 100 kB, and scripts that run the other way."""

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ion.db import open_database
from ion.mentoring import LOCAL, Ask, ConversationId, TurnId
from ion.mentoring.rows import row_of
from ion.services import open_services
from ion.settings import Settings
from tests.web.browser.steps import answered, ask, write
from tests.web.conftest import Visit, serve, settings_in
from tests.web.seeds import keep_conversation

pytestmark = pytest.mark.asyncio(loop_scope="module")
TURNS = 10_000
ARABIC = "ما هو أول شيء يجب أن أفعله؟"
HEBREW = "הבדיקות נכשלות. ממה להתחיל?"
FAMILY = "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 한글 e\u0301 𠮷"
TOP = "(id) => Math.round(document.getElementById(id).getBoundingClientRect().top)"


async def fill(settings: Settings) -> ConversationId:
    """Keep a conversation of many turns, in one transaction."""
    async with open_services(settings) as services:
        conversation = await keep_conversation(services)
        model = await services.pipeline.process(Ask("The tests fail at random. Where do I start?"))
        keys = await services.keyring.keys_of(LOCAL)
    begun = model.created_at - timedelta(days=90)
    async with open_database(settings.database.url) as database, database.transaction() as session:
        for position in range(1, TURNS + 1):
            at = begun + timedelta(minutes=position)
            turn = replace(
                model,
                id=TurnId(str(uuid.uuid4())),
                conversation_id=conversation,
                position=position,
                created_at=at,
                finished_at=at,
                message=f"Message {position}",
                reply=f"Reply {position}.\n\n" + "It goes on for a while. " * (position % 7 * 10),
            )
            session.add(row_of(turn, keys, request_key=None))
    return conversation


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a conversation of ten thousand turns."""
    folder: Path = tmp_path_factory.mktemp("long")
    conversation = asyncio.run(fill(settings_in(folder)))
    with serve(settings_in(folder)) as address:
        yield f"{address}/c/{conversation}"


async def settled(page: Page, turn: str) -> int:
    """Return where the turn is on the screen once that stays."""
    before, now = 1_000_000, await page.evaluate(TOP, turn)
    while now != before:
        await page.wait_for_timeout(150)
        before, now = now, await page.evaluate(TOP, turn)
    return int(now)


class TestTenThousandTurns:
    async def test_open_with_the_newest_and_few_of_them(self, visit: Visit, long: str) -> None:
        page = await visit(long)

        await expect(page.locator(f"#turn-{TURNS}")).to_be_in_viewport()
        assert await page.locator(".turn").count() <= 31
        assert await page.evaluate("document.querySelectorAll('*').length") < 5_000

    async def test_further_up_come_as_one_scrolls_and_nothing_moves(self, visit: Visit, long: str) -> None:
        page = await visit(long)
        first = TURNS - 29
        await page.evaluate("scrollTo(0, 700)")
        before = await settled(page, f"turn-{first}")
        assert await page.locator(".turn").count() == 30
        await page.evaluate("scrollTo(0, 300)")
        await expect(page.locator(f"#turn-{first - 30}")).to_be_attached()
        now = await settled(page, f"turn-{first}")

        assert abs(now - (before + 400)) <= 2
        assert await page.locator(".turn").count() == 60
        numbers = await page.locator(".turn").evaluate_all("(all) => all.map((one) => +one.id.slice(5))")
        assert numbers == list(range(first - 30, TURNS + 1))

    async def test_lead_from_a_search_result_to_its_place(self, visit: Visit, long: str) -> None:
        page = await visit(f"{long}?at=5000#turn-5000")

        await expect(page.locator("#turn-5000")).to_be_in_viewport()
        assert await page.locator(".turn").count() <= 31
        await page.get_by_role("link", name="To the newest messages").click()
        await expect(page.locator(f"#turn-{TURNS}")).to_be_in_viewport()

    async def test_take_one_more(self, visit: Visit, long: str) -> None:
        page = await visit(long)
        last = await page.locator(".turn").last.get_attribute("id")
        position = int((last or "").removeprefix("turn-")) + 1
        turn = await ask(page, "And one more", position)

        await expect(turn.locator(".message")).to_have_text("And one more")
        await expect(turn).to_be_in_viewport()


class TestMuchText:
    async def test_100_kilobytes_are_sent_and_shown_whole(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        message = "".join(f"Line {number}: the tests fail at random. " for number in range(2_800))[:99_990].strip()
        assert len(message) > 95_000
        await write(page, message)
        await expect(page.locator("#turn-1[data-state=finished]")).to_be_visible(timeout=40_000)

        assert await page.locator("#turn-1 .message").text_content() == message
        await expect(page.locator("#composer")).to_be_in_viewport()
        box = await page.locator("#turn-1 .message").bounding_box()
        assert box is not None
        assert box["height"] < 500


class TestOtherScripts:
    @pytest.mark.parametrize("message", [ARABIC, HEBREW], ids=["arabic", "hebrew"])
    async def test_run_the_other_way_in_the_form_and_on_the_page(
        self, visit: Visit, address: str, message: str
    ) -> None:
        page = await visit(address)
        await page.locator("#message").fill(message)
        direction = "(one) => getComputedStyle(one).direction"
        assert await page.locator("#message").evaluate(direction) == "rtl"
        await page.locator("#message").press("Enter")
        turn = await answered(page)

        await expect(turn.locator(".message")).to_have_text(message)
        assert await turn.locator(".message").evaluate(direction) == "rtl"
        assert await turn.locator(".mentor").evaluate(direction) == "ltr"

    async def test_joined_emoji_and_rare_letters_stay_what_they_are(self, visit: Visit, address: str) -> None:
        page = await visit(address)
        turn = await ask(page, FAMILY)

        assert await turn.locator(".message").text_content() == FAMILY
        await page.reload()
        assert await page.locator("#turn-1 .message").text_content() == FAMILY
        await page.locator("#turn-1 [data-edit]").click()
        await expect(page.locator("#message")).to_have_value(FAMILY)
