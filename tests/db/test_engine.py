import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from ion.accounts.models import (
    ApiKeyRow,
    InvitationRow,
    OrganisationRow,
    RecoveryCodeRow,
    SessionRow,
    SignInFailureRow,
    UserRow,
)
from ion.audit.models import EntryRow, HeadRow, NameRow
from ion.db import (
    DatabaseAhead,
    DatabaseBehind,
    Row,
    bad_url,
    current_revision,
    head_revision,
    open_database,
)
from ion.db.engine import BadDatabaseUrl, DatabaseUnavailable, make_engine
from ion.db.migrating import config
from ion.errors import Misconfigured
from ion.idempotency.models import IdempotencyRow
from ion.limits.models import AllowanceRow, TokensUsedRow
from ion.mentoring.models import ConversationRow, CorrectionRow, FeedbackRow, TurnRow
from tests.servers.postgres import Postgres, migrate

TABLES = {
    row.__tablename__
    for row in (
        ConversationRow,
        TurnRow,
        CorrectionRow,
        FeedbackRow,
        IdempotencyRow,
        OrganisationRow,
        UserRow,
        InvitationRow,
        SessionRow,
        ApiKeyRow,
        RecoveryCodeRow,
        SignInFailureRow,
        AllowanceRow,
        TokensUsedRow,
        EntryRow,
        HeadRow,
        NameRow,
    )
}


class TestMigrations:
    async def test_make_exactly_the_tables_that_the_models_describe(self, empty_database_url: str) -> None:
        await migrate(empty_database_url)
        engine = make_engine(empty_database_url)

        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            return list(compare_metadata(context, Row.metadata))

        async with engine.connect() as connection:
            found = await connection.run_sync(differences)
            tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        await engine.dispose()

        assert found == []
        assert tables >= TABLES

    async def test_leave_the_database_at_the_newest_revision(self, empty_database_url: str) -> None:
        await migrate(empty_database_url)
        await migrate(empty_database_url)
        engine = make_engine(empty_database_url)
        async with engine.connect() as connection:
            revision = await connection.run_sync(current_revision)
        await engine.dispose()

        assert revision == head_revision() == ScriptDirectory.from_config(config()).get_current_head()


class TestOpening:
    async def test_makes_a_sqlite_file_and_its_folders(self, tmp_path: Path) -> None:
        file = tmp_path / "deep" / "er" / "ion.db"

        async with open_database(f"sqlite:///{file}") as database:
            await database.ping()

        assert file.exists()

    async def test_sqlite_writes_ahead_and_checks_foreign_keys(self, tmp_path: Path) -> None:
        async with open_database(f"sqlite:///{tmp_path / 'ion.db'}") as database, database.reading() as session:
            mode = await session.scalar(text("PRAGMA journal_mode"))
            keys = await session.scalar(text("PRAGMA foreign_keys"))

        assert (mode, keys) == ("wal", 1)

    async def test_postgresql_that_is_behind_is_refused_with_the_way_out(self, postgres: Postgres) -> None:
        with pytest.raises(DatabaseBehind, match="ion db upgrade"):
            async with open_database(postgres.fresh_database()):
                pass

    async def test_tables_of_a_newer_ion_are_left_alone(self, empty_database_url: str) -> None:
        await migrate(empty_database_url)
        engine = make_engine(empty_database_url)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await engine.dispose()

        with pytest.raises(DatabaseAhead, match=f"revision 9999, this one knows {head_revision()}"):
            async with open_database(empty_database_url):
                pass
        with pytest.raises(DatabaseAhead):
            await migrate(empty_database_url)

    @pytest.mark.parametrize("url", ["mysql://localhost/ion", "not a url", "", "sqlite"])
    async def test_other_databases_are_refused(self, url: str) -> None:
        with pytest.raises(BadDatabaseUrl, match="ION_DATABASE__URL"):
            async with open_database(url):
                pass

    async def test_a_server_that_is_not_there_is_named_without_its_password(self) -> None:
        with pytest.raises(DatabaseUnavailable) as caught:
            async with open_database("postgresql://ion:s3cret@127.0.0.1:1/ion"):
                pass

        assert "127.0.0.1" in caught.value.message
        assert "s3cret" not in caught.value.message

    async def test_a_folder_that_cannot_be_made_is_a_clear_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")

        with pytest.raises(Misconfigured, match="folder"):
            async with open_database(f"sqlite:///{tmp_path / 'file' / 'ion.db'}"):
                pass

    def test_the_error_for_a_bad_url_hides_a_password(self) -> None:
        assert "s3cret" not in bad_url("postgresql://ion:s3cret@host/ion", "no").message


