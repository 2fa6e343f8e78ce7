"""`ion audit`: who did what, when and from where; and whether the log is as it was written."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from ion.accounts import AccessReport, Accounts, access_report, report_document
from ion.audit import (
    SECURITY,
    Action,
    AuditEvent,
    Document,
    Fault,
    Head,
    Verified,
    Wanted,
    csv_head,
    csv_lines,
    documents,
    documents_of,
    head_of,
    json_lines,
    verify,
)
from ion.cli.access_report import at_of, markdown, target_of, who_of
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import opened_accounts
from ion.cli.sealing import progress
from ion.cli.speech import both, one_of, said
from ion.cli.terminal import console, harmless, json_text, print_json, write_utf8
from ion.errors import Invalid
from ion.language import Language
from ion.monitoring import log

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(
        en="Look at the audit log, check it, and take it to an auditor.", ko="감사 기록을 보고, 점검하고, 내보내요."
    ),
)

_FAULTS: Mapping[Fault, str] = {
    Fault.CHANGED: both(en="it was changed", ko="바뀌었어요"),
    Fault.MISSING: both(en="it is missing", ko="없어요"),
    Fault.REORDERED: both(en="another entry is in its place", ko="다른 항목이 그 자리에 있어요"),
    Fault.TRUNCATED: both(en="the log was cut off before it", ko="그 앞에서 기록이 잘렸어요"),
    Fault.REPLACED: both(
        en="the log up to it is not the one that was here before", ko="거기까지의 기록이 전에 있던 것이 아니에요"
    ),
    Fault.HEAD: both(en="it is not the end that the log keeps of itself", ko="기록이 스스로 적어 둔 끝과 맞지 않아요"),
    Fault.RENAMED: both(en="whom it is about was exchanged", ko="누구에 대한 것인지가 바꿔치기됐어요"),
    Fault.UNNAMED: both(
        en="whom it is about was taken out, and nobody was erased",
        ko="누구에 대한 것인지가 지워졌는데, 삭제된 사용자가 아니에요",
    ),
}

Org = Annotated[
    str | None,
    typer.Option("--organisation", metavar="SLUG", help=both(en="Only of this organisation.", ko="이 기관만.")),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help=both(en="From this day or moment on (UTC).", ko="이때부터 (UTC).")),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help=both(en="Until before this one (UTC).", ko="이때 앞까지 (UTC).")),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help=both(en="A new file for it; else standard output.", ko="새 파일. 없으면 표준 출력."),
    ),
]


class BadMoment(Invalid):
    """This is neither a day nor a moment."""


class OutputFailed(Invalid):
    """The file cannot be made, or is there already."""


@app.callback()
def audit(language: Lang = "en") -> None:
    """The audit log."""


@app.command("list", cls=Command, help=both(en="Show the last entries, the newest first.", ko="최근 항목을 보여 줘요."))
def list_(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help=both(en="How many; else 50.", ko="몇 개. 없으면 50개."))
    ] = 50,
    organisation: Org = None,
    security: Annotated[
        bool,
        typer.Option("--security", help=both(en="Only access that was out of the ordinary.", ko="평소와 다른 접근만.")),
    ] = False,
    since: Since = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Show the last entries."""
    only = SECURITY if security else frozenset()
    entries, emails = asyncio.run(_newest(_Asked(organisation, _moment(since, language), None, only), limit))
    if as_json:
        print_json(entries)
        return
    for one in entries:
        console().print(_line(one, emails), soft_wrap=True)


@app.command(
    "verify",
    cls=Command,
    help=both(
        en="Check every entry, their order and the end; exit with 1 where something is wrong.",
        ko="모든 항목과 순서와 끝을 점검해요. 잘못이 있으면 종료 코드 1로 끝나요.",
    ),
)
def verify_(
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="NUMBER:HASH", help=both(en="An end that was written down.", ko="따로 적어 둔 끝 값.")
        ),
    ] = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Check the log."""
    done = asyncio.run(_verified(None if head is None else head_of(head), language))
    finding = done.finding
    if as_json:
        found = None if finding is None else {"number": finding.number, "fault": finding.fault, "was": finding.was}
        print_json({"whole": finding is None, "entries": done.entries, "head": _shown(done.head), "finding": found})
    else:
        console().print(_told(done, language), soft_wrap=True)
    if finding is not None:
        raise typer.Exit(1)


@app.command(
    cls=Command,
    help=both(
        en="Print the end of the log, to write down elsewhere.", ko="다른 곳에 적어 둘 기록의 끝 값을 보여 줘요."
    ),
)
def head(language: Lang = "en", as_json: Json = False) -> None:
    """Print the head."""
    found = asyncio.run(_head())
    if as_json:
        print_json({"entries": found.entries, "hash": found.hash, "head": str(found)})
    else:
        console().print(str(found), soft_wrap=True)


@app.command(
    cls=Command,
    help=both(
        en="Say that the log is right to end where it does, after a backup was brought back.",
        ko="백업을 되살린 뒤, 지금의 끝이 맞다고 알려요.",
    ),
)
def accept(language: Lang = "en", as_json: Json = False) -> None:
    """Set the anchor to the log as it is."""
    found = asyncio.run(_accepted())
    if as_json:
        print_json({"entries": found.entries, "hash": found.hash, "head": str(found)})
    else:
        console().print(said(language, en=f"Accepted: {found}", ko=f"받아들였어요: {found}"), soft_wrap=True)


@app.command(
    cls=Command, help=both(en="Write the entries as JSON lines or CSV.", ko="항목을 JSON 줄이나 CSV로 내보내요.")
)
def export(
    form: Annotated[
        Literal["jsonl", "csv"],
        typer.Option("--format", metavar="jsonl|csv", help=both(en="Else jsonl.", ko="없으면 jsonl.")),
    ] = "jsonl",
    since: Since = None,
    until: Until = None,
    organisation: Org = None,
    output: Output = None,
    language: Lang = "en",
) -> None:
    """Export the entries."""
    wanted = _Asked(organisation, _moment(since, language), _moment(until, language))
    with _written_to(output, language) as write:
        count = asyncio.run(_exported(form, wanted, write))
    if output is not None:
        console().print(said(language, en=f"Entries written: {count}.", ko=f"내보낸 항목: {count}개."))


@app.command(
    cls=Command,
    help=both(
        en="Write who has which role and key, and what was granted and denied.",
        ko="누구에게 어떤 역할과 키가 있고, 무엇이 허용되거나 거부됐는지 적어요.",
    ),
)
def report(
    since: Since = None,
    until: Until = None,
    organisation: Org = None,
    output: Output = None,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Write the access report."""
    made = asyncio.run(_reported(_Asked(organisation, _moment(since, language), _moment(until, language))))
    text = json_text(report_document(made)) if as_json else markdown(made, language)
    with _written_to(output, language) as write:
        write(text)


