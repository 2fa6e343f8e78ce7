import csv
import io
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ion.cli.environment import operator_name
from tests.cli.running import document, ion

WORDS = b"glass tomato orbit\n"


@pytest.fixture
def people() -> None:
    """A school with an admin, a disabled mentee, and a key."""
    document("org", "add", "Blue School", "--slug", "blue")
    document("user", "add", "mina@example.org", "--org", "blue", "--role", "admin", stdin=WORDS)
    document("user", "add", "jun@example.org", "--org", "blue", "--no-password")
    document("user", "disable", "jun@example.org")
    document("key", "add", "mina@example.org", "--scope", "conversations.own", "--days", "30")


def tamper(*statements: str) -> None:
    with closing(sqlite3.connect("ion.db")) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


def exported(*words: str) -> Iterator[dict[str, Any]]:
    result = ion("audit", "export", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    return map(json.loads, result.stdout.splitlines())


@pytest.mark.usefixtures("people")
class TestList:
    def test_the_newest_first_by_whoever_is_at_the_machine(self) -> None:
        entries = document("audit", "list")

        assert [one["action"] for one in entries] == [
            "key.made",
            "member.disabled",
            "member.added",
            "member.added",
            "organisation.added",
        ]
        assert {(one["actor_kind"], one["actor"]) for one in entries} == {("operator", operator_name())}

    def test_for_people(self) -> None:
        (line,) = ion("audit", "list", "--limit", "1", "--organisation", "blue").stdout.splitlines()
        lines = ion("audit", "list").stdout.splitlines()

        assert "key.made" in line
        assert f"granted  {operator_name()}  -> key " in line
        assert "member.disabled" in lines[1]
        assert "-> user jun@example.org" in lines[1]
        assert ion("audit", "list", "--organisation", "local").stdout == ""


@pytest.mark.usefixtures("people")
class TestVerify:
    def test_of_a_whole_log(self) -> None:
        head = document("audit", "head")
        done = document("audit", "verify", "--head", head["head"])
        told = ion("audit", "verify")

        assert done == {"whole": True, "entries": 5, "head": head["head"], "finding": None}
        assert (told.exit_code, told.stdout[:26]) == (0, "Whole: 6 entries. Head: 6:")
        assert "온전해요: 항목 7개" in ion("audit", "verify", "--lang", "ko").stdout
        assert ion("audit", "head").stdout.startswith("8:")

    @pytest.mark.parametrize(
        ("statements", "english", "korean"),
        [
            (["UPDATE audit_entry SET outcome = 'denied' WHERE seq = 3"], "it was changed.", "3번 항목: 바뀌었어요."),
            (["DELETE FROM audit_entry WHERE seq = 3"], "it is missing.", "3번 항목: 없어요."),
            (
                [
                    "UPDATE audit_entry SET seq = -1 WHERE seq = 3",
                    "UPDATE audit_entry SET seq = 3 WHERE seq = 4",
                    "UPDATE audit_entry SET seq = 4 WHERE seq = -1",
                ],
                "another entry is in its place (number 4).",
                "다른 항목이 그 자리에 있어요 (4번).",
            ),
            (
                [
                    "DELETE FROM audit_entry WHERE seq > 2",
                    "UPDATE audit_head SET entries = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)",
                ],
                "the log was cut off before it.",
                "3번 항목: 그 앞에서 기록이 잘렸어요.",
            ),
        ],
        ids=["changed", "missing", "reordered", "truncated"],
    )
    def test_of_one_that_is_not(self, statements: list[str], english: str, korean: str) -> None:
        tamper(*statements)
        told, also = ion("audit", "verify"), ion("audit", "verify", "--lang", "ko")
        as_json = ion("audit", "verify", "--json")

        assert (told.exit_code, told.stdout) == (1, f"Entry 3: {english}\n")
        assert korean in also.stdout
        assert (as_json.exit_code, json.loads(as_json.stdout)["finding"]["number"]) == (1, 3)

    def test_is_recorded_where_the_log_is_whole_and_else_leaves_it_as_it_was_found(self) -> None:
        ion("audit", "verify")
        tamper("UPDATE audit_entry SET outcome = 'denied' WHERE seq = 2")
        told = ion("audit", "verify").stderr

        (last,) = document("audit", "list", "--limit", "1")
        assert (last["number"], last["action"], last["details"]) == (6, "audit.verified", {"rows": 5})
        assert "audit.not_whole" in told

    def test_a_head_that_is_none(self) -> None:
        result = ion("audit", "verify", "--head", "five")

        assert (result.exit_code, result.stdout) == (2, "")
        assert "NUMBER:HASH" in result.stderr

    def test_a_head_that_is_gone(self) -> None:
        tamper("DELETE FROM audit_head")
        gone = document("audit", "head")

        assert gone["entries"] == 0
        assert ion("audit", "verify").exit_code == 1
        assert "감사 기록의 끝을 적은 행이 없어서" in ion("org", "add", "X", "--slug", "x", "--lang", "ko").stderr


@pytest.mark.usefixtures("people")
class TestAccept:
    def test_a_backup_is_right_once_the_operator_says_so(self, tmp_path: Path) -> None:
        tamper(
            "DELETE FROM audit_entry WHERE seq > 2",
            "UPDATE audit_head SET entries = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)",
        )
        before = ion("audit", "verify").exit_code
        accepted = document("audit", "accept")
        told = ion("audit", "accept")

        assert (before, ion("audit", "verify").exit_code) == (1, 0)
        assert accepted["entries"] == 3
        assert told.stdout.startswith("Accepted: 4:")
        assert document("audit", "list", "--limit", "2")[1]["action"] == "audit.restored"


@pytest.mark.usefixtures("people")
class TestExport:
    def test_json_lines_in_order_and_the_export_itself(self) -> None:
        entries = list(exported())

        assert [one["number"] for one in entries] == list(range(1, 7))
        assert (entries[-1]["action"], entries[-1]["details"]["format"]) == ("audit.exported", "jsonl")
        assert not [one for one in entries if "@" in json.dumps(one)]

    def test_of_an_organisation_in_a_period(self) -> None:
        assert [one["action"] for one in exported("--organisation", "blue")][:2] == [
            "organisation.added",
            "member.added",
        ]
        assert list(exported("--until", "2020-01-01")) == []
        assert list(exported("--since", "2999-01-01T10:00+09:00")) == []
        (alone,) = exported("--since", "2020-01-01", "--until", "2999-01-01", "--organisation", "local")
        assert alone["action"] == "audit.exported"

    def test_csv_into_a_new_file_for_its_owner_alone(self, tmp_path: Path) -> None:
        result = ion("audit", "export", "--format", "csv", "--output", "out.csv")
        again = ion("audit", "export", "--format", "csv", "--output", "out.csv")

        rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
        assert result.stdout == "Entries written: 6.\n"
        assert [row["number"] for row in rows] == list("123456")
        assert json.loads(rows[1]["details"]) == {"role": "admin"}
        assert (rows[0]["network"], rows[0]["actor"]) == ("", operator_name())
        assert stat.S_IMODE(os.stat("out.csv").st_mode) == 0o600
        assert (again.exit_code, again.stderr) == (2, "ion: out.csv cannot be made as a new file (File exists).\n")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--since", "yesterday"), "'yesterday' is no day and no moment"),
            (("--since", "yesterday", "--lang", "ko"), "날짜나 시각이 아니에요"),
            (("--organisation", "nowhere"), "There is no such organisation."),
        ],
    )
    def test_what_does_not_fit(self, words: tuple[str, ...], told: str) -> None:
        result = ion("audit", "export", *words)

        assert (result.exit_code, result.stdout) == (2, "")
        assert told in result.stderr


