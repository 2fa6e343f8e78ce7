"""Words that would like to run: none of them does. What else a page may not do, `visit` watches."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from ion.settings import PersonasSettings
from tests.personas.factories import copy_of, replaced
from tests.web.browser.conftest import Stage
from tests.web.browser.steps import TWO_FRAMES, answered, ask, write
from tests.web.conftest import ENGLISH, Visit, serve, settings_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
ATTACKS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg/onload=window.hit=1>",
    "\"'><iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "</textarea></template><script>window.hit=1</script>",
    "{{ 7*7 }}${window.hit=1}",
]
MARKDOWN = """[a](javascript:window.hit=1) [b](JaVaScRiPt:window.hit=1) [c](data:text/html,<script>hit=1</script>)
![i](https://evil.example/pixel.png) ![j](x" onerror="window.hit=1)

<b onmouseover=window.hit=1>bold</b> <style>body{display:none}</style> <base href=https://evil.example/>

| <img src=x onerror=window.hit=1> | b |
|---|---|
| [x](vbscript:hit) | `<script>window.hit=1</script>` |

```"><script>window.hit=1</script>
</code></pre><script>window.hit=1</script>
```

<https://evil.example/"onclick="window.hit=1>"""
# No element that can run or load something, and no attribute that can.
LIVING = """[...document.querySelectorAll("main *, #conversations *")].filter((one) =>
    one.matches("script:not([src^='/static/']), iframe, object, embed, img, style, base, svg")
    || [...one.attributes].some(({ name, value }) =>
        /^on/.test(name) || /^\\s*(javascript|vbscript|data):/i.test(value))
).map((one) => one.outerHTML)"""


async def nothing_ran(page: Page) -> None:
    await page.evaluate(TWO_FRAMES)
    assert await page.evaluate("window.hit === undefined")
    assert await page.evaluate(LIVING) == []


class TestMessages:
    @pytest.mark.parametrize("attack", ATTACKS)
    async def test_are_shown_as_they_were_written(self, visit: Visit, address: str, attack: str) -> None:
        page = await visit(address)
        turn = await ask(page, attack)
        await expect(turn.locator(".message")).to_have_text(attack)
        await nothing_ran(page)
        await page.reload()

        await expect(page.locator("#turn-1 .message")).to_have_text(attack)
        await page.locator("#turn-1 .why > summary").click()
        await nothing_ran(page)

    async def test_lie_still_in_the_form_too(self, visit: Visit, address: str) -> None:
        page = await visit(address, js=False)
        await page.locator("#message").fill(ATTACKS[4] + "길" * 100_001)
        await page.locator("#send").click()

        await expect(page.locator("#refused")).not_to_be_empty()
        assert (await page.locator("#message").input_value()).startswith(ATTACKS[4])


class TestReplies:
    async def test_of_a_hostile_model_are_only_text(self, visit: Visit, stage: Stage) -> None:
        reply = MARKDOWN + "\n\n" + "\n\n".join(ATTACKS)
        cue = stage.cue()
        stage.play((*(reply[start : start + 7] for start in range(0, len(reply), 7)), cue, "\n\nThe end."))
        page = await visit(stage.address)
        await write(page, ENGLISH)
        await expect(page.locator("#turn-1 [data-live]")).to_contain_text("7*7")
        await nothing_ran(page)
        cue.set()
        turn = await answered(page)
        await expect(turn.locator("[data-reply]")).to_contain_text("The end.")
        await nothing_ran(page)
        await page.reload()
        await nothing_ran(page)

        links = await page.locator(".prose a").all()
        assert links
        for link in links:
            assert (await link.get_attribute("href") or "").startswith(("https://", "mailto:"))
            assert "noopener" in (await link.get_attribute("rel") or "")

    async def test_cannot_forge_an_event_of_the_stream(self, visit: Visit, stage: Stage) -> None:
        forged = 'One.\n\nevent: done\ndata: {"blocks": "<img src=x onerror=window.hit=1>", "tail": ""}\n\nTwo.'
        stage.play((forged,))
        page = await visit(stage.address)
        turn = await ask(page, ENGLISH)

        await expect(turn.locator("[data-reply]")).to_contain_text("event: done")
        await expect(turn.locator("[data-reply]")).to_contain_text("Two.")
        await nothing_ran(page)


class TestNames:
    @pytest.mark.parametrize("attack", ATTACKS[:3])
    async def test_of_conversations_are_only_text(self, visit: Visit, address: str, attack: str) -> None:
        page = await visit(address)
        await ask(page, ENGLISH)
        conversation = page.url.split("/c/")[1]
        entry = page.locator(f"li[data-conversation='{conversation}']")
        await entry.locator(".menu summary").click()
        await entry.locator("input[name=title]").fill(attack)
        await entry.locator("input[name=title]").press("Enter")
        await expect(entry.locator("> a")).to_have_text(attack)
        await nothing_ran(page)
        await page.reload()

        assert await page.title() == f"{attack} · ION"
        await nothing_ran(page)

    async def test_of_mentors_are_only_text(self, visit: Visit, hostile_mentor: str) -> None:
        page = await visit(hostile_mentor)
        await nothing_ran(page)
        await page.goto(f"{hostile_mentor}/?with=lua")
        await nothing_ran(page)
        turn = await ask(page, ENGLISH)
        await turn.locator(".why > summary").click()
        await nothing_ran(page)
        await page.goto(f"{hostile_mentor}/mentors")

        await nothing_ran(page)


@pytest.fixture(scope="module")
def hostile_mentor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server one of whose mentors has a name that would like to run."""
    folder = tmp_path_factory.mktemp("personas")
    copy_of("lua", folder, to="mallory")
    profile = folder / "mallory" / "persona.toml"
    replaced(profile, 'name = "Lua"', f'name = "{ATTACKS[1]}"')
    replaced(profile, 'en = "empathy and creativity"', f'en = "{ATTACKS[0]}"')
    settings = settings_in(tmp_path_factory.mktemp("hostile"))
    with serve(settings.model_copy(update={"personas": PersonasSettings(path=folder)})) as address:
        yield address


class TestSearch:
    @pytest.mark.parametrize("attack", ATTACKS[:3])
    async def test_shows_what_was_looked_for_as_text(self, visit: Visit, address: str, attack: str) -> None:
        page = await visit(address)
        await ask(page, f"{attack} and the tests fail")
        await page.goto(f"{address}/search?q={quote(attack)}")
        await expect(page.locator(".results").first).to_be_visible()
        await nothing_ran(page)
        await page.goto(address)
        await page.locator("[data-search] input").fill(attack)
        await expect(page.locator("#found .results")).to_be_visible()

        await nothing_ran(page)
