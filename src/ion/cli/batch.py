"""`ion batch`: many messages at once, answered in the background by `ion serve`, or here while one waits."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from ion.accounts import LOCAL_ORGANISATION, LOCAL_USER
from ion.batches import Batch, BatchId, BatchStatus, BatchStore, BatchTooLong, new_batch
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.later import documents
from ion.cli.messages import STDIN, CannotOpen
from ion.cli.opened import settings_for_a_person
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json, write_utf8
from ion.clock import system_clock
from ion.language import Language
from ion.services import batches_in, new_id, open_kept, open_services
from ion.settings import BatchesSettings, Settings

app = typer.Typer(
    add_completion=False,
    cls=Group,
    help=both(en="Have many messages answered in the background.", ko="많은 메시지를 뒤에서 한꺼번에 답하게 해요."),
)

_LOOK_EVERY = 0.2
_STATUS_KO: Mapping[BatchStatus, str] = {
    BatchStatus.QUEUED: "기다리는 중",
    BatchStatus.RUNNING: "진행 중",
    BatchStatus.DONE: "끝남",
    BatchStatus.CANCELLED: "취소됨",
    BatchStatus.FAILED: "모두 실패",
}

Id = Annotated[str, typer.Argument(metavar="ID", help=both(en="The batch.", ko="일괄 작업의 ID."))]


@dataclass(frozen=True, slots=True)
class _Opened:
    settings: BatchesSettings
    store: BatchStore


@asynccontextmanager
async def _opened() -> AsyncIterator[_Opened]:
    settings = settings_for_a_person()
    async with open_kept(settings) as kept:
        yield _Opened(settings.batches, batches_in(kept, settings.batches))


@app.callback()
def batch(language: Lang = "en") -> None:
    """Many messages at once."""


@app.command(cls=Command, help=both(en="Send a file of messages.", ko="메시지 파일을 보내요."))
def submit(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=both(en='Lines {"user_input","custom_id"}; - is standard input.', ko="JSONL 파일. -는 표준 입력."),
        ),
    ],
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", help=both(en="Answer it here, and end when it has.", ko="여기서 답하며 끝까지 기다려요.")
        ),
    ] = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Keep a batch; a server does it, or this process."""
    settings = settings_for_a_person()
    content = _read(file, settings.batches.bytes, language)
    batch = asyncio.run(_wait(content, settings, language) if wait else _submit(content))
    _tell(batch, settings.batches, language, as_json=as_json)
    if batch.failed:
        raise typer.Exit(1)


@app.command(cls=Command, help=both(en="Show how far one is.", ko="얼마나 되었는지 보여 줘요."))
def status(batch_id: Id, language: Lang = "en", as_json: Json = False) -> None:
    """Show a batch."""
    _told(lambda opened: opened.store.with_id(BatchId(batch_id)), language, as_json=as_json)


@app.command(cls=Command, help=both(en="Let nothing more come of one.", ko="더 답하지 않게 해요."))
def cancel(batch_id: Id, language: Lang = "en", as_json: Json = False) -> None:
    """Cancel a batch."""
    _told(lambda opened: opened.store.cancel(BatchId(batch_id)), language, as_json=as_json)


@app.command(cls=Command, help=both(en="Print what came of one, as JSON Lines.", ko="결과를 JSONL로 출력해요."))
def results(
    batch_id: Id,
    after: Annotated[
        int,
        typer.Option("--after", metavar="LINE", min=0, help=both(en="Go on behind this line.", ko="이 줄 다음부터.")),
    ] = 0,
    language: Lang = "en",
) -> None:
    """Print what came of the lines so far, in their order."""
    asyncio.run(_print_results(BatchId(batch_id), after))


@app.command("list", cls=Command, help=both(en="List them, the newest first.", ko="새것부터 모두 보여 줘요."))
def list_all(language: Lang = "en", as_json: Json = False) -> None:
    """List the batches that are kept."""

    async def every() -> tuple[list[Batch], BatchesSettings]:
        async with _opened() as opened:
            return [batch async for batch in opened.store.each()], opened.settings

    found, settings = asyncio.run(every())
    if as_json:
        print_json({"items": [documents().of_batch(batch, settings) for batch in found]})
    else:
        for batch in found:
            console().print(_line(batch, language), soft_wrap=True)


def _read(file: Path, most: int, language: Language) -> bytes:
    try:
        content = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
    except OSError as error:
        why = error.strerror
        raise CannotOpen(
            said(language, en=f"{file} cannot be read: {why}.", ko=f"{file} 파일을 읽을 수 없어요: {why}.")
        ) from None
    if len(content) > most:
        raise BatchTooLong(
            said(language, en=f"A batch has at most {most:,} bytes.", ko=f"한 번에 {most:,}바이트까지 보낼 수 있어요.")
        )
    return content


async def _submit(content: bytes) -> Batch:
    async with _opened() as opened:
        return await _kept(content, opened.store, opened.settings)


async def _wait(content: bytes, settings: Settings, language: Language) -> Batch:
    """Keep a batch and do it here, with whoever else does; whoever does not wait to the end leaves it to them."""
    async with open_services(settings) as services:
        batch = await _kept(content, services.batches, settings.batches)
        async with documents().working(services):
            with _progress() as progress:
                task = progress.add_task(said(language, en="Answering", ko="답하는 중"), total=batch.total)
                return await _followed(services.batches, batch, progress, task)


async def _followed(store: BatchStore, batch: Batch, progress: Progress, task: TaskID) -> Batch:
    while not batch.has_ended:
        await asyncio.sleep(_LOOK_EVERY)
        batch = await store.with_id(batch.id)
        progress.update(task, completed=batch.done + batch.failed)
    return batch


async def _kept(content: bytes, store: BatchStore, settings: BatchesSettings) -> Batch:
    batch_id, now = BatchId(new_id()), system_clock()
    lines = documents().lines_in(content, batch_id, settings, at=now)
    return await store.add(new_batch(batch_id, LOCAL_USER, LOCAL_ORGANISATION, lines, at=now), lines)


async def _print_results(batch_id: BatchId, after: int) -> None:
    async with _opened() as opened:
        await opened.store.with_id(batch_id)
        async for found in opened.store.all_results(batch_id, after=after):
            write_utf8("".join(f"{result.text}\n" for result in found), sys.stdout)


def _told(ask: Callable[[_Opened], Awaitable[Batch]], language: Language, *, as_json: bool) -> None:
    async def asked() -> tuple[Batch, BatchesSettings]:
        async with _opened() as opened:
            return await ask(opened), opened.settings

    batch, settings = asyncio.run(asked())
    _tell(batch, settings, language, as_json=as_json)


def _tell(batch: Batch, settings: BatchesSettings, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(documents().of_batch(batch, settings))
    else:
        console().print(_line(batch, language), soft_wrap=True)


def _line(batch: Batch, language: Language) -> str:
    status = said(language, en=batch.status, ko=_STATUS_KO[batch.status])
    done, failed, total = (f"{number:,}" for number in (batch.done, batch.failed, batch.total))
    numbers = said(
        language, en=f"{done} of {total} answered, {failed} failed", ko=f"{total}개 중 {done}개 답함, {failed}개 실패"
    )
    return f"{batch.id}  {status}  {numbers}"


def _progress() -> Progress:
    to = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    return Progress(*columns, console=to, transient=True, disable=not to.is_terminal)