@pytest.mark.usefixtures("people")
class TestReport:
    def test_for_people(self) -> None:
        report = ion("audit", "report", "--organisation", "blue", "--since", "2020-01-01").stdout

        assert report.startswith("# Access report\n\nMade ")
        assert "Period: from 2020-01-01 00:00 until before " in report
        assert "| blue | mina@example.org | admin | active | no |  |" in report
        assert "| blue | jun@example.org | mentee | disabled " in report
        assert "| mina@example.org | conversations.own | " in report
        assert "| member.disabled | granted | 1 |" in report
        assert "local@localhost" not in report

    def test_in_korean(self) -> None:
        assert "## 사용자\n\n| 기관 | 이메일 | 역할 |" in ion("audit", "report", "--lang", "ko").stdout

    def test_denials_are_named(self) -> None:
        tamper("UPDATE audit_entry SET outcome = 'denied' WHERE action = 'member.disabled'")
        report = ion("audit", "report").stdout

        (line,) = [line for line in report.splitlines() if line.startswith("| 4 |")]
        assert f"| member.disabled | denied | {operator_name()} | jun@example.org |" in line

    def test_for_programs(self, tmp_path: Path) -> None:
        made = document("audit", "report", "--until", "2999-01-01")
        ion("audit", "report", "--json", "--output", "report.json")

        assert [(one["email"], one["role"], one["organisation"]) for one in made["people"]] == [
            ("jun@example.org", "mentee", "blue"),
            ("local@localhost", "admin", "local"),
            ("mina@example.org", "admin", "blue"),
        ]
        (key,) = made["keys"]
        assert (key["email"], key["scopes"], key["last_used_at"]) == ("mina@example.org", ["conversations.own"], None)
        assert {"action": "key.made", "outcome": "granted", "count": 1} in made["counts"]
        assert (made["denials"], made["until"]) == ([], "2999-01-01T00:00:00+00:00")
        assert json.loads((tmp_path / "report.json").read_text())["since"] is None

    def test_cells_hold_no_markup(self) -> None:
        document("org", "add", "Red", "--slug", "red")
        document("user", "add", "<b>|x@example.org", "--org", "red", "--no-password")

        assert "\\<b\\>\\|x@example.org" in ion("audit", "report", "--organisation", "red").stdout
