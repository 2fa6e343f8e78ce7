"""Showing how far sealing is."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ion.cli.speech import said
from ion.cli.terminal import console
from ion.language import Language
from ion.mentoring import Resealed, SealingStore


@contextmanager
def progress(words: str, total: int | None) -> Iterator[Progress]:
    """Show how far it is, where a terminal shows it."""
    to = console(stderr=True)
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=to, transient=True, disable=not to.is_terminal) as shown:
        shown.add_task("", total=total)
        yield shown


async def watched(batches: AsyncIterator[Resealed], store: SealingStore, language: Language) -> Resealed:
    """Show batches as they are done, and return them as one."""
    rows = unreadable = 0
    with progress(said(language, en="sealing", ko="잠그는 중"), None) as shown:
        (bar,) = shown.task_ids
        async for batch in batches:
            done = batch.rows + batch.unreadable
            if shown.tasks[0].total is None:
                # Only now is it known what there is to do: new keys have been made by the first batch.
                shown.update(bar, total=await store.due() + done)
            shown.advance(bar, done)
            rows, unreadable = rows + batch.rows, unreadable + batch.unreadable
    return Resealed(rows, unreadable)


def tell_unreadable(count: int, language: Language) -> None:
    """Say how many rows were left alone, if any."""
    if count:
        console(stderr=True).print(
            said(
                language,
                en=f"Rows that do not open, and were left alone: {count}.",
                ko=f"열리지 않아 그대로 둔 행: {count}개.",
            )
        )
