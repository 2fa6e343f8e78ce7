"""Markdown to HTML that is safe to show: no raw HTML, no images, links only to the web, and work that stays small."""

import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, blockquote, fence, heading, hr, list_block, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from ion.web.highlighting import highlighted, language_of

_BLOCKS = ["fence", "list", "heading", "blockquote", "table", "hr"]
_INLINE = ["newline", "escape", "backticks", "strikethrough", "emphasis", "link", "image", "autolink", "entity"]
_WEB_ADDRESS = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
_LANGUAGE_NAME = re.compile(r"[\w+#.-]{1,20}")
# Where one of the rules of _INLINE may begin, other than a new line.
_MARK = re.compile(r"[\\`~*_\[<&]")
_NEW_LINE = re.compile(r" *\n[ \t]*")
# Marks a text may have: more than people use, and few enough to look at one by one.
_MARKS, _LETTERS_A_MARK = 100, 8
# More than the rules for lists and quotations let anything be in.
_ANY_DEPTH = 20
_WIDEST_TABLE, _MOST_CELLS = 40, 4_000
_LONGEST_NAME = 80
# Pages have one h1, and each mentor's name is an h2.
_ABOVE_HEADINGS, _LOWEST_HEADING = 2, 6
_DIRECTED = {"paragraph_open", "heading_open", "th_open", "td_open", "list_item_open", "blockquote_open"}
_CONTAINERS = {"list_item_open", "blockquote_open"}
# In the environment: set where the end is still to come, so that code is highlighted only when it is whole.
UNFINISHED = "unfinished"
# In the environment and with each heading: the levels, as written, of the headings that the next may be below.
HEADINGS = "headings"

_Env = MutableMapping[str, Any]
_RenderRule = Callable[[RendererHTML, Sequence[Token], int, OptionsDict, _Env], str]
_BlockRule = Callable[[StateBlock, int, int, bool], bool]


@dataclass(frozen=True, slots=True)
class CodeLabels:
    """Words in the reader's language: on the button that copies code, once it has, and what a table is called."""

    copy: str
    copied: str
    table: str


class _WebLinksOnly(MarkdownIt):
    """Markdown whose links lead to http and https addresses and nowhere else."""

    def validateLink(self, url: str) -> bool:
        """Tell whether a link may be made of this address."""
        return _WEB_ADDRESS.match(url) is not None


def markdown_renderer(labels: CodeLabels) -> MarkdownIt:
    """Return what turns a reply into HTML."""
    markdown = _WebLinksOnly("zero", {"html": False, "breaks": True}).enable([*_BLOCKS, *_INLINE])
    blocks = markdown.block.ruler
    for name, (block, marks, deepest, ends) in _RULES.items():
        blocks.at(name, _limited(block, marks, deepest), {"alt": ends})
    blocks.at("table", _table, {"alt": ["paragraph"]})
    markdown.core.ruler.at("inline", _inline)
    markdown.core.ruler.push("dress", _dress)
    rules: dict[str, _RenderRule] = {
        "link_open": _link_open,
        "image": _image,
        "code_inline": _code_inline,
        "fence": _fence(labels),
        "table_open": _table_open(labels),
        "table_close": _table_close,
    }
    for name, rule in rules.items():
        markdown.add_render_rule(name, rule)
    return markdown


def to_html(markdown: MarkdownIt, text: str) -> Markup:
    """Return `text` as HTML."""
    return Markup(markdown.render(text))  # nosec B704  # noqa: S704 - markdown-it escapes whatever is not one of the rules above


