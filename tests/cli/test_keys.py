import asyncio
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ion.mentoring import ConversationId, TurnId
from ion.mentoring.rows import row_of
from ion.sealing import new_master_key
from ion.services import open_kept
from ion.settings import DatabaseSettings, Settings
from tests.cli.running import database_in, document, ion
from tests.keyrings import MASTER, OTHER_MASTER
from tests.mentoring.test_sealing_store import OLD_TURNS, kept_by_an_older_ion
from tests.mentoring.test_store import make_conversation, make_turn

MANY = 4000


async def keep(url: str, *, turns: int = 3) -> None:
    async with open_kept(Settings(database=DatabaseSettings(url=url))) as kept:
        await kept.conversations.add(replace(make_conversation(), title="제목"))
        keys = await kept.keyring.keys_of(make_conversation().owner)
        template = make_turn()
        async with kept.database.transaction() as session:
            for number in range(turns):
                turn = replace(template, id=TurnId(f"t{number}"), position=number + 1, message=f"메시지 {number}")
                session.add(row_of(turn, keys, request_key=None))


async def messages(url: str) -> list[str]:
    async with open_kept(Settings(database=DatabaseSettings(url=url))) as kept:
        return [turn.message for turn in await kept.turns.of(ConversationId("c1"))]


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = database_in(tmp_path)
    asyncio.run(keep(url))
    return url


