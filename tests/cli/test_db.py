import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from ion.db import head_revision, make_engine
from tests.cli.running import database_in, document, ion
from tests.servers.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "sqlite":
        return database_in(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    url = server.fresh_database()
    monkeypatch.setenv("ION_DATABASE__URL", url)
    return url


@pytest.mark.usefixtures("database")
class TestAnyDatabase:
    def test_is_empty_then_brought_up_to_date_then_left_alone(self) -> None:
        head = head_revision()

        before = ion("db", "check")
        first, second = document("db", "upgrade"), document("db", "upgrade")
        after = ion("db", "check")

        assert (before.exit_code, after.exit_code) == (1, 0)
        assert "Behind: no tables" in before.stdout
        assert before.stdout.endswith("Run: ion db upgrade\n")
        assert first == {"before": None, "revision": head, "head": head}
        assert second == {"before": head, "revision": head, "head": head}
        assert after.stdout == f"Up to date ({head}).\n"

    def test_current_names_the_revision(self) -> None:
        empty = ion("db", "current").stdout
        ion("db", "upgrade")

        assert empty == "There are no tables yet.\n"
        assert ion("db", "current").stdout == f"{head_revision()}\n"
        assert document("db", "current")["revision"] == head_revision()

    def test_check_as_a_document(self) -> None:
        behind = ion("db", "check", "--json")
        ion("db", "upgrade")

        assert behind.exit_code == 1
        assert json.loads(behind.stdout) == {"up_to_date": False, "revision": None, "head": head_revision()}
        assert document("db", "check")["up_to_date"] is True

    def test_in_korean(self) -> None:
        words = [ion("db", name, "--lang", "ko").stdout for name in ("current", "check", "upgrade", "upgrade", "check")]

        assert [line.split()[0] for line in words] == ["아직", "뒤처졌어요:", "없음에서", "이미", "최신이에요"]

    @pytest.mark.parametrize(("language", "words"), [("en", "Of a newer ION: 9999"), ("ko", "더 새로운 ION이")])
    def test_tables_of_a_newer_ion_are_told_and_left_alone(self, database: str, language: str, words: str) -> None:
        ion("db", "upgrade")
        asyncio.run(mark(database, "9999"))
        told, refused = ion("db", "check", "--lang", language), ion("db", "upgrade")

        assert (told.exit_code, told.stdout.startswith(words)) == (1, True)
        assert refused.exit_code == 78
        assert "newer ION" in refused.stderr


async def mark(url: str, revision: str) -> None:
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    await engine.dispose()


class TestSqlite:
    @pytest.mark.parametrize("name", ["current", "check"])
    def test_looking_makes_no_file(self, tmp_path: Path, name: str) -> None:
        ion("db", name)

        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_database_is_69(self, tmp_path: Path) -> None:
        (tmp_path / "ion.db").write_bytes(b"not a database" * 100)

        for name in ("current", "check", "upgrade"):
            result = ion("db", name)
            assert (result.exit_code, result.stdout) == (69, "")
            assert result.stderr == "ion: The database does not answer. Try: ion doctor\n"


class TestPostgres:
    def test_that_is_behind_is_said_before_anything_starts(
        self, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ION_DATABASE__URL", postgres.fresh_database())

        result = ion("ask", "Where do I start?")

        assert result.exit_code == 78
        assert "run `ion db upgrade`" in result.stderr

    @pytest.mark.parametrize("name", ["current", "check", "upgrade"])
    def test_that_is_not_there_is_69(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.setenv("ION_DATABASE__URL", "postgresql://ion:secret@127.0.0.1:1/ion")

        result = ion("db", name)

        assert (result.exit_code, result.stdout) == (69, "")
        assert "secret" not in result.stderr
