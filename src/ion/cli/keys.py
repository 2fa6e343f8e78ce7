"""`ion keys`: what conversations are sealed with, and changing it while ION runs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ion.audit import Action, AuditEvent
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import operating
from ion.cli.sealing import progress, tell_unreadable, watched
from ion.cli.speech import both, one_of, said
from ion.cli.terminal import console, print_json
from ion.errors import Conflict
from ion.language import Language
from ion.mentoring import Resealed, Sealed
from ion.sealing import KeyCounts, Masters, new_master_key, rewrapped, write_key_file
from ion.services import open_kept
from ion.settings import load_settings

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(en="Show and change what conversations are sealed with.", ko="대화를 잠그는 키를 보거나 바꿔요."),
)

_SOURCES: Mapping[str, str] = {
    "environment": "ION_ENCRYPTION__KEY",
    "file": "ION_ENCRYPTION__KEY_FILE",
    "command": "ION_ENCRYPTION__KEY_COMMAND",
    "own_file": both(en="ION's own file", ko="ION이 만든 파일"),
    "none": both(en="memory", ko="메모리"),
}


class KeyFileThere(Conflict):
    """A key is never written over another one."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is sealed with what, and what has begun and not ended."""

    source: str
    masters: Masters
    data_keys: KeyCounts
    sealed: Sealed
    unfinished: Mapping[str, datetime]

    @property
    def is_whole(self) -> bool:
        """Whether everything is sealed with the newest keys, and nothing is half done."""
        return not (self.sealed.plain or self.sealed.replaced or self.unfinished)


@app.callback()
def keys(language: Lang = "en") -> None:
    """The keys."""


@app.command(
    cls=Command, help=both(en="Show the keys, and whether everything is sealed.", ko="키와 잠금 상태를 보여 줘요.")
)
def status(language: Lang = "en", as_json: Json = False) -> None:
    """Show the state; nothing that is secret is shown."""
    found = asyncio.run(_status())
    if as_json:
        print_json(_document(found))
    else:
        _print(found, language)


@app.command(
    cls=Command,
    help=both(en="Make a master key; nothing is changed by it.", ko="마스터 키를 만들어요. 바뀌는 것은 없어요."),
)
def new(
    target: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help=both(en="A new file for it that only you can read.", ko="나만 읽을 수 있는 새 파일에 적어요."),
        ),
    ] = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Print a new key, or write it to a file."""
    key = new_master_key()
    if target is not None and not write_key_file(target, key):
        raise KeyFileThere(
            said(
                language,
                en=f"{target} is there already; a key is never written over another.",
                ko=f"{target} 파일이 이미 있어요. 키 위에 다른 키를 덮어쓰지 않아요.",
            )
        )
    if as_json:
        print_json({"key": key} if target is None else {"output": str(target)})
    elif target is None:
        console().print(key, soft_wrap=True)
    else:
        written = said(
            language,
            en=f"Written to {target}. Keep a copy of it, apart from backups of the database.",
            ko=f"{target}에 적었어요. 데이터베이스 백업과 다른 곳에 한 벌 더 보관해 주세요.",
        )
        console().print(written, soft_wrap=True)


@app.command(
    cls=Command,
    help=both(
        en="Seal everything with new data keys; goes on where it was cut off.",
        ko="새 데이터 키로 모두 다시 잠가요. 끊기면 이어서 해요.",
    ),
)
def rotate(
    master: Annotated[
        bool,
        typer.Option(
            "--master",
            help=both(
                en="Wrap the data keys in the first master key instead; texts stay as they are.",
                ko="그 대신 데이터 키를 첫 마스터 키로 다시 감싸요. 글은 그대로 둬요.",
            ),
        ),
    ] = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Rotate the data keys, or the master key around them."""
    if master:
        _tell_wrapped(*asyncio.run(_wrap(language)), language, as_json=as_json)
    else:
        _tell_sealed(asyncio.run(_seal(language)), language, as_json=as_json)


