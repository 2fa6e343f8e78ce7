"""The documentation is complete, and what it shows works."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.write_docs import SECTIONS, written

import ion.app  # defines every error
import ion.client
from ion import __version__
from ion.app import create_app
from ion.cli.main import COMMANDS
from ion.client import ClientError, UnexpectedAnswer, Unreachable
from ion.errors import IonError
from ion.personas import load_catalogue
from ion.playbooks import load_topics
from ion.settings import Settings, setting_names
from tests.servers.ion import IonServer, free_port, ion_server

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def every_error(kind: type[IonError] = IonError) -> Iterator[type[IonError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from every_error(narrower)


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page(name), flags=re.DOTALL)


class TestNothingIsMissing:
    @pytest.mark.parametrize("name", [name for name, _ in setting_names()])
    def test_every_setting_is_in_operations(self, name: str) -> None:
        assert f"`{name}`" in page("docs/operations.md")

    @pytest.mark.parametrize(
        "code", sorted({error.code for error in every_error() if error.__module__.startswith("ion.")})
    )
    def test_every_error_code_is_in_errors(self, code: str) -> None:
        assert f"`{code}`" in page("docs/errors.md")

    def test_every_file_that_holds_a_control_is_there(self) -> None:
        named = set(re.findall(r"`((?:src|tests|requirements)/[^`]+)`", page("docs/compliance.md")))

        assert len(named) > 50
        assert [name for name in sorted(named) if not (ROOT / name).exists()] == []

    @pytest.mark.parametrize("error", [Unreachable(), UnexpectedAnswer("It is not ION.")])
    def test_every_code_of_the_clients_own_is_in_errors(self, error: ClientError) -> None:
        assert f"`{error.code}`" in page("docs/errors.md")

    @pytest.mark.parametrize("name", [name for name in ion.client.__all__ if name.endswith(("Ion", "Error"))])
    def test_the_clients_and_their_errors_are_in_client(self, name: str) -> None:
        assert f"`{name}`" in page("docs/client.md")

    @pytest.mark.parametrize("command", COMMANDS)
    def test_every_command_is_in_cli(self, command: str) -> None:
        assert f"ion {command}" in page("docs/cli.md")

    def test_every_route_is_in_api(self) -> None:
        described = page("docs/api.md").replace("{id}", "{conversation_id}")
        paths = create_app(Settings()).openapi()["paths"]

        assert [path for path in paths if path not in described] == []

    @pytest.mark.parametrize("persona", [persona.name for persona in load_catalogue().values()])
    def test_every_mentor_is_in_personas(self, persona: str) -> None:
        assert f"| {persona} |" in page("docs/personas.md")

    @pytest.mark.parametrize("name", SECTIONS)
    def test_made_parts_are_up_to_date(self, name: str) -> None:
        text = page(f"docs/{name}")

        assert written(name, text) == text, "run `make docs`"

    def test_the_number_of_topics_is_right(self) -> None:
        count = len(load_topics()["ko"])

        assert f"{count} playbook topics" in page("README.md")
        assert f"{count} topics" in page("docs/playbooks.md")

    def test_every_link_leads_somewhere(self) -> None:
        broken = []
        for file in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
                if not (file.parent / target).exists():
                    broken.append(f"{file.relative_to(ROOT)}: {target}")

        assert broken == []

    def test_the_version_is_the_same_everywhere(self) -> None:
        project = tomllib.loads(page("pyproject.toml"))["project"]

        assert project["version"] == __version__

    def test_every_make_target_of_the_docs_exists(self) -> None:
        makefile = page("Makefile")
        shown = re.compile(r"(?:`|^|\s{2})make ([a-z]+)", flags=re.MULTILINE)
        named = {
            target
            for file in [ROOT / "README.md", *DOCS.rglob("*.md")]
            for target in shown.findall(file.read_text(encoding="utf-8"))
        }

        assert [target for target in sorted(named) if f"\n{target}:" not in makefile] == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IonServer]:
    with ion_server(tmp_path_factory.mktemp("docs")) as running:
        yield running


def commands_of(name: str) -> list[str]:
    return [
        line.split("  #")[0].strip()
        for block in blocks(name, "sh")
        for line in block.replace("\\\n", " ").splitlines()
        if line.split("  #")[0].strip()
    ]


SHOWN = sorted({*commands_of("README.md"), *commands_of("docs/quickstart.md"), *commands_of("docs/api.md")})


class TestWhatIsShownWorks:
    @pytest.mark.parametrize(
        "command", [line for line in SHOWN if line.startswith(".venv/bin/ion") and "chat" not in line]
    )
    def test_ion(self, command: str, tmp_path: Path) -> None:
        arguments = shlex.split(command.removeprefix(".venv/bin/ion"))
        run = subprocess.run(
            [sys.executable, "-m", "ion", *arguments],
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert run.returncode == 0, run.stderr
        assert run.stdout.strip()
        if "--json" in arguments:
            assert json.loads(run.stdout)["persona_used"]

    @pytest.mark.parametrize("command", [line for line in SHOWN if line.startswith("curl")])
    def test_curl(self, command: str, server: IonServer) -> None:
        run = subprocess.run(
            shlex.split(command.replace("http://127.0.0.1:8000", server.address)),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

        assert json.loads(run.stdout)["success"] is True

    @pytest.mark.parametrize(
        "block", [block for name in ("README.md", "docs/api.md", "docs/client.md") for block in blocks(name, "python")]
    )
    def test_python(self, block: str, server: IonServer) -> None:
        run = subprocess.run(
            [sys.executable, "-c", block.replace("http://127.0.0.1:8000", server.address)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert run.returncode == 0, run.stderr
        assert run.stdout.strip().endswith("?")

    def test_make_run(self, tmp_path: Path) -> None:
        port = free_port()
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=ROOT,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            shown = next(line for line in process.stdout if "http://" in line)
        finally:
            os.killpg(process.pid, 15)
            process.wait(timeout=20)
            process.stdout.close() if process.stdout else None

        assert f"127.0.0.1:{port}" in shown

    @pytest.mark.parametrize("command", [line for line in SHOWN if line.startswith("make") and "run" not in line])
    def test_other_make_targets_are_known_to_make(self, command: str) -> None:
        subprocess.run(
            ["make", "--dry-run", *shlex.split(command)[1:]], cwd=ROOT, capture_output=True, timeout=30, check=True
        )

    def test_no_shown_command_is_left_out(self) -> None:
        kinds = (".venv/bin/ion ", "curl ", "make ", "ION_LLM__MODEL=")

        assert [line for line in SHOWN if not line.startswith(kinds)] == []
