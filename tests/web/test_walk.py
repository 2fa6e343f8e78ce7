"""A stranger's walk through the page, as docs/walk.md tells it, replayed step by step in both languages."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ion.language import Language
from ion.web.texts import Texts, load_texts
from tests.web.conftest import Visit, serve, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
WALK = Path(__file__).parents[2] / "docs" / "walk.md"
LOCALES: dict[Language, str] = {"ko": "ko-KR", "en": "en-GB"}
WORD: dict[Language, str] = {"ko": "테스트", "en": "tests"}


@dataclass
class Stranger:
    """Somebody at the page, who reads `texts` and remembers what was on it."""

    page: Page
    texts: Texts
    language: Language
    address: str
    reply: str = ""


Step = Callable[[Stranger], Awaitable[None]]
STEPS: dict[str, Step] = {}


def step(sentence: str) -> Callable[[Step], Step]:
    def keep(walked: Step) -> Step:
        STEPS[sentence] = walked
        return walked

    return keep


@step("Open the page. It asks what to look at first, and shows three messages as examples.")
async def opens(one: Stranger) -> None:
    await expect(one.page.get_by_role("heading", level=1)).to_have_text(one.texts("home.heading"))
    await expect(one.page.locator(".examples button")).to_have_count(3)


@step("Click the first example. It becomes your message, and a mentor answers it.")
async def clicks_an_example(one: Stranger) -> None:
    await one.page.locator(".examples button").first.click()
    await expect(one.page.locator("#turn-1[data-state=finished]")).to_be_visible()
    await expect(one.page.locator("#turn-1 .message")).to_have_text(one.texts("home.example_1"))


@step("Read. Nana answers, with something to do now and one question at the end.")
async def reads(one: Stranger) -> None:
    await expect(one.page.locator("#turn-1 .mentor h2")).to_have_text("Nana")
    one.reply = await one.page.locator("#turn-1 [data-reply]").first.inner_text()
    assert one.reply.rstrip().endswith("?")
    assert await one.page.locator("#turn-1 [data-reply] li").count() >= 2


@step("Ask why. The words that decided are marked in your message, and each mentor has a bar and a number.")
async def asks_why(one: Stranger) -> None:
    await one.page.locator("#turn-1 .why > summary").click()
    await expect(one.page.locator("#turn-1 .why meter")).to_have_count(4)
    assert await one.page.locator("#turn-1 .message mark").count() > 0


@step("Read me differently: choose the worried tone. The reply is written anew, and the first one stays to look up.")
async def corrects_the_tone(one: Stranger) -> None:
    await one.page.locator("#turn-1 .differently > summary").click()
    await one.page.locator("#turn-1 select[name=tone]").select_option("anxious")
    await one.page.locator("#turn-1 form[data-act=reading] button").click()
    await expect(one.page.locator("#turn-1 .reread .corrected")).to_be_visible()
    await expect(one.page.locator("#turn-1 .drafts")).to_have_count(1)
    assert await one.page.locator("#turn-1 [data-reply]").first.inner_text() != one.reply


@step("Ask another mentor: Riri answers the same message, below, and says that you asked.")
async def asks_another_mentor(one: Stranger) -> None:
    await one.page.locator("#turn-1 .again > summary").click()
    await one.page.locator("#turn-1 .again button[value=riri]").click()
    await expect(one.page.locator("#turn-2[data-state=finished] .mentor h2")).to_have_text("Riri")
    await expect(one.page.locator("#turn-2 .asked-again")).to_have_text(one.texts("again.asked", mentor="Riri"))


@step("Reload. Everything is where it was.")
async def reloads(one: Stranger) -> None:
    said = one.page.locator("#turns :is(.message, .mentor, .asked-again, .prose)")
    before = await said.all_text_contents()
    await one.page.reload()
    assert await said.all_text_contents() == before


@step("Search for a word of yours. The conversation is found, with the word marked, and leads back to its place.")
async def searches(one: Stranger) -> None:
    await one.page.locator("#conversations input[name=q]").fill(WORD[one.language])
    await one.page.locator("#conversations input[name=q]").press("Enter")
    found = one.page.locator("#main .results a, #conversations .results a").first
    await expect(found).to_be_visible()
    await expect(one.page.locator("mark", has_text=WORD[one.language]).first).to_be_visible()
    await found.click()
    await expect(one.page.locator("#turn-1 .message")).to_have_text(one.texts("home.example_1"))


@step("Export. A Markdown file with your message and both replies is saved.")
async def exports(one: Stranger) -> None:
    await one.page.locator("#conversations li:has([aria-current=page]) details > summary").click()
    async with one.page.expect_download() as saving:
        await one.page.locator("#conversations li:has([aria-current=page]) a[href$='/export']").click()
    saved = await asyncio.to_thread(Path(await (await saving.value).path()).read_text, encoding="utf-8")
    assert one.texts("home.example_1").split(".")[0] in re.sub(r"\s+", " ", saved)
    assert "Riri" in saved


@step("Delete. The conversation is gone from the list, and one line offers to undo it.")
async def deletes(one: Stranger) -> None:
    menu = one.page.locator("#conversations li:has([aria-current=page]) details")
    if await menu.get_attribute("open") is None:
        await menu.locator("summary").click()
    await menu.locator("form[action$='/delete'] button").click()
    await expect(one.page.locator("[data-undo]")).to_be_visible()
    await expect(one.page.locator("#conversations li a[href^='/c/']")).to_have_count(0)


@step("Undo. It is back, with all that was said.")
async def undoes(one: Stranger) -> None:
    await one.page.locator("[data-undo]").click()
    back = one.page.locator("#conversations li a[href^='/c/']").first
    await expect(back).to_be_visible()
    await back.click()
    await expect(one.page.locator("#turn-2 .mentor h2")).to_have_text("Riri")


@pytest.fixture
def fresh_address(tmp_path: Path) -> Iterator[str]:
    """A server nobody has used."""
    with serve(settings_in(tmp_path)) as running:
        yield running


class TestTheWalk:
    async def test_is_written_down_step_by_step(self) -> None:
        told = re.findall(r"^\d+\. (.+(?:\n   .+)*)", WALK.read_text(encoding="utf-8"), re.MULTILINE)

        assert [re.sub(r"\s+", " ", sentence) for sentence in told] == list(STEPS)

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_can_be_walked(self, visit: Visit, fresh_address: str, language: Language) -> None:
        page = await visit(fresh_address, locale=LOCALES[language])
        stranger = Stranger(page, load_texts()[language], language, fresh_address)

        for walked in STEPS.values():
            await walked(stranger)
