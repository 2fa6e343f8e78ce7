import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion.web.markdown import markdown_renderer, to_html

MARKDOWN = markdown_renderer()
LINK = '<a href="https://example.org" rel="noopener noreferrer nofollow" target="_blank">'
TAGS = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "h3", "blockquote", "a"}


def html_of(text: str) -> str:
    return str(to_html(MARKDOWN, text)).strip()


class TestWhatIsSet:
    @pytest.mark.parametrize(
        ("text", "html"),
        [
            ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("**지금 30분**: 먼저", "<p><strong>지금 30분</strong>: 먼저</p>"),
            ("*so*", "<p><em>so</em></p>"),
            ("`x == 5`", "<p><code>x == 5</code></p>"),
            ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
            ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("```py\nx < 1\n```", '<pre><code class="language-py">x &lt; 1\n</code></pre>'),
            ("# a", "<h3>a</h3>"),
            ("#### a", "<h3>a</h3>"),
            ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
            ("[a](https://example.org)", f"<p>{LINK}a</a></p>"),
            ("<https://example.org>", f"<p>{LINK}https://example.org</a></p>"),
            ("    not code", "<p>not code</p>"),
        ],
    )
    def test_becomes_html(self, text: str, html: str) -> None:
        assert html_of(text) == html


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

        assert set(found) <= {"p", "pre", "code"}

    def test_an_image_is_no_more_than_a_link(self) -> None:
        assert html_of("![a](https://example.org)") == f"<p>!{LINK}a</a></p>"

    def test_quotes_in_a_title_end_nothing(self) -> None:
        html = html_of("""[a](https://example.org '" onclick="x()')""")

        assert html.startswith('<p><a href="https://example.org" title="&quot; onclick=&quot;x()" rel=')

    @given(st.text(alphabet="<>&\"'()[]!*`#-_ \n1.:/ajsxhref=", max_size=60))
    def test_no_text_makes_another_tag(self, text: str) -> None:
        found = re.findall(r"<\s*/?\s*([a-zA-Z!][a-zA-Z0-9]*)", html_of(text))

        assert set(found) <= TAGS
