from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.accounts.opened import Opened, opened
from tests.servers.databases import sqlite_at


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Opened]:
    """Accounts where it does not matter which database they are in."""
    async with opened(sqlite_at(tmp_path / "accounts.db")) as made:
        yield made


@pytest.fixture
async def anywhere(database_url: str) -> AsyncIterator[Opened]:
    """Accounts in a database of each kind."""
    async with opened(database_url) as made:
        yield made
