"""`ion key`: API keys, with which programs ask in somebody's name."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from ion.accounts import DEFAULT_DAYS, MOST_DAYS, ApiKey, Permission, email_of
from ion.audit import Target
from ion.cli.allowance import Requests, changed, line_of
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import opened_accounts, opened_allowances
from ion.cli.speech import both, said
from ion.cli.terminal import console, harmless, print_json
from ion.clock import system_clock
from ion.language import Language
from ion.limits import Allowance

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(en="Make, list and revoke API keys.", ko="API 키를 만들고, 보고, 없애요."),
)

Email = Annotated[
    str, typer.Argument(metavar="EMAIL", help=both(en="Whose key it will be.", ko="키 주인의 이메일 주소."))
]
OnlyEmail = Annotated[
    str | None, typer.Option("--user", metavar="EMAIL", help=both(en="Only theirs.", ko="이 사용자의 키만."))
]
Prefix = Annotated[
    str,
    typer.Argument(
        metavar="PREFIX", help=both(en="What comes after ion_live_ in it.", ko="ion_live_ 다음에 오는 부분.")
    ),
]
Named = Annotated[
    str, typer.Option("--name", metavar="NAME", help=both(en="What it is for.", ko="쓰임새를 알려 줄 이름."))
]
Scopes = Annotated[
    list[str],
    typer.Option(
        "--scope",
        metavar="PERMISSION",
        help=both(en="What it may do; give it again for more.", ko="키로 할 수 있는 일. 여러 번 줄 수 있어요."),
    ),
]
Days = Annotated[
    int,
    typer.Option(
        "--days",
        metavar="N",
        help=both(en=f"How long it is valid: 1 to {MOST_DAYS}.", ko=f"유효한 날수: 1~{MOST_DAYS}."),
    ),
]
_DEFAULT_SCOPES = [str(Permission.CONVERSATIONS_OWN)]


@app.callback()
def key(language: Lang = "en") -> None:
    """API keys."""


@app.command(cls=Command, help=both(en="Make a key; it is shown once.", ko="키를 만들어요. 한 번만 보여 줘요."))
def add(
    email: Email,
    name: Named = "API",
    scope: Scopes = _DEFAULT_SCOPES,
    days: Days = DEFAULT_DAYS,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Make a key."""
    made, text = asyncio.run(_made(email, name, scope, days))
    if as_json:
        print_json({**_document(made), "user": email, "key": text})
        return
    until = f"{made.expires_at:%Y-%m-%d}"
    console().print(
        said(
            language,
            en=f"Made a key that is valid until {until}. It is shown this once:",
            ko=f"{until}까지 쓸 수 있는 키를 만들었어요. 지금만 보여요:",
        ),
        soft_wrap=True,
    )
    console().print(text, soft_wrap=True)


@app.command(
    "list", cls=Command, help=both(en="List the keys, never in full.", ko="키를 보여 줘요. 전체 값은 보이지 않아요.")
)
def list_(email: OnlyEmail = None, language: Lang = "en", as_json: Json = False) -> None:
    """List the keys."""
    rows = asyncio.run(_keys(email))
    if as_json:
        print_json([{**_document(one), "user": whose} for one, whose in rows])
        return
    now = system_clock()
    for one, whose in rows:
        about = ", ".join([harmless(one.name), _state(one, language, now=now), *sorted(one.scopes)])
        console().print(Text.assemble((one.prefix, "bold"), f"  {harmless(whose)}: ", about), soft_wrap=True)


@app.command(cls=Command, help=both(en="Revoke a key, at once and for good.", ko="키를 바로, 아주 없애요."))
def revoke(prefix: Prefix, language: Lang = "en", as_json: Json = False) -> None:
    """Revoke a key."""
    revoked = asyncio.run(_revoked(prefix))
    if as_json:
        print_json(_document(revoked))
        return
    name = f"{revoked.prefix} ({harmless(revoked.name)})"
    console().print(said(language, en=f"Revoked: {name}", ko=f"없앴어요: {name}"), soft_wrap=True)


@app.command(
    cls=Command,
    help=both(en="Show or set how often a key may ask.", ko="키로 얼마나 자주 요청할 수 있는지 보거나 정해요."),
)
def limit(prefix: Prefix, requests: Requests = None, language: Lang = "en", as_json: Json = False) -> None:
    """Show or set how often a key may ask."""
    allowance = asyncio.run(_limited(prefix, requests))
    if as_json:
        print_json({"prefix": prefix, "per_minute": allowance.per_minute})
        return
    console().print(f"{harmless(prefix)}: {line_of(allowance, language, tokens=False)}", soft_wrap=True)


async def _limited(prefix: str, requests: int | None) -> Allowance:
    async with opened_allowances() as (accounts, allowances):
        found = await accounts.keys.store.with_prefix(prefix)
        target = Target("key", found.id)
        return await changed(allowances, accounts.audit, target, organisation=found.organisation, requests=requests)


async def _made(email: str, name: str, scopes: Sequence[str], days: int) -> tuple[ApiKey, str]:
    async with opened_accounts() as accounts:
        user = await accounts.users.with_email(email_of(email))
        return await accounts.keys.make(user, name=name, scopes=scopes, days=days)


async def _keys(email: str | None) -> list[tuple[ApiKey, str]]:
    async with opened_accounts() as accounts:
        emails = {one.id: one.email for one in await accounts.users.all()}
        if email is None:
            keys = await accounts.keys.store.all()
        else:
            keys = await accounts.keys.store.of_user((await accounts.users.with_email(email_of(email))).id)
        return [(one, emails[one.user]) for one in keys]


async def _revoked(prefix: str) -> ApiKey:
    async with opened_accounts() as accounts:
        found = await accounts.keys.store.with_prefix(prefix)
        await accounts.keys.revoke(found)
        return await accounts.keys.store.with_prefix(prefix)


def _state(key: ApiKey, language: Language, *, now: datetime) -> str:
    if key.revoked_at is not None:
        return said(language, en="revoked", ko="없앰")
    day = f"{key.expires_at:%Y-%m-%d}"
    if not key.holds(now=now):
        return said(language, en=f"expired {day}", ko=f"{day}에 만료됨")
    return said(language, en=f"until {day}", ko=f"{day}까지")


def _document(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "prefix": key.prefix,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat(),
        "last_used_at": None if key.last_used_at is None else key.last_used_at.isoformat(),
        "revoked_at": None if key.revoked_at is None else key.revoked_at.isoformat(),
    }
