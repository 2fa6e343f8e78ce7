"""`ion doctor`: is everything in place, and what is set."""

import asyncio
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.text import Text

from ion import __version__
from ion.cli.command import Command, Json, Lang
from ion.cli.errors import sentence_of
from ion.cli.exposure import refuse_unsafe
from ion.cli.sockets import address_of, bound_socket
from ion.cli.speech import both, said
from ion.cli.terminal import console, print_json
from ion.clock import system_clock
from ion.db import open_database
from ion.errors import IonError, Misconfigured
from ion.language import Language
from ion.oidc import open_provider
from ion.personas import load_catalogue
from ion.playbooks import TopicFinder, load_topics
from ion.services import accounts_in, configured_model, load_reader, open_kept, registration_in
from ion.settings import Settings, load_settings, setting_names

app = typer.Typer(add_completion=False)

_OLDEST_PYTHON = (3, 11)
# Seconds to wait for what takes long to load.
_PATIENCE = 60.0
_MASK = "********"
# A password between : and @, and a parameter whose name says that its value is a secret.
_PASSWORD = re.compile(r"(//[^/:@\s]*:)\S*(?=@)")
_SECRET_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check; `message` says what is there, or what is wrong."""

    name: str
    ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable. `source` is `environment` or `default`; secrets are masked."""

    name: str
    value: str
    source: str
    default: str
    meaning: str


@app.command(cls=Command, help=both(en="Check that everything is in place.", ko="필요한 것이 다 갖춰졌는지 점검해요."))
def doctor(
    every_setting: Annotated[
        bool,
        typer.Option("--settings", help=both(en="List every setting instead.", ko="점검 대신 모든 설정을 보여 줘요.")),
    ] = False,
    language: Lang = "en",
    as_json: Json = False,
) -> None:
    """Check, or list the settings."""
    if every_setting:
        _list_settings(as_json=as_json)
        return
    findings, settings = _examine(language)
    healthy = all(finding.ok for finding in findings)
    if as_json:
        rows = [{"name": row.name, "value": row.value, "source": row.source} for row in settings]
        checks = [asdict(finding) for finding in findings]
        print_json({"ok": healthy, "version": __version__, "checks": checks, "settings": rows})
    else:
        _print(findings, settings, language)
    if not healthy:
        raise typer.Exit(1)


def settings_of(settings: Settings) -> Iterator[Setting]:
    """Yield every variable with its value, secrets masked, and where the value came from."""
    defaults = Settings()
    for name, meaning in setting_names():
        section, _, field = name.removeprefix("ION_").lower().partition("__")
        part = getattr(settings, section)
        source = "environment" if field in part.model_fields_set else "default"
        value, default = getattr(part, field), getattr(getattr(defaults, section), field)
        yield Setting(name, masked(value), source, masked(default), meaning)