def _limited(rule: _BlockRule, marks: frozenset[str], deepest: int) -> _BlockRule:
    """Return the rule for blocks that begin with one of `marks`, and in at most `deepest` open elements.

    Nested deeper it is text; the parser itself would drop it, and all that follows.
    """

    def limited(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        first = state.bMarks[start] + state.tShift[start]
        is_one = state.src[first : first + 1] in marks and (silent or state.level < deepest)
        return is_one and rule(state, start, end, silent)

    return limited


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # Every row is filled up to the width of the first, however short it is.
    head = state.src.count("|", state.bMarks[start], state.eMarks[start])
    return 0 < head <= _WIDEST_TABLE and table(state, start, min(end, start + 2 + _MOST_CELLS // head), silent)


# Each with what its blocks begin with, the open elements it may be in (a list's item is two) and what it ends.
_RULES: dict[str, tuple[_BlockRule, frozenset[str], int, list[str]]] = {
    "fence": (fence, frozenset("`~"), _ANY_DEPTH, ["paragraph", "blockquote", "list"]),
    "blockquote": (blockquote, frozenset(">"), 4, ["paragraph", "blockquote", "list"]),
    "hr": (hr, frozenset("*-_"), _ANY_DEPTH, ["paragraph", "blockquote", "list"]),
    "list": (list_block, frozenset("*+-0123456789"), 12, ["paragraph", "blockquote"]),
    "heading": (heading, frozenset("#"), _ANY_DEPTH, ["paragraph", "blockquote"]),
}


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "inline":
            continue
        marks = len(_MARK.findall(token.content))
        if marks == 0 or marks > _MARKS + len(token.content) // _LETTERS_A_MARK:
            token.children = _lines(token.content)
        else:
            state.md.inline.parse(token.content, state.md, state.env, cast(list[Token], token.children))


def _lines(text: str) -> list[Token]:
    """Return what the inline parser makes of a text without marks, at a fraction of the cost."""
    children: list[Token] = []
    for index, line in enumerate(_NEW_LINE.split(text)):
        if index:
            children.append(Token("softbreak", "br", 0))
        if line:
            children.append(Token("text", "", 0, content=line))
    return children


def _dress(state: StateCore) -> None:
    """Give each block its direction, headings their level and cells their side."""
    above: list[int] = state.env.setdefault(HEADINGS, [])
    before = ""
    for token in state.tokens:
        # A container takes its direction from text in it that has none of its own: what comes first in it.
        if token.type in _DIRECTED and before not in _CONTAINERS:
            token.attrs["dir"] = "auto"
        if token.type == "heading_open":
            _put(above, int(token.tag[1:]))
            token.meta[HEADINGS] = tuple(above)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_ABOVE_HEADINGS + len(above), _LOWEST_HEADING)}"
        if "style" in token.attrs:
            token.attrs["class"] = str(token.attrs.pop("style")).replace("text-align:", "to-")
        before = token.type


def _put(above: list[int], level: int) -> None:
    """Put a heading below those `above` that are higher: levels keep their order, and none is left out."""
    while above and above[-1] >= level:
        above.pop()
    above.append(level)


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    tokens[index].attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
    return escapeHtml(renderer.renderInlineAsText(tokens[index].children, options, env))


def _code_inline(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
    return Markup('<code dir="ltr">{}</code>').format(tokens[index].content)


def _fence(labels: CodeLabels) -> _RenderRule:
    figure = Markup(
        '<figure class="code" data-code><figcaption><span>{}</span>'
        '<button type="button" class="copy" data-copy data-copied="{}" hidden>{}</button></figcaption>'
        '<pre tabindex="0" dir="ltr"><code>{}</code></pre></figure>\n'
    )

    def figure_of(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
        name = (tokens[index].info.split() or [""])[0]
        code = tokens[index].content.removesuffix("\n")
        language = language_of(name)
        shown = escape(code) if language is None or UNFINISHED in env else highlighted(code, language)
        said = language or (name if _LANGUAGE_NAME.fullmatch(name) else "")
        return figure.format(said, labels.copied, labels.copy, shown)

    return figure_of


def _table_open(labels: CodeLabels) -> _RenderRule:
    # What can be scrolled has to be reached by the keyboard, and to have a role and a name of its own.
    frame = Markup('<div class="table" tabindex="0" role="region" aria-label="{}">')

    def table_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
        row = takewhile(lambda token: token.type != "thead_close", tokens[index:])
        heads = ", ".join(token.content for token in row if token.type == "inline" and token.content)
        name = f"{labels.table}: {heads[:_LONGEST_NAME]}" if heads else labels.table
        return str(frame.format(name)) + renderer.renderToken(tokens, index, options, env)

    return table_open


def _table_close(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: _Env) -> str:
    return "</table></div>\n"
