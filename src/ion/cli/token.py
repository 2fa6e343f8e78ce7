"""`ion token`: the keys that access tokens are signed with, and changing them while ION runs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

import typer
from rich.text import Text

from ion.accounts import SigningKey, Tokens
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.opened import operating, settings_for_a_person
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.language import Language
from ion.services import accounts_in, open_kept

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(
        en="Show and change what access tokens are signed with.", ko="액세스 토큰에 서명하는 키를 보거나 바꿔요."
    ),
)

AtOnce = Annotated[
    bool,
    typer.Option(
        "--at-once",
        help=both(
            en="Take nothing any more that an old key signed; programs have to refresh.",
            ko="이전 키로 서명한 토큰을 바로 막아요. 프로그램이 토큰을 갱신해야 해요.",
        ),
    ),
]


@app.callback()
def token(language: Lang = "en") -> None:
    """The keys of tokens."""


@app.command(cls=Command, help=both(en="List the keys.", ko="키를 모두 보여 줘요."))
def keys(language: Lang = "en", as_json: Json = False) -> None:
    """List the keys; nothing that is secret is shown."""
    found = asyncio.run(_keys())
    if as_json:
        print_json([_document(key) for key in found])
    else:
        _print(found, language)


@app.command(
    cls=Command,
    help=both(
        en="Sign with a new key; what the old one signed is taken until it has expired.",
        ko="새 키로 서명해요. 이전 키로 서명한 토큰은 만료될 때까지 쓸 수 있어요.",
    ),
)
def rotate(at_once: AtOnce = False, language: Lang = "en", as_json: Json = False) -> None:
    """Make a new key."""
    made = asyncio.run(_rotate(at_once=at_once))
    if as_json:
        print_json(_document(made))
        return
    console().print(
        said(language, en=f"Signing with a new key: {made.kid}", ko=f"새 키로 서명해요: {made.kid}"), soft_wrap=True
    )


@asynccontextmanager
async def _opened() -> AsyncIterator[Tokens]:
    settings = settings_for_a_person()
    async with open_kept(settings) as kept:
        yield accounts_in(kept, settings.accounts).tokens


async def _keys() -> Sequence[SigningKey]:
    async with _opened() as tokens:
        return await tokens.keys.all()


async def _rotate(*, at_once: bool) -> SigningKey:
    async with _opened() as tokens:
        with operating():
            return await tokens.rotate_key(at_once=at_once)


def _print(keys: Sequence[SigningKey], language: Language) -> None:
    for key in keys:
        console().print(Text.assemble((key.kid, "bold"), f"  {_state(key, language)}"), soft_wrap=True)
    if not keys:
        none = said(
            language,
            en="None yet; the first one is made with the first token.",
            ko="아직 없어요. 첫 토큰을 낼 때 만들어요.",
        )
        console().print(none)


def _state(key: SigningKey, language: Language) -> str:
    if key.verifies_until is None:
        day = f"{key.created_at:%Y-%m-%d}"
        return said(language, en=f"signs, since {day}", ko=f"{day}부터 서명함")
    until = f"{key.verifies_until:%Y-%m-%d %H:%M} UTC"
    return said(language, en=f"verifies until {until}", ko=f"{until}까지 확인함")


def _document(key: SigningKey) -> dict[str, object]:
    return {
        "kid": key.kid,
        "created_at": key.created_at.isoformat(),
        "verifies_until": None if key.verifies_until is None else key.verifies_until.isoformat(),
    }
