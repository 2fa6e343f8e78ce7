import re
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ion.web.markdown import CodeLabels, markdown_renderer, to_html

LABELS = CodeLabels("복사", "복사했어요", '표 "1"')
MARKDOWN = markdown_renderer(LABELS)
# Measuring coverage makes each step several times as slow.
LIMIT = 1 if sys.gettrace() is None else 5
LINK = '<a href="https://example.org" rel="noopener noreferrer nofollow" target="_blank">'
TEXT_TAGS = {"p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "h3", "h4", "h5", "h6", "blockquote", "hr"}
TAGS = TEXT_TAGS | {"code", "pre", "figure", "figcaption", "span", "button"}
TABLE = '<div class="table" tabindex="0" role="region" aria-label="표 &#34;1&#34;: a, b, c"><table>'


def html_of(text: str) -> str:
    return str(to_html(MARKDOWN, text)).strip()


def bare(html: str) -> str:
    return html.replace(' dir="auto"', "").replace(' dir="ltr"', "")


def code(html: str, name: str = "") -> str:
    button = '<button type="button" class="copy" data-copy data-copied="복사했어요" hidden>복사</button>'
    caption = f"<figcaption><span>{name}</span>{button}</figcaption>"
    return f'<figure class="code" data-code>{caption}<pre tabindex="0" dir="ltr"><code>{html}</code></pre></figure>'


class TestWhatIsSet:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("**지금 30분**: 먼저", "<p><strong>지금 30분</strong>: 먼저</p>"),
            ("*so*", "<p><em>so</em></p>"),
            ("~~no~~", "<p><s>no</s></p>"),
            ("`x == 5`", "<p><code>x == 5</code></p>"),
            ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
            ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
            ("a\n\n---", "<p>a</p>\n<hr>"),
            ("[a](https://example.org)", f"<p>{LINK}a</a></p>"),
            ("<https://example.org>", f"<p>{LINK}https://example.org</a></p>"),
            ("https://example.org", "<p>https://example.org</p>"),
            ("    not code", "<p>not code</p>"),
            ("![a *b*](https://example.org/x.png)", "<p>a b</p>"),
            ("![<b>](https://example.org/x.png)", "<p>&lt;b&gt;</p>"),
        ],
    )
    def test_becomes_html(self, text: str, html: str) -> None:
        assert bare(html_of(text)) == html

    def test_a_table_can_be_scrolled_by_keys_and_has_no_inline_style(self) -> None:
        html = html_of("|a|b|c|\n|:-|:-:|-:|\n|1|`2`|3|")

        cells = '<td class="to-left">1</td>\n<td class="to-center"><code>2</code></td>\n<td class="to-right">3</td>'
        assert bare(html).startswith(f"{TABLE}\n<thead>")
        assert cells in bare(html)
        assert html.endswith("</tbody>\n</table></div>")
        assert "style=" not in html

    @pytest.mark.parametrize(
        ("text", "levels"),
        [
            ("# a", [3]),
            ("#### a", [3]),
            ("## a\n### b\n## c", [3, 4, 3]),
            ("### a\n# b\n## c", [3, 3, 4]),
            ("# a\n#### b\n## c\n### d", [3, 4, 4, 5]),
            ("# a\n## b\n### c\n#### d\n##### e\n###### f", [3, 4, 5, 6, 6, 6]),
            ("> # a\n\n## b", [3, 4]),
        ],
    )
    def test_headings_keep_their_order_and_leave_no_level_out(self, text: str, levels: list[int]) -> None:
        html = html_of(text)

        assert [int(level) for level in re.findall(r"<h(\d)", html)] == levels
        assert [int(level) for level in re.findall(r"</h(\d)", html)] == levels


class TestCode:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("```\nx < 1\n\n```", code("x &lt; 1\n")),
            ("```py\nx < 1\n```", code('x &lt; <span class="hl-number">1</span>', "python")),
            ("```PY title=a\nx\n```", code("x", "python")),
            ("```elixir\nx < 1\n```", code("x &lt; 1", "elixir")),
            ("```<script>\nx\n```", code("x")),
            ("```js\n1", code('<span class="hl-number">1</span>', "javascript")),
            ("```", code("")),
        ],
    )
    def test_stands_in_a_figure_with_its_name_and_a_button(self, text: str, html: str) -> None:
        assert html_of(text) == html