def masked(value: object) -> str:
    """Return a value as it may be shown: no key, no password."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return _MASK
    if isinstance(value, tuple):
        return ", ".join(map(masked, value))
    return _SECRET_PARAMETER.sub(rf"\1{_MASK}", _PASSWORD.sub(rf"\1{_MASK}", str(value)))


def _examine(language: Language) -> tuple[list[Finding], list[Setting]]:
    python = Finding("python", sys.version_info >= _OLDEST_PYTHON, platform.python_version())
    try:
        settings = load_settings()
    except IonError as error:
        # Nothing else can be checked without them.
        return [python, Finding("settings", False, sentence_of(error, language))], []
    checks = {
        "database": _database,
        "personas": _personas,
        "playbooks": _playbooks,
        "reader": _reader,
        "model": _model,
        "port": _port,
        "encryption": _encryption,
        "provider": _provider,
    }
    findings = [python]
    for name, check in checks.items():
        if name in ("encryption", "provider") and not findings[1].ok:
            # What is in a database that does not open cannot be checked.
            continue
        try:
            findings.append(Finding(name, True, check(settings, language)))
        except IonError as error:
            findings.append(Finding(name, False, sentence_of(error, language)))
        except Exception as error:
            # Whatever a broken installation throws is a finding, too.
            findings.append(Finding(name, False, type(error).__name__))
    return findings, list(settings_of(settings))


def _database(settings: Settings, _: Language) -> str:
    asyncio.run(_ping(settings.database.url))
    return masked(settings.database.url)


def _encryption(settings: Settings, language: Language) -> str:
    return asyncio.run(_sealed(settings, language))


async def _sealed(settings: Settings, language: Language) -> str:
    """Tell what everything is sealed under.

    Raises:
        Misconfigured: the key is missing or wrong, or something is not sealed.
    """
    async with open_kept(settings) as kept:
        counts = await kept.sealer.store.counts()
        if counts.plain or "sealing" in await kept.keyring.store.unfinished():
            raise Misconfigured(
                said(
                    language,
                    en=f"{counts.plain} rows are not sealed yet; run `ion db upgrade`.",
                    ko=f"아직 잠그지 않은 행이 {counts.plain}개 있어요. `ion db upgrade`를 실행해 주세요.",
                )
            )
        master = kept.keyring.masters.first.id
        return said(
            language,
            en=f"{counts.rows} rows sealed, master key {master}",
            ko=f"행 {counts.rows}개가 잠겨 있어요. 마스터 키 {master}",
        )


async def _ping(url: str) -> None:
    async with open_database(url) as database:
        await database.ping()


def _personas(settings: Settings, _: Language) -> str:
    return ", ".join(mentor.name for mentor in load_catalogue(settings.personas.path).values())


def _playbooks(_: Settings, language: Language) -> str:
    topics = {slug for shelf in load_topics().values() for slug, _ in shelf.items()}
    known = len(topics.intersection(TopicFinder.load().slugs))
    return said(language, en=f"{known} topics", ko=f"주제 {known}개")


def _reader(settings: Settings, language: Language) -> str:
    reader = load_reader(settings.resonance.model_copy(update={"patience": _PATIENCE}))
    if reader.kind != settings.resonance.model:
        raise Misconfigured(
            said(
                language,
                en="Sentence embeddings cannot be loaded; messages are read without them.",
                ko="문장 임베딩을 불러올 수 없어서, 메시지를 임베딩 없이 읽어요.",
            )
        )
    return f"{reader.kind}, {said(language, en=f'{reader.features:,} features', ko=f'특징 {reader.features:,}개')}"


def _model(settings: Settings, language: Language) -> str:
    name = asyncio.run(_opened_model(settings))
    return name or said(language, en="none; the offline mentor answers", ko="없음. 오프라인 멘토가 답해요")


async def _opened_model(settings: Settings) -> str | None:
    """Open what is configured; nothing is asked of it."""
    async with configured_model(settings.llm) as model:
        return None if model is None else model.name


def _provider(settings: Settings, language: Language) -> str:
    return asyncio.run(_asked_provider(settings, language))


async def _asked_provider(settings: Settings, language: Language) -> str:
    """Ask the identity provider who it is.

    Raises:
        Misconfigured: it cannot be used as it is set up, or nobody is asked to sign in.
        OrganisationNotFound: its people's organisation is missing.
        ProviderUnavailable: it does not answer.
    """
    registration = registration_in(settings.oidc)
    provider = await open_provider(registration, system_clock)
    if provider is None or registration is None:
        return said(language, en="none; people sign in with passwords", ko="없음. 비밀번호로 로그인해요")
    if not settings.accounts.sign_in:
        raise Misconfigured(
            said(
                language,
                en="Nobody is asked to sign in: set ION_ACCOUNTS__SIGN_IN=true.",
                ko="아무도 로그인하지 않게 되어 있어요. ION_ACCOUNTS__SIGN_IN=true 로 바꿔 주세요.",
            ),
            field="ION_ACCOUNTS__SIGN_IN",
        )
    async with open_kept(settings) as kept:
        accounts = accounts_in(kept, settings.accounts)
        organisation = await accounts.organisations.with_slug(settings.oidc.organisation or "")
    count = await provider.check()
    return said(
        language,
        en=f"{registration.issuer}, {count} keys, for {organisation.slug}",
        ko=f"{registration.issuer}, 키 {count}개, 기관 {organisation.slug}",
    )


def _port(settings: Settings, language: Language) -> str:
    refuse_unsafe(settings, settings.server.host, settings.server.port, language)
    with bound_socket(settings.server.host, settings.server.port, language) as bound:
        return address_of(bound)


def _print(findings: list[Finding], settings: list[Setting], language: Language) -> None:
    to = console()
    for finding in findings:
        mark, style = ("✓", "green") if finding.ok else ("✗", "bold red")
        to.print(Text.assemble((mark, style), f" {finding.name:11}", finding.message), soft_wrap=True)
    if settings:
        to.print(f"\n{said(language, en='Settings', ko='설정')}", style="bold")
    for row in settings:
        where = said(language, en="from the environment", ko="환경 변수에서")
        origin = f"  ({where})" if row.source == "environment" else ""
        to.print(Text.assemble(f"{row.name:32} {row.value or '-'}", (origin, "dim")), soft_wrap=True)


def _list_settings(*, as_json: bool) -> None:
    rows = list(settings_of(Settings()))
    if as_json:
        print_json([{"name": row.name, "default": row.default, "meaning": row.meaning} for row in rows])
        return
    to = console()
    for row in rows:
        to.print(Text.assemble((row.name, "bold"), (f" = {row.default}" if row.default else "", "dim")), soft_wrap=True)
        to.print(f"  {row.meaning}", soft_wrap=True)
