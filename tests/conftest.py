"""What every test may ask for: settings, open services, and a client of the whole application."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import structlog

from ion.app import create_app
from ion.llm import Model
from ion.services import Services, embedding_of, open_services
from ion.settings import DatabaseSettings, ResonanceSettings, Settings
from tests.measuring import choose_measured, measure_if_chosen
from tests.servers.databases import sqlite_at
from tests.servers.postgres import Postgres, postgres_server
from tests.slow import mark_slow


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    choose_measured(items)
    mark_slow(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    measure_if_chosen(item)


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command under test sets up logs for its own streams, which are closed after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def _embeddings_are_loaded() -> None:
    """What a test reads must not depend on how fast the machine loads."""
    embedding = embedding_of(ResonanceSettings())
    assert embedding is not None
    assert embedding.wait(60) is not None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database=DatabaseSettings(url=sqlite_at(tmp_path / "ion.db")))


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    async with open_services(settings) as opened:
        yield opened


@asynccontextmanager
async def client_of(settings: Settings, *, model: Model | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client of the whole application, with `model` in place of the configured one."""
    app = create_app(settings, model=model)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            yield client


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server whose files hold nothing but what the test puts there."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind whose tables are up to date; what asks for it is run on both."""
    if request.param == "sqlite":
        return sqlite_at(tmp_path / "kept.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.migrated_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind without tables; what asks for it is run on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh_database()
