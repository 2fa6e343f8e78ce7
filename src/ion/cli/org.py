"""`ion org`: the organisations, whose users never see another's."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from ion.accounts import MOST_KEPT_DAYS, BadRetention, Organisation
from ion.audit import Target
from ion.cli.allowance import Requests, Tokens, changed, line_of
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import opened_accounts, opened_allowances
from ion.cli.speech import both, said
from ion.cli.terminal import console, harmless, print_json
from ion.language import Language
from ion.limits import Allowance

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(en="List, add and set up organisations.", ko="기관을 보고, 더하고, 설정해요."),
)

Slug = Annotated[
    str,
    typer.Argument(metavar="SLUG", help=both(en="Its short name, e.g. blue-school.", ko="짧은 이름. 예: blue-school")),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help=both(en="What it is called.", ko="기관 이름."))]
NewSlug = Annotated[
    str,
    typer.Option(
        "--slug",
        metavar="SLUG",
        help=both(
            en="Short name for commands: a-z, 0-9 and hyphens.", ko="명령에 쓸 짧은 이름. 영소문자, 숫자, 붙임표."
        ),
    ),
]

Keep = Annotated[
    str,
    typer.Option(
        "--keep-conversations",
        metavar="DAYS",
        help=both(
            en=f"Erase conversations so many days after their last message, 1 to {MOST_KEPT_DAYS}; none: keep them.",
            ko=f"마지막 메시지 뒤 이만큼 지난 대화를 지워요. 1~{MOST_KEPT_DAYS}일, none이면 지우지 않아요.",
        ),
    ),
]
# What stands for no end, on the command line.
_WITHOUT_END = "none"


@app.callback()
def org(language: Lang = "en") -> None:
    """Organisations."""


@app.command(cls=Command, help=both(en="Add an organisation.", ko="기관을 더해요."))
def add(name: Name, slug: NewSlug, language: Lang = "en", as_json: Json = False) -> None:
    """Add an organisation."""
    made = asyncio.run(_added(name, slug))
    if as_json:
        print_json(_document(made))
        return
    console().print(said(language, en=f"Added: {_line(made)}", ko=f"더했어요: {_line(made)}"), soft_wrap=True)


@app.command("list", cls=Command, help=both(en="List the organisations.", ko="기관을 모두 보여 줘요."))
def list_(language: Lang = "en", as_json: Json = False) -> None:
    """List the organisations."""
    every = asyncio.run(_every())
    if as_json:
        print_json([_document(one) for one in every])
        return
    for one in every:
        kept = "" if one.keep_days is None else f"  ({_kept(one, language)})"
        console().print(Text.assemble((f"{one.slug:20}", "bold"), " ", harmless(one.name), kept), soft_wrap=True)


@app.command(cls=Command, help=both(en="Show an organisation.", ko="기관 하나를 보여 줘요."))
def show(slug: Slug, language: Lang = "en", as_json: Json = False) -> None:
    """Show an organisation."""
    found = asyncio.run(_found(slug))
    if as_json:
        print_json(_document(found))
        return
    console().print(f"{_line(found)}: {_kept(found, language)}", soft_wrap=True)


@app.command(
    "set",
    cls=Command,
    help=both(
        en="Set for how long an organisation's conversations are kept.", ko="기관의 대화를 얼마나 보관할지 정해요."
    ),
)
def set_(slug: Slug, keep: Keep, language: Lang = "en", as_json: Json = False) -> None:
    """Set for how long conversations are kept; what is older goes within the hour, wherever a server runs."""
    changed_to = asyncio.run(_kept_for(slug, _days_in(keep)))
    if as_json:
        print_json(_document(changed_to))
        return
    console().print(f"{_line(changed_to)}: {_kept(changed_to, language)}", soft_wrap=True)


@app.command(
    cls=Command,
    help=both(en="Rename an organisation; its short name stays.", ko="기관 이름을 바꿔요. 짧은 이름은 그대로예요."),
)
def rename(slug: Slug, name: Name, language: Lang = "en", as_json: Json = False) -> None:
    """Rename an organisation."""
    renamed = asyncio.run(_renamed(slug, name))
    if as_json:
        print_json(_document(renamed))
        return
    console().print(said(language, en=f"Renamed: {_line(renamed)}", ko=f"바꿨어요: {_line(renamed)}"), soft_wrap=True)


@app.command(
    cls=Command,
    help=both(en="Show or set how much an organisation may use.", ko="기관이 쓸 수 있는 양을 보거나 정해요."),
)
def limit(
    slug: Slug, requests: Requests = None, tokens: Tokens = None, language: Lang = "en", as_json: Json = False
) -> None:
    """Show or set what an organisation may use."""
    allowance = asyncio.run(_limited(slug, requests, tokens))
    if as_json:
        print_json({"slug": slug, **asdict(allowance)})
        return
    console().print(f"{harmless(slug)}: {line_of(allowance, language)}", soft_wrap=True)


async def _limited(slug: str, requests: int | None, tokens: int | None) -> Allowance:
    async with opened_allowances() as (accounts, allowances):
        found = await accounts.organisations.with_slug(slug)
        target = Target("organisation", found.id)
        return await changed(
            allowances, accounts.audit, target, organisation=found.id, requests=requests, tokens=tokens
        )


async def _added(name: str, slug: str) -> Organisation:
    async with opened_accounts() as accounts:
        return await accounts.members.add_organisation(name, slug)


async def _every() -> list[Organisation]:
    async with opened_accounts() as accounts:
        return await accounts.organisations.all()


async def _renamed(slug: str, name: str) -> Organisation:
    async with opened_accounts() as accounts:
        return await accounts.members.rename_organisation(slug, name)


async def _found(slug: str) -> Organisation:
    async with opened_accounts() as accounts:
        return await accounts.organisations.with_slug(slug)


async def _kept_for(slug: str, days: int | None) -> Organisation:
    async with opened_accounts() as accounts:
        return await accounts.members.keep_conversations(slug, days)


def _days_in(text: str) -> int | None:
    """Return the days that were asked for; None for without end.

    Raises:
        BadRetention: this is neither a number nor `none`.
    """
    if text == _WITHOUT_END:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_KEPT_DAYS))):
        raise BadRetention(f"Write a number of days, 1 to {MOST_KEPT_DAYS}, or {_WITHOUT_END}.", field="days")
    return int(text)


def _kept(organisation: Organisation, language: Language) -> str:
    days = organisation.keep_days
    if days is None:
        return said(language, en="keeps conversations without end", ko="대화를 기한 없이 보관해요")
    return said(
        language,
        en=f"erases conversations {days:,} days after their last message",
        ko=f"마지막 메시지 뒤 {days:,}일이 지난 대화를 지워요",
    )


def _line(organisation: Organisation) -> str:
    return f"{harmless(organisation.name)} ({organisation.slug})"


def _document(organisation: Organisation) -> dict[str, object]:
    return {
        "id": organisation.id,
        "slug": organisation.slug,
        "name": organisation.name,
        "keep_conversations_days": organisation.keep_days,
        "created_at": organisation.created_at.isoformat(),
    }
