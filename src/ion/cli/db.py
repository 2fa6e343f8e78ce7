"""`ion db`: the tables of the database, their revisions, and sealing what is in them; on SQLite and PostgreSQL."""

import asyncio
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from ion.cli.command import Command, Group, Json, Lang
from ion.cli.sealing import tell_unreadable, watched
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.db import Database, current_revision, head_revision, make_engine, open_database, upgrade
from ion.language import Language
from ion.mentoring import Resealed, has_rows
from ion.services import open_kept
from ion.settings import Settings, load_settings

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(
        en="Bring the database up to date, or tell whether it is.", ko="데이터베이스를 최신으로 맞추거나 확인해요."
    ),
)


@app.callback()
def db(language: Lang = "en") -> None:
    """The database."""


@app.command("upgrade", cls=Command, help=both(en="Bring the tables up to date.", ko="표를 최신으로 맞춰요."))
def upgrade_(language: Lang = "en", as_json: Json = False) -> None:
    """Migrate to the newest revision, and seal what was kept before there were keys."""
    settings = load_settings()
    before, after = asyncio.run(_upgraded(settings.database.url))
    sealed = asyncio.run(_sealed(settings, language))
    if as_json:
        rows = {} if sealed is None else {"sealed": sealed.rows, "unreadable": sealed.unreadable}
        print_json({"before": before, "revision": after, "head": head_revision(), **rows})
        return
    _print_upgrade(before, after, language)
    if sealed is not None:
        _print_sealed(sealed, language)


def _print_upgrade(before: str | None, after: str | None, language: Language) -> None:
    if before == after:
        console().print(said(language, en=f"Already up to date ({after}).", ko=f"이미 최신이에요 ({after})."))
    else:
        old = before or said(language, en="nothing", ko="없음")
        console().print(said(language, en=f"Brought from {old} to {after}.", ko=f"{old}에서 {after}까지 올렸어요."))


def _print_sealed(sealed: Resealed, language: Language) -> None:
    console().print(
        said(
            language,
            en=f"Rows sealed: {sealed.rows}. The database's files hold none of their texts any more.",
            ko=f"잠근 행: {sealed.rows}개. 이제 데이터베이스 파일에 그 글이 남아 있지 않아요.",
        )
    )
    tell_unreadable(sealed.unreadable, language)


@app.command(cls=Command, help=both(en="Show the revision the tables are at.", ko="표의 판을 보여 줘요."))
def current(language: Lang = "en", as_json: Json = False) -> None:
    """Show the revision."""
    revision = asyncio.run(_revision(load_settings().database.url))
    if as_json:
        print_json({"revision": revision, "head": head_revision()})
    else:
        console().print(revision or said(language, en="There are no tables yet.", ko="아직 표가 없어요."))


@app.command(cls=Command, help=both(en="Exit with 1 where an upgrade is due.", ko="올려야 할 때 종료 코드 1로 끝나요."))
def check(language: Lang = "en", as_json: Json = False) -> None:
    """Compare the revision with the newest one."""
    revision, head = asyncio.run(_revision(load_settings().database.url)), head_revision()
    if as_json:
        print_json({"up_to_date": revision == head, "revision": revision, "head": head})
    else:
        _print_state(revision, head, language)
    if revision != head:
        raise typer.Exit(1)


def _print_state(revision: str | None, head: str, language: Language) -> None:
    if revision is not None and revision > head:
        console().print(
            said(
                language,
                en=f"Of a newer ION: {revision}, this one knows {head}.",
                ko=f"더 새로운 ION이 만든 표예요: {revision}, 이 ION은 {head}까지 알아요.",
            )
        )
    elif revision == head:
        console().print(said(language, en=f"Up to date ({head}).", ko=f"최신이에요 ({head})."))
    else:
        old = revision or said(language, en="no tables", ko="표 없음")
        line = said(
            language, en=f"Behind: {old}, newest {head}. Run", ko=f"뒤처졌어요: {old}, 최신 {head}. 실행할 명령"
        )
        console().print(f"{line}: ion db upgrade")


async def _revision(url: str) -> str | None:
    engine = make_engine(url)
    try:
        if _is_missing_file(engine):
            return None
        await Database(engine).ping()
        async with engine.connect() as connection:
            return await connection.run_sync(current_revision)
    finally:
        await engine.dispose()


async def _upgraded(url: str) -> tuple[str | None, str | None]:
    """Return the revisions before and after.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    engine = make_engine(url)
    try:
        await Database(engine).ping()
        async with engine.begin() as connection:
            before = await connection.run_sync(current_revision)
            await connection.run_sync(upgrade)
            return before, await connection.run_sync(current_revision)
    finally:
        await engine.dispose()


async def _sealed(settings: Settings, language: Language) -> Resealed | None:
    """Seal what is plain, and return what was done; None where there was nothing to do.

    Raises:
        NoMasterKey: there is something to seal or sealed, and no key to do it with.
        DatabaseUnavailable: the database's files are in use, and cannot be written anew just now.
    """
    async with open_database(settings.database.url) as database:
        if not await has_rows(database, is_sealed=False) and not await has_rows(database, is_sealed=True):
            # No key is asked for before there is something to seal.
            return None
    async with open_kept(settings) as kept:
        done = await watched(kept.sealer.seal(), kept.sealer.store, language)
        return done if await kept.sealer.tidy() or done.unreadable else None


def _is_missing_file(engine: AsyncEngine) -> bool:
    """Looking at a database must not make one."""
    file = engine.url.database
    return engine.dialect.name == "sqlite" and file not in (None, "", ":memory:") and not Path(str(file)).exists()
