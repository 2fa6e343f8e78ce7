"""`ion user`: who may get in, as what, and what to do when they cannot."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import typer
from rich.text import Text

from ion.accounts import LOCAL_ORGANISATION, Accounts, Invitation, OrganisationId, Role, User, email_of
from ion.cli.command import Command, Group, Json, Lang
from ion.cli.erasing import confirm_erasure, erased, tell_erased
from ion.cli.opened import opened_accounts
from ion.cli.passwords import read_password
from ion.cli.speech import both, said
from ion.cli.terminal import console, harmless, print_json
from ion.language import Language

app = typer.Typer(
    cls=Group,
    add_completion=False,
    help=both(
        en="Add people, change what they are, and let them in or not.",
        ko="사용자를 더하고, 역할을 바꾸고, 들어오게 하거나 막아요.",
    ),
)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help=both(en="Their e-mail address.", ko="이메일 주소."))]
Named = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help=both(en="What they are called.", ko="부르는 이름.")),
]
_ROLES = "|".join(Role)
AsRole = Annotated[Role, typer.Option("--role", metavar=_ROLES, help=both(en="What they are.", ko="맡은 역할."))]
ToRole = Annotated[Role, typer.Argument(metavar="ROLE", help=both(en=f"One of {_ROLES}.", ko=f"{_ROLES} 가운데 하나."))]
Org = Annotated[
    str,
    typer.Option(
        "--org", metavar="SLUG", help=both(en="Their organisation; else `local`.", ko="기관. 없으면 `local`.")
    ),
]
OnlyOrg = Annotated[
    str | None,
    typer.Option("--org", metavar="SLUG", help=both(en="Only of this organisation.", ko="이 기관만.")),
]
Speaks = Annotated[
    Language | None,
    typer.Option(
        "--speaks", metavar="ko|en", help=both(en="Language ION talks to them in.", ko="ION이 이 사용자에게 쓸 언어.")
    ),
]
NoPassword = Annotated[
    bool,
    typer.Option("--no-password", help=both(en="They get a password later.", ko="비밀번호를 나중에 정해요.")),
]

Yes = Annotated[bool, typer.Option("--yes", help=both(en="Do not ask.", ko="묻지 않고 지워요."))]


@app.callback()
def user(language: Lang = "en") -> None:
    """Users."""


@app.command(
    cls=Command,
    help=both(
        en="Add somebody. The password is asked for, or is the first line of standard input.",
        ko="사용자를 더해요. 비밀번호는 물어보거나, 표준 입력의 첫 줄에서 읽어요.",
    ),
)
def add(
    email: Email,
    name: Named = None,
    role: AsRole = Role.MENTEE,
    org: Org = LOCAL_ORGANISATION,
    speaks: Speaks = None,
    no_password: NoPassword = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Add somebody."""
    password = None if no_password else read_password(language)

    async def added(accounts: Accounts) -> User:
        organisation = await accounts.organisations.with_slug(org)
        called = name or email.partition("@")[0]
        return await accounts.members.add(
            organisation, email=email, name=called, language=speaks or language, role=role, password=password
        )

    _tell(_done(added), language, en="Added", ko="더했어요", as_json=as_json)


@app.command("list", cls=Command, help=both(en="List the users.", ko="사용자를 모두 보여 줘요."))
def list_(org: OnlyOrg = None, language: Lang = "en", as_json: Json = False) -> None:
    """List the users."""
    people, slugs = asyncio.run(_people(org))
    if as_json:
        print_json([{**_document(one), "organisation": slugs[one.organisation]} for one in people])
        return
    for one in people:
        about = [slugs[one.organisation], one.role, *_marks(one, language)]
        console().print(Text.assemble((f"{harmless(one.email):32}", "bold"), " ", ", ".join(about)), soft_wrap=True)


@app.command(
    cls=Command,
    help=both(en="Keep somebody out; sessions and API keys end.", ko="사용자를 막아요. 세션과 API 키도 끊겨요."),
)
def disable(email: Email, language: Lang = "en", as_json: Json = False) -> None:
    """Keep somebody out."""

    async def disabled(accounts: Accounts) -> User:
        return await accounts.members.disable(await _of(accounts, email), by=None)

    _tell(_done(disabled), language, en="Disabled", ko="막았어요", as_json=as_json)


@app.command(cls=Command, help=both(en="Let somebody in again.", ko="막았던 사용자를 다시 들어오게 해요."))
def enable(email: Email, language: Lang = "en", as_json: Json = False) -> None:
    """Let somebody in again."""

    async def enabled(accounts: Accounts) -> User:
        return await accounts.members.enable(await _of(accounts, email), by=None)

    _tell(_done(enabled), language, en="Enabled", ko="다시 열었어요", as_json=as_json)


@app.command(cls=Command, help=both(en="Change what somebody is.", ko="사용자의 역할을 바꿔요."))
def role(email: Email, new: ToRole, language: Lang = "en", as_json: Json = False) -> None:
    """Change what somebody is."""

    async def changed(accounts: Accounts) -> User:
        return await accounts.members.set_role(await _of(accounts, email), new, by=None)

    _tell(_done(changed), language, en="Changed", ko="바꿨어요", as_json=as_json)


