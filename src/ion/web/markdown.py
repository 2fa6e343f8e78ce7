"""Light Markdown to HTML that is safe to show: no raw HTML, no images, links only to the web."""

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

_BLOCKS = ["fence", "list", "heading", "blockquote"]
_INLINE = ["newline", "escape", "backticks", "emphasis", "link", "autolink", "entity"]
# Pages have one h1, and each mentor's name is an h2.
_HEADING = "h3"
_WEB_ADDRESS = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)


class _WebLinksOnly(MarkdownIt):
    """Markdown whose links lead to http and https addresses and nowhere else."""

    def validateLink(self, url: str) -> bool:
        """Tell whether a link may be made of this address."""
        return _WEB_ADDRESS.match(url) is not None


def markdown_renderer() -> MarkdownIt:
    """Return what turns a reply into HTML."""
    markdown = _WebLinksOnly("zero", {"html": False, "breaks": True}).enable([*_BLOCKS, *_INLINE])
    markdown.add_render_rule("link_open", _link_open)
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


def to_html(markdown: MarkdownIt, text: str) -> Markup:
    """Return `text` as HTML."""
    return Markup(markdown.render(text))  # noqa: S704 - markdown-it escapes whatever is not one of the rules above


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer nofollow")
    tokens[index].attrSet("target", "_blank")
    return renderer.renderToken(tokens, index, options, env)


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    tokens[index].tag = _HEADING
    return renderer.renderToken(tokens, index, options, env)
