import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ion.db import open_database
from tests.accounts.opened import prepared
from tests.audit.logs import EMPTY, OpenedLog, opened_log, tamper
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def made() -> dict[str, str]:
    """The databases that have their tables, by kind: making one takes longer than most of these tests."""
    return {}


@pytest.fixture
async def file_url(made: dict[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    if "file" not in made:
        made["file"] = str(tmp_path_factory.mktemp("audit") / "empty.db")
        await prepared(f"sqlite:///{made['file']}")
    return f"sqlite:///{shutil.copy(made['file'], tmp_path / 'log.db')}"


@pytest.fixture
async def server_url(made: dict[str, str], postgres: Postgres) -> str:
    if "server" not in made:
        made["server"] = await prepared(postgres.fresh_database())
    async with open_database(made["server"]) as database:
        # What a test of whole processes left there.
        await tamper(database, "DROP TABLE IF EXISTS data_key, key_task, audit_anchor", *EMPTY)
    return made["server"]


@pytest.fixture(params=["file_url", "server_url"], ids=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of each kind, with its tables and nothing in the log."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def log(url: str) -> AsyncIterator[OpenedLog]:
    """A log in a database of each kind."""
    async with opened_log(url) as opened:
        yield opened


@pytest.fixture
async def here(file_url: str) -> AsyncIterator[OpenedLog]:
    """A log where it does not matter which database it is in."""
    async with opened_log(file_url) as opened:
        yield opened
