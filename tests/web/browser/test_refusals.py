"""ION, or somebody in front of it, will not take what is sent."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from ion.settings import ServerSettings
from tests.servers.proxy import Proxy, Says, passes
from tests.web.browser.conftest import Actor, Stage
from tests.web.browser.steps import answered, ask, write
from tests.web.conftest import ENGLISH, Visit, serve, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server that writes one reply at a time."""
    actor = Actor()
    settings = settings_in(tmp_path_factory.mktemp("busy")).model_copy(update={"server": ServerSettings(replies=1)})
    with serve(settings, model=actor) as running:
        yield Stage(running, actor)


class TestTooMany:
    async def test_replies_at_once_say_when_to_come_back(self, visit: Visit, busy: Stage) -> None:
        cue = busy.cue()
        busy.play(("Slowly. ", cue, "Done."), ("And you.",))
        one = await visit(busy.address)
        await write(one, "first")
        await expect(one.locator("#turn-1 [data-live]")).to_contain_text("Slowly.")
        other = await visit(busy.address, locale="ko-KR")
        await write(other, "나도 있어요")

        await expect(other.locator("#refused")).to_contain_text("5초")
        await expect(other.locator("#message")).to_have_value("나도 있어요")
        await expect(other.locator(".turn")).to_have_count(0)
        cue.set()
        await answered(one)
        await other.locator("#message").press("Enter")
        await answered(other)


class TestInFront:
    @pytest.mark.parametrize(
        ("says", "sentence"),
        [
            (Says(401), "You are signed out."),
            (Says(403), "You are signed out."),
            (Says(302, (("Location", "/sign-in"),)), "You are signed out."),
            (Says(413), "This is too long."),
            (Says(429, (("Retry-After", "1234"),)), "Please come back in 1,234 seconds"),
            (Says(418), "This could not be sent."),
        ],
        ids=lambda value: str(value.status) if isinstance(value, Says) else "",
    )
    async def test_a_refusal_is_said_in_words_and_the_message_is_back(
        self, visit: Visit, line: Proxy, says: Says, sentence: str
    ) -> None:
        page = await visit(line.address)
        line.rule = lambda method, _: says if method == "POST" else None
        await write(page, ENGLISH)
        await expect(page.locator("#refused")).to_contain_text(sentence)
        await expect(page.locator("#message")).to_have_value(ENGLISH)
        await expect(page.locator("#message")).to_have_attribute("aria-invalid", "true")
        line.rule = passes
        await page.locator("#message").press("Enter")
        await answered(page)

        await expect(page.locator("#refused")).to_be_empty()

    @pytest.mark.parametrize("status", [502, 503, 504])
    async def test_a_server_that_is_away_lets_the_message_wait(self, visit: Visit, line: Proxy, status: int) -> None:
        page = await visit(line.address, color_scheme="light")
        line.rule = lambda method, _: Says(status) if method == "POST" else None
        await write(page, ENGLISH)
        await expect(page.locator(".waiting")).to_be_visible()
        line.rule = passes
        await page.locator("[data-now]").click()

        await answered(page)

    async def test_signed_out_while_a_reply_comes_says_so_and_takes_no_sign_in_page_for_it(
        self, visit: Visit, stage: Stage, stage_line: Proxy
    ) -> None:
        stage.play(("Well then.",), ("This is ", stage.cue(), "slow."))
        page = await visit(stage_line.address)
        await ask(page, ENGLISH)
        stage_line.rule = lambda method, path: Says(401) if "/turns/" in path and method == "GET" else None
        await write(page, "And then?")

        await expect(page.locator(".broken")).to_be_visible()
        await expect(page.get_by_text("Not ION")).to_have_count(0)