class TestDirection:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("שלום", '<p dir="auto">שלום</p>'),
            ("# a", '<h3 dir="auto">a</h3>'),
            ("a `b`", '<p dir="auto">a <code dir="ltr">b</code></p>'),
            ("- a", '<ul>\n<li dir="auto">a</li>\n</ul>'),
            # Text with a direction of its own says nothing about what it stands in, so the first has none.
            ("> a\n>\n> b", '<blockquote dir="auto">\n<p>a</p>\n<p dir="auto">b</p>\n</blockquote>'),
            (
                "- a\n\n  b",
                '<ul>\n<li dir="auto">\n<p>a</p>\n<p dir="auto">b</p>\n</li>\n</ul>',
            ),
        ],
    )
    def test_is_that_of_the_text(self, text: str, html: str) -> None:
        assert html_of(text) == html

    def test_is_each_cells_own(self) -> None:
        assert html_of("|a|\n|-|\n|b|").count(' dir="auto"') == 2


class TestWhatIsNot:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](java\tscript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "[x](//example.org)",
            "[x](/metrics)",
            "[x](https:///nowhere)",
            "<javascript:alert(1)>",
            "<mailto:a@example.org>",
            '<a href="https://example.org" onclick="x()">x</a>',
            "<b>bold</b>",
            "![x](data:image/svg+xml,x)",
            "&lt;script&gt;",
            "```<script>\nx\n```",
        ],
    )
    def test_stays_text(self, text: str) -> None:
        found = re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", html_of(text))

        assert set(found) <= {"p", "pre", "code", "figure", "figcaption", "span", "button"}

    def test_quotes_in_a_title_end_nothing(self) -> None:
        html = html_of("""[a](https://example.org '" onclick="x()')""")

        assert bare(html).startswith('<p><a href="https://example.org" title="&quot; onclick=&quot;x()" rel=')

    @given(st.text(alphabet="<>&\"'()[]!*`#-_ \n1.:/ajsxhref=", max_size=60))
    def test_no_text_makes_another_tag(self, text: str) -> None:
        found = re.findall(r"<\s*/?\s*([a-zA-Z!][a-zA-Z0-9]*)", html_of(text))

        assert set(found) <= TAGS


class TestMadeToBeSlow:
    @pytest.mark.parametrize(
        "text",
        [
            "[" * 50_000,
            "![" * 50_000,
            "*" * 100_000,
            "*a_ " * 25_000,
            "`" * 100_000,
            "> " * 5_000,
            ">" * 100_000,
            "- " * 50_000,
            "".join(" " * (2 * depth) + "- a\n" for depth in range(440)),
            "|a|b|\n|-|-|\n" + "|a|b|\n" * 16_000,
            "|" + "a|" * 300 + "\n|" + "-|" * 300 + "\n" + "|\n" * 20_000,
            "|" + "a|" * 40 + "\n|" + "-|" * 40 + "\n" + "|\n" * 20_000,
            "```java\n" + "a " * 45_000 + "\n```",
            "```csharp\n" + "a\n" * 45_000 + "```",
        ],
        ids=lambda text: text[:9],
    )
    def test_is_done_within_a_second(self, text: str) -> None:
        # Of this process: other work on the machine must not count.
        begun = time.process_time()
        html = html_of(text)

        assert time.process_time() - begun < LIMIT
        assert len(html) < 12 * len(text)


class TestNestedTooDeep:
    @pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - "])
    def test_is_text_and_nothing_is_lost(self, mark: str) -> None:
        html = html_of(mark * 30 + "deep\n\nafter")

        assert "deep" in html
        assert "after" in html
        assert html.count("<li") + html.count("<blockquote") <= 12

    def test_items_side_by_side_stay_items(self) -> None:
        lines = [" " * (2 * depth) + "- a" for depth in range(6)]
        html = html_of("\n".join([*lines, " " * 10 + "- b", "", "after"]))

        assert html.count("<li") == 7
        assert "after" in html


class TestTextWithoutMarks:
    @given(st.text(alphabet="ab \t\n가!]>|", max_size=40))
    def test_is_read_as_the_parser_would(self, text: str) -> None:
        parsed = MarkdownIt("zero", {"breaks": True}).enable("newline").render(text)
        ours = markdown_renderer(LABELS).disable(["list", "blockquote", "table"]).render(text)

        assert bare(ours) == parsed
