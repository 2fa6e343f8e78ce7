"""A reply on its way to a page: server-sent events that carry HTML, so that what is safe to show is decided once."""

import asyncio
from collections.abc import AsyncIterator, Mapping

from markdown_it import MarkdownIt

from ion.llm import Delta
from ion.mentoring import Run
from ion.sse import Place, event
from ion.web.streaming import Step, Unfolding

# Faster than this nobody reads, and a page that is told more often has less time for whoever is typing.
_PAUSE_SECONDS = 0.05


async def reply_events(run: Run, markdown: MarkdownIt, *, after: Place | None) -> AsyncIterator[bytes]:
    """Yield what a page needs to show a reply while it is written: finished `blocks` and an open `tail`.

    `whole` takes the place of what the page has, `more` adds its blocks and replaces the tail, and after `done` nothing
    comes. An event's place is how much of the reply's text is in finished blocks: whoever comes back to the same run
    with it is told only what came since.
    """
    written = run.so_far
    told = run.told
    unfolding, _ = Unfolding(markdown).add(written)
    resumed = after is not None and after.run == run.id and after.number <= unfolding.start
    start = after.number if after is not None and resumed else 0
    yield _event("more" if resumed else "whole", run, unfolding, unfolding.since(start))
    async for text in _gathered(run, after=told):
        unfolding, step = unfolding.add(text)
        yield _event("more", run, unfolding, step)
    yield _event("done", run, unfolding, unfolding.end())


async def _gathered(run: Run, *, after: int) -> AsyncIterator[str]:
    """Yield the text that comes, at most once a pause."""
    over = False
    while not over:
        pieces, after, over = await run.further(after)
        if text := "".join(piece.text for piece in pieces if isinstance(piece, Delta)):
            yield text
        if not over:
            await asyncio.sleep(_PAUSE_SECONDS)


def _event(name: str, run: Run, unfolding: Unfolding, step: Step) -> bytes:
    data: Mapping[str, object] = {"blocks": str(step.blocks), "tail": str(step.tail)}
    return event(name, data, Place(run.id, unfolding.start))
