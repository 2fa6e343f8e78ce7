import re
import sys
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from ion.web.assets import load_assets
from ion.web.highlighting import CLASSES, LANGUAGES, highlighted, language_of
from ion.web.markdown import CodeLabels, markdown_renderer, to_html
from tests.web.contrast import Colour, colour, contrast

# Measuring coverage makes each step several times as slow.
LIMIT = 1 if sys.gettrace() is None else 5
ASSETS = load_assets().by_name
CSS = (files("ion.web") / "static" / "code.css").read_text(encoding="utf-8")
TOKENS = (files("ion.web") / "static" / "tokens.css").read_text(encoding="utf-8")
LINES = ["x\n", "a b\n", "a.b.c(\n", '"a\n', "/*\n", "#a\n", "<a\n"]
SAMPLES = {
    "python": ("def f(x):\n    return 1  # hi\n", {"hl-keyword", "hl-name", "hl-number", "hl-comment"}),
    "javascript": ('const f = async () => "a"; // hi', {"hl-keyword", "hl-string", "hl-comment"}),
    "java": ("@Override public int f(String a) { return 1; }", {"hl-keyword", "hl-name", "hl-type", "hl-number"}),
    "cpp": ("#include <a>\nint main() { /* b */ char c = 'd'; }", {"hl-keyword", "hl-type", "hl-comment", "hl-string"}),
    "sql": ("SELECT 1 -- hi", {"hl-keyword", "hl-number", "hl-comment"}),
    "diff": ("-a\n+b\n", {"hl-deleted", "hl-inserted"}),
    "html": ('<a href="b">c</a>', {"hl-keyword", "hl-name", "hl-string"}),
    "php": ("function f() { return 1; }", {"hl-keyword", "hl-number"}),
    "json": ('{"a": 1, "b": null}', {"hl-number"}),
}


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", css))


def colours(value: str) -> list[Colour]:
    """Return the light and the dark colour that a value stands for."""
    token = re.fullmatch(r"var\(--([a-z-]+)\)", value)
    return [colour(digits) for digits in re.findall("#[0-9a-f]{6}", declared(TOKENS)[token[1]] if token else value)]


class TestLanguages:
    @pytest.mark.parametrize(
        ("name", "language"),
        [("py", "python"), ("Python", "python"), ("C++", "cpp"), ("sh", "bash"), ("brainfuck", None), ("", None)],
    )
    def test_go_by_the_names_people_use(self, name: str, language: str | None) -> None:
        assert language_of(name) == language

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_are_all_known_by_their_own_name(self, language: str) -> None:
        assert language_of(language) == language
        assert highlighted("a", language).striptags() == "a"


class TestHighlighted:
    @pytest.mark.parametrize("language", SAMPLES)
    def test_parts_have_classes_and_no_style(self, language: str) -> None:
        code, expected = SAMPLES[language]
        html = highlighted(code, language)

        assert set(re.findall(r'class="([^"]+)"', html)) >= expected
        assert "style" not in html

    @given(st.sampled_from(LANGUAGES), st.text(st.characters(codec="utf-8"), max_size=80))
    @settings(deadline=None)
    def test_the_text_stays_what_it_was(self, language: str, code: str) -> None:
        html = highlighted(code, language)
        text = re.sub(r'</?span(?: class="hl-[a-z]+")?>', "", html)

        assert text == str(type(html).escape(code))

    @pytest.mark.parametrize(
        "code", ["a = 1\n" * 3_000, "1" * 401, "1" + "\n" * 200 + "1"], ids=["long", "wide", "empty"]
    )
    def test_what_nobody_writes_is_left_plain(self, code: str) -> None:
        assert highlighted(code, "python") == code

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_code_made_to_be_slow_is_not(self, language: str) -> None:
        highlighted("a", language)
        for line in LINES:
            begun = time.process_time()
            highlighted((line * 10_000)[:10_000], language)

            assert time.process_time() - begun < LIMIT, line


class TestColours:
    def test_every_class_has_one(self) -> None:
        used = dict(re.findall(r"^\.(hl-[a-z]+) { color: var\(--(hl-[a-z]+)\);", CSS, re.MULTILINE))

        assert used == {name: name for name in CLASSES}
        assert set(declared(CSS)) == CLASSES

    @pytest.mark.parametrize("name", sorted(CLASSES))
    def test_can_be_read_on_the_ground_of_code_in_light_and_dark(self, name: str) -> None:
        grounds = colours("var(--sheet)")
        hues = colours(declared(CSS)[name])

        assert len(hues) == len(grounds) == 2
        assert min(contrast(hue, ground) for hue, ground in zip(hues, grounds, strict=True)) >= 4.5


@pytest.mark.asyncio(loop_scope="module")
class TestCopying:
    CODE = 'x = "<b>"\n\n\ty  # 가'

    async def page_of(self, context: BrowserContext, *, clipboard: bool) -> Page:
        markdown = markdown_renderer(CodeLabels("Copy", "Copied", "Table"))
        script = 'import { listenToCopying } from "/code.js"; listenToCopying(document.body); document.title = "ready";'
        refuse = "navigator.clipboard.writeText = () => Promise.reject(new Error());"
        html = f"<title>-</title><body>{to_html(markdown, f'```py{chr(10)}{self.CODE}{chr(10)}```')}</body>"
        files = {
            "/": ("text/html; charset=utf-8", f'{html}<script type="module" src="/start.js"></script>'.encode()),
            "/start.js": ("text/javascript", (script if clipboard else script + refuse).encode()),
            "/code.js": ("text/javascript", load_assets().by_name["code.js"][0]),
        }

        async def answer(route: Route) -> None:
            kind, body = files.get("/" + route.request.url.rpartition("/")[2], ("text/plain", b""))
            await route.fulfill(content_type=kind, body=body)

        page = await context.new_page()
        await page.route("**/*", answer)
        await page.goto("http://localhost:9/")
        await expect(page).to_have_title("ready")
        return page

    async def test_copies_the_text_exactly_and_says_so(self, browser: Browser) -> None:
        context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = await self.page_of(context, clipboard=True)
        button = page.get_by_role("button", name="Copy")
        await button.click()

        await expect(page.locator("[data-copy]")).to_have_text("Copied")
        await expect(page.get_by_role("status")).to_have_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == self.CODE
        await expect(page.locator("[data-copy]")).to_have_text("Copy")
        await expect(page.get_by_role("status")).to_have_text("")
        await context.close()

    async def test_selects_the_text_where_the_clipboard_is_refused(self, browser: Browser) -> None:
        context = await browser.new_context()
        page = await self.page_of(context, clipboard=False)
        await page.get_by_role("button", name="Copy").click()

        await page.wait_for_function("getSelection().toString() !== ''")
        assert await page.evaluate("getSelection().toString()") == self.CODE
        await expect(page.locator("[data-copy]")).to_have_text("Copy")
        await context.close()

    async def test_code_that_comes_later_has_its_button_too(self, browser: Browser) -> None:
        context = await browser.new_context()
        page = await self.page_of(context, clipboard=True)
        await page.evaluate(
            "() => { const copy = document.querySelector('figure').cloneNode(true);"
            " copy.querySelector('[role=status]').remove(); copy.querySelector('button').hidden = true;"
            " document.body.append(copy); }"
        )

        await expect(page.get_by_role("button", name="Copy")).to_have_count(2)
        await context.close()
