"""What the commands share: their options, and help in the reader's language."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from ion.cli.speech import both, one_of, said
from ion.language import Language

# A name and what it means.
Row = tuple[str, str]


def language_of_command(context: typer.Context) -> Language:
    """Return the language that `main` found out before anything was parsed."""
    return cast(Language, context.obj)


Lang = Annotated[
    Language,
    typer.Option(
        "--lang",
        metavar="ko|en",
        callback=language_of_command,
        help=both(
            en="Language to talk in, where the message does not decide it.", ko="메시지로 알 수 없을 때 쓸 언어."
        ),
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help=both(en="Print one JSON document.", ko="JSON 문서 하나로 출력해요."))
]


class Command(TyperCommand):
    """A command whose help is one screen in the reader's language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what it does, and its arguments and options."""
        formatter.write(_help_of(self, ctx))


class Group(TyperGroup):
    """A command with commands of its own."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, what it is for, and its commands."""
        rows = [(name, one_of(command.help or "", language_of_command(ctx))) for name, command in self.commands.items()]
        formatter.write(_help_of(self, ctx, rows))


def section(title: str, rows: Sequence[Row]) -> str:
    """Return a title and what belongs to it in two columns."""
    widest = max(len(name) for name, _ in rows)
    return "\n".join([f"\n{title}", *(f"  {name:{widest}}  {meaning}" for name, meaning in rows)])


def _help_of(command: TyperCommand | TyperGroup, context: Any, commands: Sequence[Row] = ()) -> str:
    language = language_of_command(context)
    arguments = list(_arguments(command, language))
    usage = [context.command_path, *(name for name, _ in arguments), *(["COMMAND"] if commands else []), "[OPTIONS]"]
    parts = [
        f"{said(language, en='Usage', ko='사용법')}: {' '.join(usage)}",
        f"\n{one_of(command.help or '', language)}",
    ]
    titled = (
        (said(language, en="Arguments", ko="인자"), arguments),
        (said(language, en="Commands", ko="명령"), commands),
        (said(language, en="Options", ko="옵션"), list(_options(command, language))),
    )
    return "\n".join([*parts, *(section(title, rows) for title, rows in titled if rows)])


def _arguments(command: TyperCommand | TyperGroup, language: Language) -> Iterator[Row]:
    for param in command.params:
        if isinstance(param, TyperArgument):
            name = param.metavar or param.name
            yield (name if param.required else f"[{name}]"), one_of(param.help or "", language)


def _options(command: TyperCommand | TyperGroup, language: Language) -> Iterator[Row]:
    for param in command.params:
        if isinstance(param, TyperOption):
            names = "/".join([*param.opts, *param.secondary_opts])
            yield f"{names} {param.metavar or ''}".rstrip(), one_of(param.help or "", language)
    yield "--help", said(language, en="Show this and stop.", ko="이 도움말을 보여 줘요.")