class TestTransaction:
    async def test_keeps_what_was_done_in_it(self, tmp_path: Path) -> None:
        async with open_database(f"sqlite:///{tmp_path / 'ion.db'}") as database:
            async with database.transaction() as session:
                await session.execute(text("CREATE TABLE t (n INTEGER)"))
                await session.execute(text("INSERT INTO t VALUES (1)"))
            async with database.reading() as session:
                count = await session.scalar(text("SELECT count(*) FROM t"))

        assert count == 1

    async def test_undoes_everything_when_something_is_raised(self, tmp_path: Path) -> None:
        async with open_database(f"sqlite:///{tmp_path / 'ion.db'}") as database:
            async with database.transaction() as session:
                await session.execute(text("CREATE TABLE t (n INTEGER)"))

            async def add_and_fail() -> None:
                async with database.transaction() as session:
                    await session.execute(text("INSERT INTO t VALUES (1)"))
                    raise RuntimeError("no")

            with pytest.raises(RuntimeError, match="no"):
                await add_and_fail()
            async with database.reading() as session:
                count = await session.scalar(text("SELECT count(*) FROM t"))

        assert count == 0

    async def test_many_at_once_all_come_through(self, tmp_path: Path) -> None:
        async with open_database(f"sqlite:///{tmp_path / 'ion.db'}") as database:
            async with database.transaction() as session:
                await session.execute(text("CREATE TABLE t (n INTEGER)"))

            async def add(number: int) -> None:
                async with database.transaction() as session:
                    await session.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})

            await asyncio.gather(*map(add, range(50)))
            async with database.reading() as session:
                count = await session.scalar(text("SELECT count(*) FROM t"))

        assert count == 50

    async def test_a_database_that_went_away_does_not_ping(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        async with open_database(url) as database:
            await database.ping()
            postgres.drop(url)

            with pytest.raises(DatabaseUnavailable):
                await database.ping()


def files_with(word: str, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if word.encode() in file.read_bytes()]


class TestRewriting:
    async def test_leaves_nothing_that_was_erased_in_the_file(self, tmp_path: Path) -> None:
        async with open_database(f"sqlite:///{tmp_path / 'ion.db'}") as database:
            async with database.transaction() as session:
                # As in files of programs that do not overwrite what they erase.
                await session.execute(text("PRAGMA secure_delete=OFF"))
                await session.execute(text("CREATE TABLE t (said TEXT)"))
                await session.execute(text("INSERT INTO t VALUES ('쏙독새가 울어요')"))
                await session.execute(text("DELETE FROM t"))
            before = files_with("쏙독새", tmp_path)
            await database.rewrite("t")
            after, size = files_with("쏙독새", tmp_path), (tmp_path / "ion.db-wal").stat().st_size

        assert before == ["ion.db-wal"]
        assert (after, size) == ([], 0)

    async def test_gives_tables_of_postgresql_new_files(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        number = text("SELECT relfilenode FROM pg_class WHERE relname IN ('turn', 'conversation') ORDER BY relname")
        async with open_database(url) as database:
            async with database.reading() as session:
                before = (await session.scalars(number)).all()
            await database.rewrite("turn")
            async with database.reading() as session:
                after = (await session.scalars(number)).all()

        assert (before[0] == after[0], before[1] == after[1]) == (True, False)

    async def test_waits_for_nobody_who_is_gone(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        async with open_database(url) as database:
            postgres.drop(url)

            with pytest.raises(DatabaseUnavailable):
                await database.rewrite("turn")


class TestTransactionsWithinOne:
    async def test_are_a_part_of_it(self, database_url: str) -> None:
        await migrate(database_url)
        async with open_database(database_url) as database:
            with pytest.raises(RuntimeError, match="no"):  # noqa: PT012 - what is raised leaves both
                async with database.transaction() as outer:
                    async with database.transaction() as inner:
                        await inner.execute(text("UPDATE organisation SET name = 'Changed'"))
                    assert inner is outer
                    raise RuntimeError("no")
            async with database.transaction(), database.transaction() as inner:
                await inner.execute(text("UPDATE organisation SET slug = 'changed'"))

            async with database.reading() as session:
                assert (await session.execute(text("SELECT name, slug FROM organisation"))).one() == (
                    "Local",
                    "changed",
                )

    async def test_of_another_task_are_not(self, database_url: str) -> None:
        await migrate(database_url)
        async with open_database(database_url) as database:

            async def rename() -> None:
                async with database.transaction() as session:
                    await session.execute(text("UPDATE organisation SET name = 'Changed'"))

            with pytest.raises(RuntimeError, match="no"):  # noqa: PT012 - what is raised leaves this task's alone
                async with database.transaction():
                    started = asyncio.create_task(rename())
                    await asyncio.sleep(0)
                    raise RuntimeError("no")
            await started

            async with database.reading() as session:
                assert await session.scalar(text("SELECT name FROM organisation")) == "Changed"
