"""A reply as HTML while it is being written: blocks that will not change any more, and the open rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ion.web.markdown import HEADINGS, UNFINISHED

# A long rest is not looked at for every word: only once it has grown by this share, which keeps the work in proportion.
_SHORT, _SHARE = 2_000, 32
# A table needs the line below its first to be one: whatever begins is sure once that line is there too.
_LINES_TO_BE_SURE = 2
_NOTHING = Markup("")
_ONE_LINE = {"heading_open", "hr"}
_SPACES = " \t"
_ENDED_BY_AN_EMPTY_LINE = {"paragraph_open", "blockquote_open", "table_open"}


@dataclass(frozen=True, slots=True)
class Step:
    """What to show: `blocks` go after the blocks there are, and `tail` takes the place of the last tail."""

    blocks: Markup
    tail: Markup


@dataclass(frozen=True, slots=True)
class Unfolding:
    """A reply as far as it has come: `text[:start]` is in finished blocks, `text[:seen]` has been looked at.

    All blocks and what `end` adds are exactly what the whole text is rendered to. `headings` are the levels of those
    that the next one may be below.
    """

    markdown: MarkdownIt
    text: str = ""
    start: int = 0
    seen: int = 0
    headings: tuple[int, ...] = ()
    tail: Markup = _NOTHING

    def add(self, delta: str) -> tuple["Unfolding", Step]:
        """Return the reply with `delta` at its end, and what that changes; a long tail may lag behind a little."""
        grown = replace(self, text=_joined(self.text, delta))
        rest = len(grown.text) - self.start
        if rest > _SHORT and (len(grown.text) - self.seen) * _SHARE < rest:
            return grown, Step(_NOTHING, self.tail)
        return grown._looked_at()

    def since(self, place: int) -> Step:
        """Return the finished blocks from `place` on, which was `start` once, and the newest tail."""
        env: dict[str, list[int]] = {HEADINGS: []}
        self.markdown.parse(self.text[:place], env)
        tokens = self.markdown.parse(self.text[place : self.start], env)
        return Step(self._html(tokens), self._html(self._tokens(), UNFINISHED))

    def end(self) -> Step:
        """Return what is to be shown once nothing more will come: the rest as finished blocks, and no tail."""
        return Step(self._html(self._tokens()), _NOTHING)

    def _looked_at(self) -> tuple["Unfolding", Step]:
        tokens = self._tokens()
        lines = self.text[self.start :].split("\n")
        first_open = _first_open(tokens, lines)
        finished, rest = tokens[:first_open], tokens[first_open:]
        start = self.start + sum(len(line) + 1 for line in lines[: _end_of(finished)])
        headings = next((token.meta[HEADINGS] for token in reversed(finished) if HEADINGS in token.meta), self.headings)
        step = Step(self._html(finished), self._html(rest, UNFINISHED))
        return replace(self, start=start, seen=len(self.text), headings=headings, tail=step.tail), step

    def _tokens(self) -> list[Token]:
        return self.markdown.parse(self.text[self.start :], {HEADINGS: list(self.headings)})

    def _html(self, tokens: list[Token], *flags: str) -> Markup:
        html = self.markdown.renderer.render(tokens, self.markdown.options, dict.fromkeys(flags, True))
        return Markup(html)  # nosec B704  # noqa: S704 - the renderer of to_html()


def _joined(text: str, delta: str) -> str:
    """Return the two with line feeds alone at the ends of lines; a last carriage return may yet get its own."""
    if text.endswith("\r"):
        text, delta = text[:-1], "\r" + delta
    if "\r" in delta:
        kept = "\r" if delta.endswith("\r") else ""
        delta = delta.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n") + kept
    return text + delta


def _first_open(tokens: Sequence[Token], lines: Sequence[str]) -> int:
    """Return the index of the first token of a block that later text may change, or how many tokens there are."""
    # The last line has no end yet, so what it will be is open.
    complete = len(lines) - 1
    starts = [index for index, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
    for start, following in zip_longest(starts, starts[1:]):
        if _is_closed(tokens[start], lines, complete):
            continue
        if following is None or _lines_of(tokens[following])[0] + _LINES_TO_BE_SURE > complete:
            return start
    return len(tokens)


def _is_closed(block: Token, lines: Sequence[str], complete: int) -> bool:
    """Tell whether the block's own lines, or an empty one below, have ended it."""
    start, end = _lines_of(block)
    if block.type == "fence":
        return end <= complete and end - start > 1 and _closes(lines[end - 1], block.markup)
    if block.type in _ENDED_BY_AN_EMPTY_LINE:
        return end < complete and not lines[end].strip(_SPACES)
    # The line below may make a heading the first line of a table.
    return block.type in _ONE_LINE and end < complete


def _closes(line: str, fence: str) -> bool:
    marks = line.strip(_SPACES)
    return len(marks) >= len(fence) and not marks.strip(fence[0])


def _end_of(tokens: Sequence[Token]) -> int:
    """Return the number of the line after these blocks."""
    return max((_lines_of(token)[1] for token in tokens if token.level == 0 and token.map), default=0)


def _lines_of(block: Token) -> list[int]:
    return cast(list[int], block.map)
