"""The `ion` command: finds the file a command is in, and says in one line what went wrong."""

import contextlib
import difflib
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command as command_of

from ion import __version__
from ion.cli.command import Lang, language_of_command, section
from ion.cli.environment import wanted_language
from ion.cli.errors import BROKEN_PIPE, INTERRUPTED, tell_error, tell_unexpected, tell_usage
from ion.cli.home import home
from ion.cli.speech import both, one_of, said
from ion.errors import IonError, NotFound
from ion.language import Language

# A command's module is ion.cli.<name>; what it does is told here, so that help need not load them all.
COMMANDS: Mapping[str, str] = {
    "chat": both(en="Talk with a mentor; the conversation is kept.", ko="멘토와 대화해요. 대화는 보관돼요."),
    "ask": both(en="Ask one question; nothing is kept.", ko="한 가지를 물어요. 보관하지 않아요."),
    "serve": both(
        en="Open the page and the HTTP API on this machine.", ko="이 컴퓨터에서 웹 페이지와 HTTP API를 열어요."
    ),
    "analyze": both(
        en="Show how a message reads, or a file of messages.", ko="메시지(또는 파일)가 어떻게 읽히는지 보여 줘요."
    ),
    "screen": both(en="Look for crisis and prompt injection in messages.", ko="위기 신호와 프롬프트 주입을 찾아요."),
    "route": both(en="Show which mentor answers a resonance key.", ko="파동키에 어느 멘토가 답하는지 보여 줘요."),
    "batch": both(en="Have many messages answered in the background.", ko="많은 메시지를 뒤에서 한꺼번에 답하게 해요."),
    "persona": both(en="List, show, make and check mentors.", ko="멘토를 보고, 만들고, 점검해요."),
    "corpus": both(en="Export corrected readings to train ION.", ko="바로잡은 읽기를 학습용으로 내보내요."),
    "eval": both(
        en="Measure how well ION reads, routes, protects and replies.", ko="ION이 얼마나 잘 읽고 답하는지 재요."
    ),
    "bench": both(
        en="Measure how long reading takes on this machine.", ko="이 컴퓨터에서 읽는 데 얼마나 걸리는지 재요."
    ),
    "org": both(en="Organisations: list, add, rename.", ko="기관을 보고, 더하고, 고쳐요."),
    "user": both(en="Users: add, invite, disable, roles, passwords.", ko="사용자를 더하고, 초대하고, 관리해요."),
    "key": both(en="API keys: make, list, revoke.", ko="API 키를 만들고, 보고, 없애요."),
    "token": both(
        en="Show and change what access tokens are signed with.", ko="액세스 토큰에 서명하는 키를 보거나 바꿔요."
    ),
    "audit": both(en="The audit log: look, verify, export, report.", ko="감사 기록을 보고, 점검하고, 내보내요."),
    "db": both(en="Bring the database up to date.", ko="데이터베이스를 최신으로 맞춰요."),
    "keys": both(en="Show and change what conversations are sealed with.", ko="대화를 잠그는 키를 보거나 바꿔요."),
    "doctor": both(en="Check that everything is in place.", ko="필요한 것이 다 갖춰졌는지 점검해요."),
}


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """What imports make lives as long as the process; looking for garbage in it takes a tenth of every start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class UnknownCommand(NotFound):
    """`ion` has no such command."""


class Commands(TyperGroup):
    """The commands of `ion`, each loaded when it is called.

    A command may need a web server, a database or a model; loading all of them would make `ion --help` take seconds.
    """

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a command."""
        if cmd_name not in COMMANDS:
            raise _unknown(cmd_name, language_of_command(ctx))
        with _without_collecting():
            command = command_of(importlib.import_module(f"ion.cli.{cmd_name}").app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write every command in a line, without loading them."""
        language = language_of_command(ctx)
        rows = [(name, one_of(does, language)) for name, does in COMMANDS.items()]
        usage = said(language, en="Usage: ion COMMAND [OPTIONS]", ko="사용법: ion COMMAND [OPTIONS]")
        more = said(
            language,
            en="Each command has its own help, e.g. `ion ask --help`. Korean: --lang ko",
            ko="명령마다 도움말이 있어요. 예: `ion ask --help`. 영어로 보기: --lang en",
        )
        formatter.write("\n".join([usage, section(said(language, en="Commands", ko="명령"), rows), "", more]))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command and end the process with its exit code."""
        words = sys.argv[1:] if args is None else list(args)
        language = wanted_language(words)
        try:
            code = super().main(words, "ion", complete_var, standalone_mode=False, obj=language, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            code = _leave_quietly()
        except IonError as error:
            code = tell_error(error, language)
        except typer.TyperException as error:
            code = tell_usage(error, language)
        except (KeyboardInterrupt, typer.Abort):
            code = INTERRUPTED
        except Exception as error:
            code = tell_unexpected(error, language)
        sys.exit(code if isinstance(code, int) else 0)


def _unknown(name: str, language: Language) -> UnknownCommand:
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    if near:
        hint = said(language, en=f"Did you mean `ion {near[0]}`?", ko=f"혹시 `ion {near[0]}`인가요?")
    else:
        hint = said(language, en="`ion --help` lists them all.", ko="`ion --help`에 모두 나와 있어요.")
    return UnknownCommand(
        said(language, en=f"There is no command {name[:40]!r}. {hint}", ko=f"{name[:40]!r} 명령은 없어요. {hint}")
    )


def _leave_quietly() -> int:
    """Whoever read the output has gone; nothing may complain about it when Python flushes at the end."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ion {__version__}")
        raise typer.Exit


app = typer.Typer(cls=Commands, add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True)


@app.callback()
def first(
    context: typer.Context,
    language: Lang = "en",
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """Show what people do first, where no command is given."""
    if context.invoked_subcommand is None:
        home(language)


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Hangul shows question marks; that is better than stopping half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        # What is no text is refused as a message, in words, instead of failing while it is read.
        sys.stdin.reconfigure(errors="surrogateescape")
    app()
