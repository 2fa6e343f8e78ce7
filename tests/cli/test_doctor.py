import json
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from ion.cli.doctor import masked
from ion.settings import setting_names
from tests.cli.running import document, ion
from tests.oidc.hostile import hostile_provider
from tests.servers.ion import free_port

CHECKS = ("python", "database", "personas", "playbooks", "reader", "model", "port", "encryption", "provider")

# Never bound: this is what has to be refused.
EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    port = free_port()
    monkeypatch.setenv("ION_SERVER__PORT", str(port))
    return port


def failed(result: str) -> list[str]:
    return [check["name"] for check in json.loads(result)["checks"] if not check["ok"]]


class TestChecks:
    def test_all_is_well(self, port: int) -> None:
        result = ion("doctor")

        lines = result.stdout.splitlines()
        assert (result.exit_code, result.stderr) == (0, "")
        assert [line.split()[:2] for line in lines[: len(CHECKS)]] == [["✓", name] for name in CHECKS]
        assert lines[2].endswith("Lua, Elro, Riri, Nana")
        assert lines[6].endswith(f"http://127.0.0.1:{port}")

    def test_in_korean(self) -> None:
        assert "오프라인 멘토가 답해요" in ion("doctor", "--lang", "ko").stdout

    def test_as_a_document(self) -> None:
        found = document("doctor")

        assert found["ok"] is True
        assert [check["name"] for check in found["checks"]] == list(CHECKS)
        assert [row["name"] for row in found["settings"]] == [name for name, _ in setting_names()]
        assert {row["name"] for row in found["settings"] if row["source"] == "environment"} == {
            "ION_DATABASE__URL",
            "ION_SERVER__PORT",
        }

    def test_a_provider_is_asked_who_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with hostile_provider() as there:
            monkeypatch.setenv("ION_OIDC__ISSUER", there.issuer)
            monkeypatch.setenv("ION_OIDC__CLIENT_ID", "ion")
            monkeypatch.setenv("ION_OIDC__CLIENT_SECRET", "very-secret")
            monkeypatch.setenv("ION_OIDC__ORGANISATION", "blue-school")
            closed = ion("doctor", "--json")
            monkeypatch.setenv("ION_ACCOUNTS__SIGN_IN", "true")
            nowhere = ion("doctor", "--json")
            ion("org", "add", "Blue School", "--slug", "blue-school")
            well = ion("doctor", "--json")
            there.said = {"issuer": f"{there.issuer}/"}
            another = ion("doctor", "--json")

        assert [failed(each.stdout) for each in (closed, nowhere, well, another)] == [["provider"]] * 2 + [
            [],
            ["provider"],
        ]
        assert "ION_ACCOUNTS__SIGN_IN=true" in closed.stdout
        assert f"{there.issuer}, 2 keys, for blue-school" in well.stdout
        assert "write ION_OIDC__ISSUER exactly so" in another.stdout
        assert "very-secret" not in closed.stdout + nowhere.stdout + well.stdout + another.stdout

    def test_a_model_is_opened_and_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_LLM__MODEL", "openai:none")
        monkeypatch.setenv("ION_LLM__API_KEY", "very-secret")
        monkeypatch.setenv("ION_LLM__BASE_URL", f"http://127.0.0.1:{free_port()}/v1")

        result = ion("doctor", "--json")

        assert (result.exit_code, failed(result.stdout)) == (0, [])
        assert "openai:none" in result.stdout
        assert "very-secret" not in result.stdout

    @pytest.mark.parametrize(
        ("name", "value", "check", "told"),
        [
            ("ION_DATABASE__URL", "postgresql://ion:secret@127.0.0.1:1/ion", "database", "cannot be opened"),
            ("ION_DATABASE__URL", "mysql://x", "database", "only sqlite:/// and postgresql://"),
            ("ION_PERSONAS__PATH", "nowhere", "personas", "nowhere: there is no such folder"),
            ("ION_LLM__MODEL", "nobody:none", "model", "There is no model provider 'nobody'"),
            ("ION_SERVER__HOST", EVERYWHERE, "port", "could read every conversation"),
            ("ION_SERVER__PORT", "many", "settings", "ION_SERVER__PORT"),
            ("ION_NOTHING", "1", "settings", "There is no setting 'ION_NOTHING'"),
        ],
    )
    def test_what_is_wrong_is_named_and_ends_with_1(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, check: str, told: str
    ) -> None:
        monkeypatch.setenv(name, value)

        result = ion("doctor", "--json")

        assert result.exit_code == 1
        assert failed(result.stdout) == [check]
        assert told in result.stdout
        assert "secret" not in result.stdout

    def test_without_settings_nothing_else_is_checked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_NOTHING", "1")

        result = ion("doctor")

        assert result.exit_code == 1
        assert [line.split()[:2] for line in result.stdout.splitlines()] == [["✓", "python"], ["✗", "settings"]]

    def test_a_port_that_is_taken(self, port: int) -> None:
        with socket.create_server(("127.0.0.1", port)):
            result = ion("doctor")

        assert result.exit_code == 1
        assert [line.split()[1] for line in result.stdout.splitlines() if "✗" in line] == ["port"]
        assert f"ion serve --port {port + 1}" in result.stdout

    def test_a_broken_mentor_does_not_hide_the_other_checks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "ours" / "mori" / "prompt.ko.md").mkdir(parents=True)
        monkeypatch.setenv("ION_PERSONAS__PATH", str(tmp_path / "ours"))

        found = json.loads(ion("doctor", "--json").stdout)

        assert [check["ok"] for check in found["checks"]] == [name != "personas" for name in CHECKS]
        assert found["checks"][2]["message"]


class TestSettings:
    def test_lists_every_variable_with_its_default_and_meaning(self) -> None:
        rows = document("doctor", "--settings")

        assert [(row["name"], row["meaning"]) for row in rows] == list(setting_names())
        assert {row["name"]: row["default"] for row in rows}["ION_SERVER__HOST"] == "127.0.0.1"

    def test_works_where_a_setting_is_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ION_NOTHING", "1")

        result = ion("doctor", "--settings")

        assert result.exit_code == 0
        assert all(name in result.stdout and meaning in result.stdout for name, meaning in setting_names())


class TestMasked:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (None, ""),
            (8000, "8000"),
            (("a", "b"), "a, b"),
            (SecretStr("key"), "********"),
            ("sqlite:////home/me/ion.db", "sqlite:////home/me/ion.db"),
            ("postgresql://ion:p%40ss@host/ion", "postgresql://ion:********@host/ion"),
            ("postgresql://ion:p@s:s/w@host:5432/ion", "postgresql://ion:********@host:5432/ion"),
            (
                "postgresql://ion@host/ion?password=p&sslmode=require",
                "postgresql://ion@host/ion?password=********&sslmode=require",
            ),
            ("https://host:8443/v1?api_key=k", "https://host:8443/v1?api_key=********"),
            ("openai:gpt-5-mini", "openai:gpt-5-mini"),
        ],
    )
    def test_shows_no_secret(self, value: object, shown: str) -> None:
        assert masked(value) == shown
