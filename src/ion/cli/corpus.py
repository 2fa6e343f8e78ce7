"""`ion corpus`: what mentees let ION learn from, as rows for the next training."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ion.cli.command import Command, Group, Json, Lang
from ion.cli.messages import STDIN, CannotOpen
from ion.cli.options import Output
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.language import Language
from ion.mentoring import Turn
from ion.privacy import mask
from ion.services import open_kept
from ion.settings import Settings, load_settings

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(en="Export what mentees let ION learn from.", ko="배워도 좋다고 한 글을 내보내요."),
)


@app.callback()
def corpus(language: Lang = "en") -> None:
    """The corpus."""


@app.command(
    cls=Command,
    help=both(
        en="Export the messages whose corrected reading may be used for training, masked.",
        ko="읽기를 바로잡고 학습에 써도 좋다고 한 글을, 개인정보를 가려서 내보내요.",
    ),
)
def export(target: Output = None, language: Lang = "en", as_json: Json = False) -> None:
    """Write a row for each correction that was shared; the others are only counted."""
    file = None if target == STDIN else target
    rows, not_shared = asyncio.run(_rows(load_settings(), language))
    if file is not None:
        _write(rows, file, language)
    counts: dict[str, object] = {"exported": len(rows), "not_shared": not_shared}
    if as_json:
        print_json({**counts, **({"items": rows} if file is None else {"output": str(file)})})
        return
    if file is None:
        _put(rows, sys.stdout.buffer)
    # Standard output may be the rows' own.
    console(stderr=file is None).print(
        said(
            language,
            en=f"Exported: {len(rows)}. Corrections not shared, and left out: {not_shared}.",
            ko=f"내보낸 글: {len(rows)}개. 학습에 쓰도록 허락하지 않아 뺀 것: {not_shared}개.",
        )
    )


async def _rows(settings: Settings, language: Language) -> tuple[list[Mapping[str, str]], int]:
    """Return a row for each shared correction, and how many were not shared."""
    async with open_kept(settings) as kept:
        counts = await kept.turns.corrected()
        with _progress(counts.shared, language) as shown:
            rows = [row async for row in _watched(kept.turns.shared(), shown)]
    return rows, counts.not_shared


async def _watched(turns: AsyncIterator[Turn], shown: Progress) -> AsyncIterator[Mapping[str, str]]:
    async for turn in turns:
        yield _row(turn)
        shown.advance(shown.task_ids[0])


@contextmanager
def _progress(total: int, language: Language) -> Iterator[Progress]:
    """Show how far it is, where a terminal shows it."""
    columns = (TextColumn(said(language, en="masking", ko="가리는 중")), BarColumn(), MofNCompleteColumn())
    to = console(stderr=True)
    with Progress(*columns, console=to, transient=True, disable=not to.is_terminal) as shown:
        shown.add_task("", total=total)
        yield shown


def _row(turn: Turn) -> Mapping[str, str]:
    """Return all that leaves the conversation: neither the turn's own id nor anything around it does."""
    assert turn.reading is not None
    assert turn.correction is not None
    labels = turn.correction.labels(turn.reading)
    return {"id": str(uuid.uuid4()), "text": mask(turn.message), **labels, "register": "correction"}


def _write(rows: list[Mapping[str, str]], file: Path, language: Language) -> None:
    try:
        with file.open("wb") as out:
            _put(rows, out)
    except OSError as error:
        reason = f"{file}: {error.strerror}."
        raise CannotOpen(said(language, en=reason, ko=f"파일을 열 수 없어요. ({reason})")) from None


def _put(rows: list[Mapping[str, str]], out: BinaryIO) -> None:
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    out.flush()