async def _status() -> Status:
    async with open_kept(load_settings()) as kept:
        store = kept.keyring.store
        return Status(
            kept.keyring.source.kind,
            kept.keyring.masters,
            await store.counts(),
            await kept.sealer.store.counts(),
            await store.unfinished(),
        )


def _document(found: Status) -> dict[str, object]:
    used = found.data_keys.by_master
    return {
        "whole": found.is_whole,
        "source": found.source,
        "masters": [{"id": name, "data_keys": used.get(name, 0)} for name in found.masters.ids],
        "owners": found.data_keys.owners,
        "rows": {"all": found.sealed.rows, "plain": found.sealed.plain, "replaced_key": found.sealed.replaced},
        "unfinished": {name: at.isoformat() for name, at in found.unfinished.items()},
    }


def _print(found: Status, language: Language) -> None:
    to = console()
    source = one_of(_SOURCES[found.source], language)
    to.print(said(language, en=f"Master key from: {source}", ko=f"마스터 키: {source}"), soft_wrap=True)
    for place, name in enumerate(found.masters.ids):
        count = found.data_keys.by_master.get(name, 0)
        wraps = said(language, en="wraps", ko="감싸는 키") if place == 0 else said(language, en="opens", ko="여는 키")
        to.print(
            said(language, en=f"  {name} ({wraps}): {count} data keys", ko=f"  {name} ({wraps}): 데이터 키 {count}개")
        )
    rows = found.sealed
    to.print(
        said(
            language,
            en=f"Rows: {rows.rows}; not sealed: {rows.plain}; sealed with a replaced key: {rows.replaced}",
            ko=f"행 {rows.rows}개, 잠그지 않은 행 {rows.plain}개, 바꾼 키로 잠긴 행 {rows.replaced}개",
        )
    )
    if "rotation" in found.unfinished or rows.replaced:
        to.print(said(language, en="To go on: ion keys rotate", ko="이어서 하려면: ion keys rotate"))
    if "sealing" in found.unfinished or rows.plain:
        to.print(said(language, en="To go on: ion db upgrade", ko="이어서 하려면: ion db upgrade"))


async def _wrap(language: Language) -> tuple[int, str]:
    """Return how many data keys were wrapped anew, and the id of the master key around them."""
    async with open_kept(load_settings()) as kept:
        total = sum((await kept.keyring.store.counts()).by_master.values())
        count = 0
        with progress(said(language, en="wrapping", ko="다시 감싸는 중"), total) as shown:
            async for wrapped in rewrapped(kept.keyring):
                count += wrapped
                shown.advance(shown.task_ids[0], wrapped)
        with operating():
            master = kept.keyring.masters.first.id
            event = AuditEvent(Action.MASTER_KEY_ROTATED, details={"count": count, "master": master})
            await kept.audit.record(event)
        return count, kept.keyring.masters.first.id


async def _seal(language: Language) -> Resealed:
    async with open_kept(load_settings()) as kept:
        done = await watched(kept.sealer.rotate(), kept.sealer.store, language)
        with operating():
            await kept.audit.record(AuditEvent(Action.DATA_KEYS_ROTATED, details={"rows": done.rows}))
        return done


def _tell_wrapped(count: int, master: str, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json({"wrapped": count, "master": master})
        return
    line = said(
        language,
        en=f"Data keys wrapped anew: {count}. The master key around them: {master}.",
        ko=f"다시 감싼 데이터 키: {count}개. 마스터 키: {master}.",
    )
    console().print(line, soft_wrap=True)


def _tell_sealed(done: Resealed, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json({"sealed": done.rows, "unreadable": done.unreadable})
        return
    console().print(said(language, en=f"Rows sealed anew: {done.rows}.", ko=f"다시 잠근 행: {done.rows}개."))
    tell_unreadable(done.unreadable, language)
