import os
import re
import subprocess
import sys

import pytest
import typer
from typer.core import TyperCommand

from ion import __version__
from ion.cli.main import COMMANDS, Commands, main
from ion.errors import Conflict, IonError, Misconfigured, Unavailable
from tests.cli.running import child, ion, shell

HANGUL = re.compile("[가-힣]")


class TestIonAlone:
    def test_shows_what_people_do_first(self) -> None:
        result = ion()

        assert (result.exit_code, result.stderr) == (0, "")
        assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("  ion")] == [
            "chat",
            "ask",
            "serve",
            "analyze",
            "doctor",
        ]
        assert len(result.stdout.splitlines()) < 12

    def test_in_korean(self) -> None:
        assert "멘토와 대화하기" in ion("--lang", "ko").stdout

    def test_korean_by_locale(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LANG", "ko_KR.UTF-8")

        assert "멘토와 대화하기" in ion().stdout

    def test_version(self) -> None:
        assert ion("--version").stdout == f"ion {__version__}\n"

    def test_says_the_same_as_a_command_of_the_system(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["ion"])
        with pytest.raises(SystemExit) as caught:
            main()

        assert caught.value.code == 0
        assert capsys.readouterr().out == ion().stdout


class TestHelp:
    def test_lists_every_command(self) -> None:
        lines = ion("--help").stdout.splitlines()

        assert [line.split()[0] for line in lines if line.startswith("  ")] == list(COMMANDS)

    @pytest.mark.parametrize(
        "words",
        [
            *((name,) for name in COMMANDS),
            *(("persona", name) for name in ("list", "show", "new", "check")),
            *(("db", name) for name in ("upgrade", "current", "check")),
            *(("org", name) for name in ("add", "list", "rename")),
            *(
                ("user", name)
                for name in ("add", "list", "disable", "enable", "role", "password", "invite", "reset-totp")
            ),
            *(("key", name) for name in ("add", "list", "revoke")),
            *(("batch", name) for name in ("submit", "status", "results", "cancel", "list")),
            ("corpus", "export"),
        ],
        ids=" ".join,
    )
    def test_of_each_command_is_all_in_one_language(self, words: tuple[str, ...]) -> None:
        english, korean = ion(*words, "--help").stdout, ion(*words, "--help", "--lang", "ko").stdout

        assert english.startswith(f"Usage: ion {' '.join(words)}")
        assert korean.startswith(f"사용법: ion {' '.join(words)}")
        assert not HANGUL.search(english)
        meanings = [line.rsplit("  ", 1)[-1] for line in korean.splitlines() if line.startswith("  ")]
        assert [meaning for meaning in meanings if not HANGUL.search(meaning)] == []

    def test_loads_nothing_that_takes_long(self) -> None:
        script = (
            "import sys; from ion.cli.main import app; "
            "code = 0\ntry: app(['--help'])\nexcept SystemExit: pass\n"
            "slow = {'fastapi', 'sqlalchemy', 'numpy', 'pydantic', 'uvicorn', 'alembic'} & set(sys.modules)\n"
            "print(sorted(slow), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)

        assert done.stderr == b"[]\n"
        assert done.stdout.startswith(b"Usage: ion COMMAND")


class TestWrongCommandLines:
    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("serv",), "There is no command 'serv'. Did you mean `ion serve`?"),
            (("serv", "--lang", "ko"), "'serv' 명령은 없어요. 혹시 `ion serve`인가요?"),
            (("frobnicate",), "`ion --help` lists them all."),
            (("frobnicate", "--lang", "ko"), "`ion --help`에 모두 나와 있어요."),
            (("--frobnicate",), "No such option: --frobnicate. See: ion --help"),
            (("ask",), "See: ion ask --help"),
            (("ask", "one", "two"), "See: ion ask --help"),
            (("ask", "질문", "--frobnicate"), "이렇게는 쓸 수 없어요"),
            (("persona",), "See: ion persona --help"),
            (("persona", "frobnicate"), "See: ion persona --help"),
            (("route", "--all", "--format", "xml"), "See: ion route --help"),
            (("serve", "--port", "eighty"), "See: ion serve --help"),
            (("doctor", "--lang", "fr"), "See: ion doctor --help"),
        ],
    )
    def test_are_2_and_one_line_that_helps(self, words: tuple[str, ...], told: str) -> None:
        result = ion(*words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("ion: ")
        assert told in result.stderr
        assert result.stderr.count("\n") == 1


class Failing(Commands):
    """The commands of `ion`, each of which fails in the way it is called."""

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand:
        failures = {
            "conflict": Conflict("It is there."),
            "unavailable": Unavailable("It does not answer."),
            "misconfigured": Misconfigured("It is wrong."),
            "ion": IonError("It failed."),
            "interrupt": KeyboardInterrupt(),
            "abort": typer.Abort(),
            "end": EOFError(),
            "bug": LookupError("somebody's words"),
            "exit": typer.Exit(3),
        }

        def fail() -> None:
            sys.stdout.write("not flushed")
            if cmd_name in failures:
                raise failures[cmd_name]

        return TyperCommand(cmd_name, callback=fail)


class TestFailures:
    @pytest.mark.parametrize(
        ("name", "code", "told"),
        [
            ("conflict", 2, "ion: It is there.\n"),
            ("unavailable", 69, "ion: It does not answer.\n"),
            ("misconfigured", 78, "ion: It is wrong. Try: ion doctor --settings\n"),
            ("ion", 70, "ion: It failed.\n"),
            ("interrupt", 130, ""),
            ("abort", 130, ""),
            ("end", 130, "\n"),
            ("exit", 3, ""),
        ],
    )
    def test_have_their_exit_code_and_one_line(
        self, capsys: pytest.CaptureFixture[str], name: str, code: int, told: str
    ) -> None:
        with pytest.raises(SystemExit) as caught:
            Failing(name="ion").main([name])

        assert caught.value.code == code
        assert capsys.readouterr().err == told

    def test_a_bug_is_70_and_asks_for_a_report(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as caught:
            Failing(name="ion").main(["bug"])

        told = capsys.readouterr().err
        assert caught.value.code == 70
        assert "LookupError" in told
        assert "somebody" not in told

    def test_a_reader_who_left_is_noticed_at_the_end(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as stream, monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", stream)
            with pytest.raises(SystemExit) as caught:
                Failing(name="ion").main(["nothing"])

        assert caught.value.code == 1
        assert capsys.readouterr().err == ""

    def test_a_reader_who_left_is_told_nothing(self) -> None:
        # The page of help stays in Python's buffer until the very end.
        output, errors = shell('(sleep 0.5; exec "$0" -m ion --help) | true; echo "${PIPESTATUS[0]}"')

        assert (output, errors) == (b"1\n", b"")


class TestTheProcess:
    def test_a_message_that_is_no_text_is_refused_in_words(self) -> None:
        done = child("chat", stdin=b"\xff\xfe\n")

        assert done.returncode == 1
        assert done.stderr.startswith(b"ion: ")
        assert b"is broken" in done.stderr