@pytest.mark.usefixtures("url")
class TestStatus:
    def test_tells_what_is_sealed_with_what(self) -> None:
        found = document("keys", "status")
        shown = ion("keys", "status").stdout

        (master,) = found.pop("masters")
        assert found == {
            "whole": True,
            "source": "own_file",
            "owners": 1,
            "rows": {"all": 4, "plain": 0, "replaced_key": 0},
            "unfinished": {},
        }
        assert master["data_keys"] == 1
        assert "ION's own file" in shown
        assert f"{master['id']} (wraps): 1 data keys" in shown
        assert "Rows: 4; not sealed: 0; sealed with a replaced key: 0" in shown
        assert "To go on" not in shown

    def test_in_korean(self) -> None:
        shown = ion("keys", "status", "--lang", "ko").stdout

        assert "ION이 만든 파일" in shown
        assert "행 4개, 잠그지 않은 행 0개" in shown

    def test_shows_no_key(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        own = (tmp_path / "ion.key").read_text().strip()
        monkeypatch.setenv("ION_ENCRYPTION__KEY", MASTER)
        monkeypatch.setenv("ION_ENCRYPTION__PREVIOUS", json.dumps([own]))
        shown = ion("keys", "status").stdout + ion("keys", "status", "--json").stdout + ion("doctor").stdout

        assert "(opens): 1 data keys" in shown
        assert MASTER not in shown
        assert own not in shown

    @pytest.mark.parametrize(("language", "words"), [("en", "To go on: ion"), ("ko", "이어서 하려면: ion")])
    def test_says_how_to_go_on(self, url: str, language: str, words: str) -> None:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("UPDATE turn SET key_version = NULL WHERE id = 't0'")
            connection.execute("UPDATE turn SET key_version = 0 WHERE id = 't1'")
        shown = ion("keys", "status", "--lang", language).stdout

        assert f"{words} keys rotate" in shown
        assert f"{words} db upgrade" in shown
        assert document("keys", "status")["rows"] == {"all": 4, "plain": 1, "replaced_key": 1}


class TestNew:
    def test_prints_a_key_that_can_be_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key, other = ion("keys", "new").stdout.strip(), document("keys", "new")["key"]
        monkeypatch.setenv("ION_ENCRYPTION__KEY", key)

        assert key != other
        assert document("keys", "status")["source"] == "environment"

    def test_writes_one_to_a_file_and_never_over_another(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "master.key"
        made, told = document("keys", "new", "--output", str(file)), ion("keys", "new", "--output", f"{file}2")
        again = ion("keys", "new", "--output", str(file))
        monkeypatch.setenv("ION_ENCRYPTION__KEY_FILE", str(file))

        assert made == {"output": str(file)}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert told.stdout == f"Written to {file}2. Keep a copy of it, apart from backups of the database.\n"
        assert (again.exit_code, again.stdout) == (2, "")
        assert "never written over another" in again.stderr
        assert document("keys", "status")["source"] == "file"


class TestRotate:
    def test_seals_everything_anew(self, url: str) -> None:
        before = asyncio.run(messages(url))
        told = ion("keys", "rotate")
        again = document("keys", "rotate")

        assert (told.exit_code, told.stdout) == (0, "Rows sealed anew: 4.\n")
        assert again == {"sealed": 4, "unreadable": 0}
        assert versions(url) == {3}
        assert asyncio.run(messages(url)) == before

    @pytest.mark.parametrize(
        ("language", "told"),
        [("en", "Rows that do not open, and were left alone: 1."), ("ko", "열리지 않아 그대로 둔 행: 1개.")],
    )
    def test_tells_of_rows_that_do_not_open(self, url: str, language: str, told: str) -> None:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("UPDATE turn SET sealed_reply = sealed_message WHERE id = 't1'")
        result = ion("keys", "rotate", "--lang", language)

        assert result.exit_code == 0
        assert result.stderr == f"{told}\n"

    @pytest.mark.usefixtures("url")
    def test_wraps_data_keys_in_a_new_master_key(self, tmp_path: Path) -> None:
        before = (tmp_path / "ion.key").read_text()
        done = document("keys", "rotate", "--master")
        told = ion("keys", "rotate", "--master", "--lang", "ko")
        after = (tmp_path / "ion.key").read_text()

        assert done["wrapped"] == 1
        # The audit log has a data key of its own since the first rotation was recorded.
        assert told.stdout.startswith("다시 감싼 데이터 키: 2개.")
        assert len(after.split()) == 1
        assert before != after
        assert asyncio.run(messages(database_in(tmp_path))) == ["메시지 0", "메시지 1", "메시지 2"]

    @pytest.mark.usefixtures("url")
    def test_wraps_data_keys_in_a_key_that_is_given(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        own = (tmp_path / "ion.key").read_text().strip()
        monkeypatch.setenv("ION_ENCRYPTION__KEY", OTHER_MASTER)
        refused = ion("keys", "status")
        monkeypatch.setenv("ION_ENCRYPTION__PREVIOUS", json.dumps([own]))
        done = document("keys", "rotate", "--master")
        monkeypatch.delenv("ION_ENCRYPTION__PREVIOUS")

        assert refused.exit_code == 78
        assert "ION_ENCRYPTION__PREVIOUS" in refused.stderr
        assert done["wrapped"] == 1
        assert document("keys", "status")["masters"] == [{"id": done["master"], "data_keys": 2}]

    def test_goes_on_after_it_was_killed(self, tmp_path: Path) -> None:
        url = database_in(tmp_path)
        asyncio.run(keep(url, turns=MANY))
        words = [sys.executable, "-m", "ion", "keys", "rotate"]
        file = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            process = subprocess.Popen(words, env=dict(os.environ))
            while not count(connection, 2):
                assert process.poll() is None
            # From here on it cannot go on, and is killed in the middle of its work.
            connection.execute("BEGIN IMMEDIATE")
            sealed = count(connection, 2)
            process.send_signal(signal.SIGKILL)
            code = process.wait(timeout=20)
            connection.execute("ROLLBACK")
        half = document("keys", "status")
        resumed = document("keys", "rotate")
        whole = document("keys", "status")

        assert code == -signal.SIGKILL
        assert 0 < sealed < MANY
        assert set(half["unfinished"]) == {"rotation"}
        # The conversation itself was the first row of all.
        assert resumed == {"sealed": MANY - sealed, "unreadable": 0}
        assert whole["whole"] is True
        assert versions(url) == {2}
        assert asyncio.run(messages(url)) == [f"메시지 {number}" for number in range(MANY)]


def count(connection: sqlite3.Connection, version: int) -> int:
    return int(connection.execute("SELECT count(*) FROM turn WHERE key_version = ?", [version]).fetchone()[0])


def versions(url: str) -> set[int]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return {row[0] for row in connection.execute("SELECT key_version FROM turn")}


class TestUpgrading:
    @pytest.mark.parametrize(
        ("language", "told"),
        [
            ("en", f"Rows sealed: {OLD_TURNS + 2}. The database's files hold none of their texts any more.\n"),
            ("ko", f"잠근 행: {OLD_TURNS + 2}개. 이제 데이터베이스 파일에 그 글이 남아 있지 않아요.\n"),
        ],
    )
    def test_seals_what_an_older_ion_kept(self, tmp_path: Path, language: str, told: str) -> None:
        asyncio.run(kept_by_an_older_ion(database_in(tmp_path)))
        doctor = ion("doctor", "--json")
        first = ion("db", "upgrade", "--lang", language)
        second = document("db", "upgrade")
        found = [check for check in json.loads(doctor.stdout)["checks"] if check["name"] == "encryption"]

        assert [check["ok"] for check in found] == [False]
        assert f"{OLD_TURNS + 2} rows are not sealed yet; run `ion db upgrade`." in found[0]["message"]
        assert first.stdout.endswith(told)
        assert "sealed" not in second

    def test_as_a_document(self, tmp_path: Path) -> None:
        asyncio.run(kept_by_an_older_ion(database_in(tmp_path)))
        found = document("db", "upgrade")

        assert (found["sealed"], found["unreadable"]) == (OLD_TURNS + 2, 0)


class TestStarting:
    @pytest.mark.usefixtures("url")
    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("ion.key", "is not there: bring it back from its backup"),
            ("ion.keys.db", "holds no data keys: bring it back"),
        ],
    )
    def test_without_the_keys_is_refused_in_one_line(self, tmp_path: Path, name: str, told: str) -> None:
        (tmp_path / name).unlink()
        result = ion("ask", "Where do I start?")

        assert (result.exit_code, result.stdout) == (78, "")
        assert result.stderr.count("\n") == 1
        assert told in result.stderr

    @pytest.mark.usefixtures("url")
    def test_with_another_key_is_refused_in_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "ion.key").write_text(new_master_key())
        result = ion("ask", "무엇부터 할까요?")

        assert (result.exit_code, result.stdout) == (78, "")
        assert result.stderr.startswith("ion: 마스터 키가")
        assert result.stderr.count("\n") == 1
