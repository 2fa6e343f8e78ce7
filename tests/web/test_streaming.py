import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from ion.web.markdown import CodeLabels, markdown_renderer, to_html
from ion.web.streaming import Step, Unfolding

MARKDOWN = markdown_renderer(CodeLabels("Copy", "Copied", "Table"))
PIECES = [
    *["# a\n", "## b\n", "### c", "- a\n", "  - b\n", "    c\n", "- ", "-", "1. x\n", "2. y\n", "1.", "+ b\n"],
    *["> q\n", ">> r\n", ">\n", "> - l\n", "> ```\n", "> # h\n", "```py\n", "```\n", "~~~\n", "````\n", "```\x0b\n"],
    *[
        "- ```\n  a\n  ```\n",
        "x = 1\n",
        "|a|b|\n",
        "|-|-|\n",
        "-|-\n",
        "x|y\n",
        "|1|2|3|\n",
        "|",
        "#",
        "---\n",
        "***\n",
    ],
    *["\n", "\n\n", "\n \n", "  \n", "\t\n", "\r\n", "\r", "\x0b", "\u2028", "\0", "    ", "text", "text\n", "가나"],
    *["**b**", "*", "_", "`c`", "``", "~~s~~", "[l](https://a.b)", "![i](https://a.b)", "\\", "<https://x.y>", "&amp;"],
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
REPLY = """## First

Look at **one** test.

| test | fails |
|---|--:|
| a | 3 |

- alone
- with others

```py
x = 1
```

### Then

Read the log."""


def unfolded(text: str, cuts: list[int]) -> tuple[Unfolding, list[Step]]:
    state, steps = Unfolding(MARKDOWN), []
    edges = [0, *sorted({cut % (len(text) + 1) for cut in cuts}), len(text)]
    for start, end in pairwise(edges):
        state, step = state.add(text[start:end])
        steps.append(step)
    return state, steps


def blocks_of(steps: list[Step]) -> Markup:
    return Markup("").join(step.blocks for step in steps)


class TestUnfolding:
    @given(TEXTS, st.lists(st.integers(0, 500), max_size=30))
    @example("### a|b\n-|-\n", list(range(20)))
    @example("a\r\n\r\nb\r", list(range(20)))
    @settings(max_examples=400, deadline=None)
    def test_comes_to_what_the_whole_text_is(self, text: str, cuts: list[int]) -> None:
        state, steps = unfolded(text, cuts)

        assert blocks_of([*steps, state.end()]) == to_html(MARKDOWN, text)
        assert state.end().tail == ""

    @given(TEXTS, st.lists(st.integers(0, 500), max_size=30))
    @settings(max_examples=200, deadline=None)
    def test_can_be_joined_at_any_time(self, text: str, cuts: list[int]) -> None:
        state, steps = unfolded(text, cuts)

        assert state.since(0) == Step(blocks_of(steps), steps[-1].tail)

    @given(TEXTS, st.integers(0, 500))
    @settings(max_examples=200, deadline=None)
    def test_can_be_joined_again_from_where_one_was(self, text: str, cut: int) -> None:
        cut %= len(text) + 1
        before, _ = Unfolding(MARKDOWN).add(text[:cut])
        state, step = before.add(text[cut:])

        assert state.since(before.start) == step

    @pytest.mark.parametrize(
        ("text", "finished"),
        [
            ("a", 0),
            ("a\n", 0),
            ("a\n\n", 1),
            ("a\n# b\nc", 0),
            ("a\n# b\nc\n", 2),
            ("# a\n", 0),
            ("# a\nb\n", 1),
            ("a|b\n-|-\n\n", 1),
            ("> a\n\n", 1),
            ("- a\n\n", 0),
            ("- a\n\nb\n", 0),
            ("- a\n\nb\n\n", 2),
            ("```\na\n\n\n", 0),
            ("```\na\n```", 0),
            ("```\na\n```\n", 1),
            ("````\n```\n\n", 0),
            ("```\na\n```\x0b\n", 0),
        ],
    )
    def test_a_block_is_finished_once_nothing_can_change_it(self, text: str, finished: int) -> None:
        state, _ = Unfolding(MARKDOWN).add(text)
        closed = MARKDOWN.parse(text[: state.start])

        assert sum(token.level == 0 and token.nesting >= 0 for token in closed) == finished

    def test_a_reply_is_finished_block_by_block(self) -> None:
        _, steps = unfolded(REPLY, list(range(len(REPLY))))

        shown = [str(step.blocks).splitlines()[0] for step in steps if step.blocks]
        assert [line[:9] for line in shown] == ['<h3 dir="', '<p dir="a', "<div clas", "<ul>", "<figure c", '<h4 dir="']

    def test_an_open_fence_is_code_and_is_coloured_once_it_is_closed(self) -> None:
        state, open_ = Unfolding(MARKDOWN).add("```py\nx = 1\n")
        _, closed = state.add("```\n")

        assert "<code>x = 1</code>" in open_.tail
        assert '<code>x = <span class="hl-number">1</span></code>' in closed.blocks
        assert closed.tail == ""

    def test_headings_go_on_from_those_before(self) -> None:
        state, _ = Unfolding(MARKDOWN).add("## a\n\ntext\n\n")
        _, step = state.add("### b")

        assert step.tail == '<h4 dir="auto">b</h4>\n'

    def test_a_long_tail_lags_behind_by_a_small_share_only(self) -> None:
        item = "- word\n"
        state, _ = Unfolding(MARKDOWN).add(item * 1_000)
        state, same = state.add(item)
        behind, grown = state.add(item * 40)

        assert same.tail.count("<li") == 1_000
        assert state.since(0).tail.count("<li") == 1_001
        assert grown.tail.count("<li") == 1_041
        assert behind.seen == len(behind.text)

    def test_the_work_grows_with_the_text_and_not_with_its_square(self) -> None:
        text = REPLY * 60
        begun = time.process_time()
        state = Unfolding(MARKDOWN)
        for start in range(0, len(text), 4):
            state, _ = state.add(text[start : start + 4])

        assert time.process_time() - begun < 10