@app.command(
    cls=Command,
    help=both(
        en="Give somebody another password, asked for or from standard input; they have to sign in again.",
        ko="비밀번호를 새로 정해요. 물어보거나 표준 입력에서 읽어요. 다시 로그인해야 해요.",
    ),
)
def password(email: Email, language: Lang = "en", as_json: Json = False) -> None:
    """Change a password."""
    new = read_password(language)

    async def changed(accounts: Accounts) -> User:
        found = await _of(accounts, email)
        await accounts.members.set_password(found, new)
        return await _of(accounts, email)

    _tell(_done(changed), language, en="Changed the password of", ko="비밀번호를 바꿨어요", as_json=as_json)


@app.command(
    cls=Command,
    help=both(en="Make an invitation; its secret is shown once.", ko="초대를 만들어요. 비밀 값은 한 번만 보여 줘요."),
)
def invite(
    email: Email,
    role: AsRole = Role.MENTEE,
    org: Org = LOCAL_ORGANISATION,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Make an invitation."""
    invitation, secret = asyncio.run(_invited(email, role, org))
    until = f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC"
    if as_json:
        print_json(
            {
                "id": invitation.id,
                "email": invitation.email,
                "role": invitation.role,
                "organisation": org,
                "expires_at": invitation.expires_at.isoformat(),
                "secret": secret,
            }
        )
        return
    console().print(
        said(
            language,
            en=f"Invited {harmless(invitation.email)} as {invitation.role}. The secret is shown this once and works "
            f"once, until {until}:",
            ko=f"{harmless(invitation.email)} 님을 초대했어요 ({invitation.role}). 비밀 값은 지금만 보여요. "
            f"{until}까지 한 번 쓸 수 있어요:",
        ),
        soft_wrap=True,
    )
    console().print(secret, soft_wrap=True)


@app.command(
    "reset-totp",
    cls=Command,
    help=both(
        en="Turn off somebody's second factor, who has lost it.",
        ko="2단계 인증 기기를 잃은 사용자의 2단계 인증을 꺼요.",
    ),
)
def reset_totp(email: Email, language: Lang = "en", as_json: Json = False) -> None:
    """Turn a second factor off."""

    async def reset(accounts: Accounts) -> User:
        return await accounts.members.reset_second_factor(await _of(accounts, email), by=None)

    _tell(_done(reset), language, en="Second factor is off", ko="2단계 인증을 껐어요", as_json=as_json)


@app.command(
    cls=Command,
    help=both(
        en="Forget whom the organisation's identity provider knows as somebody, and end their sessions.",
        ko="기관 로그인 계정과의 연결을 지우고, 모든 로그인을 끝내요.",
    ),
)
def unlink(email: Email, language: Lang = "en", as_json: Json = False) -> None:
    """Forget whom a provider knows as somebody; they are found by their verified address again."""

    async def unlinked(accounts: Accounts) -> User:
        found = await _of(accounts, email)
        await accounts.identities.unlink(found)
        return found

    _tell(_done(unlinked), language, en="Unlinked", ko="연결을 지웠어요", as_json=as_json)


@app.command(
    cls=Command,
    help=both(
        en="Erase somebody for good: account, conversations, keys. Asks for the address once more.",
        ko="사용자를 완전히 지워요. 계정, 대화, 키까지 지우고 되돌릴 수 없어요. 주소를 한 번 더 물어봐요.",
    ),
)
def erase(email: Email, yes: Yes = False, language: Lang = "en", as_json: Json = False) -> None:
    """Erase somebody, and show the receipt."""
    if not yes:
        confirm_erasure(email, language)
    tell_erased(asyncio.run(erased(email)), language, as_json=as_json)


async def _of(accounts: Accounts, email: str) -> User:
    return await accounts.users.with_email(email_of(email))


def _done(work: Callable[[Accounts], Awaitable[User]]) -> User:
    async def run() -> User:
        async with opened_accounts() as accounts:
            return await work(accounts)

    return asyncio.run(run())


async def _people(org: str | None) -> tuple[list[User], Mapping[OrganisationId, str]]:
    async with opened_accounts() as accounts:
        slugs = {one.id: one.slug for one in await accounts.organisations.all()}
        if org is None:
            return await accounts.users.all(), slugs
        return await accounts.users.of((await accounts.organisations.with_slug(org)).id), slugs


async def _invited(email: str, role: Role, org: str) -> tuple[Invitation, str]:
    async with opened_accounts() as accounts:
        organisation = await accounts.organisations.with_slug(org)
        return await accounts.members.invite(organisation.id, email, role, by=None)


def _tell(user: User, language: Language, *, en: str, ko: str, as_json: bool) -> None:
    if as_json:
        print_json(_document(user))
        return
    about = ", ".join([user.role, *_marks(user, language)])
    console().print(f"{said(language, en=en, ko=ko)}: {harmless(user.email)} ({about})", soft_wrap=True)


def _marks(user: User, language: Language) -> list[str]:
    """Return what is not as with everybody."""
    marks = (
        (user.is_disabled, said(language, en="disabled", ko="막힘")),
        (not user.has_password, said(language, en="no password", ko="비밀번호 없음")),
        (user.has_second_factor, said(language, en="second factor", ko="2단계 인증")),
    )
    return [text for is_so, text in marks if is_so]


def _document(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "organisation_id": user.organisation,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "language": user.language,
        "password": user.has_password,
        "second_factor": user.has_second_factor,
        "created_at": user.created_at.isoformat(),
        "last_seen_at": None if user.last_seen_at is None else user.last_seen_at.isoformat(),
        "disabled_at": None if user.disabled_at is None else user.disabled_at.isoformat(),
    }