@dataclass(frozen=True, slots=True)
class _Asked:
    slug: str | None
    since: datetime | None
    until: datetime | None
    only: frozenset[Action] = frozenset()

    async def wanted(self, accounts: Accounts) -> Wanted:
        organisation = None if self.slug is None else (await accounts.organisations.with_slug(self.slug)).id
        return Wanted(organisation, self.since, self.until, only=self.only)


async def _newest(asked: _Asked, limit: int) -> tuple[list[Document], Mapping[str, str]]:
    async with opened_accounts() as accounts:
        entries = await accounts.audit.store.newest(await asked.wanted(accounts), limit=limit)
        emails = {str(one.id): one.email for one in await accounts.users.all()}
        return await documents_of(accounts.audit, entries), emails


async def _verified(written_down: Head | None, language: Language) -> Verified:
    async with opened_accounts() as accounts:
        with progress(said(language, en="checking", ko="점검하는 중"), None) as shown:
            (bar,) = shown.task_ids
            done = await verify(
                accounts.audit,
                written_down=written_down,
                told=lambda count, total: shown.update(bar, completed=count, total=total),
            )
        if done.finding is None:
            await accounts.audit.record(AuditEvent(Action.AUDIT_VERIFIED, details={"rows": done.entries}))
        else:
            # A log that is not whole is left as it was found.
            log.error("audit.not_whole", entry=done.finding.number, fault=done.finding.fault)
        return done


async def _head() -> Head:
    async with opened_accounts() as accounts:
        return await accounts.audit.store.head() or Head(0, "")


async def _accepted() -> Head:
    async with opened_accounts() as accounts:
        return await accounts.audit.accept()


async def _exported(form: str, asked: _Asked, write: Callable[[str], None]) -> int:
    count, lines = 0, csv_lines if form == "csv" else json_lines
    async with opened_accounts() as accounts:
        wanted = await asked.wanted(accounts)
        details = {"format": form, "since": _iso(asked.since), "until": _iso(asked.until)}
        await accounts.audit.record(AuditEvent(Action.AUDIT_EXPORTED, wanted.organisation or "", details=details))
        write(csv_head() if form == "csv" else "")
        async for batch in documents(accounts.audit, wanted):
            write(lines(batch))
            count += len(batch)
    return count


async def _reported(asked: _Asked) -> AccessReport:
    async with opened_accounts() as accounts:
        return await access_report(accounts, await asked.wanted(accounts))


@contextmanager
def _written_to(output: Path | None, language: Language) -> Iterator[Callable[[str], None]]:
    """Yield what writes text to a new file that its owner alone can read, or to standard output."""
    if output is None:
        yield lambda text: write_utf8(text, sys.stdout)
        return
    try:
        number = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        reason = error.strerror
        raise OutputFailed(
            said(
                language,
                en=f"{output} cannot be made as a new file ({reason}).",
                ko=f"{output} 파일을 새로 만들 수 없어요 ({reason}).",
            )
        ) from None
    with open(number, "w", encoding="utf-8", newline="") as file:
        yield lambda text: print(text, end="", file=file)


def _moment(text: str | None, language: Language) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(
            said(
                language,
                en=f"{text[:40]!r} is no day and no moment; write 2026-03-01 or 2026-03-01T09:30.",
                ko=f"{text[:40]!r}은(는) 날짜나 시각이 아니에요. 2026-03-01 또는 2026-03-01T09:30처럼 써 주세요.",
            )
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


def _line(one: Document, emails: Mapping[str, str]) -> Text:
    target = target_of(one, emails)
    details = " ".join(f"{key}={value}" for key, value in one["details"].items())
    about = [who_of(one, emails), f"-> {one['target_kind']} {target}" if target else "", one["network"] or "", details]
    return Text.assemble(
        f"{one['number']:>6}  {at_of(one)}  ",
        (f"{one['action']:26}", "bold"),
        f" {one['outcome']:8} {harmless('  '.join(filter(None, about)))}",
    )


def _told(done: Verified, language: Language) -> str:
    finding = done.finding
    if finding is None:
        end = _shown(done.head)
        return said(
            language, en=f"Whole: {done.entries} entries. Head: {end}", ko=f"온전해요: 항목 {done.entries}개. 끝: {end}"
        )
    what = one_of(_FAULTS[finding.fault], language)
    was = "" if finding.was is None else said(language, en=f" (number {finding.was})", ko=f" ({finding.was}번)")
    return said(language, en=f"Entry {finding.number}: {what}{was}.", ko=f"{finding.number}번 항목: {what}{was}.")


def _shown(head: Head | None) -> str | None:
    return None if head is None else str(head)
