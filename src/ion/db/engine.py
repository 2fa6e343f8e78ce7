"""The engine and its sessions; the only place that commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ion.db.revisions import DatabaseBehind, is_behind, upgrade
from ion.errors import Misconfigured, Unavailable

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_BUSY_MS = 5_000


class BadDatabaseUrl(Misconfigured):
    """ION_DATABASE__URL does not name a database ION can use."""

    code = "bad_database_url"


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""

    code = "database_unavailable"


def bad_url(url: str, reason: str) -> BadDatabaseUrl:
    """Return the error for a URL that cannot be used; a password in it is not shown."""
    try:
        shown = make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        shown = url.split("://")[0] + "://…"
    return BadDatabaseUrl(f"ION_DATABASE__URL={shown!r}: {reason}", field="ION_DATABASE__URL")


class Database:
    """An open database. SQLite takes one writer at a time, so its transactions queue here instead of failing there."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self.is_embedded = engine.dialect.name == "sqlite"
        self._one_writer = asyncio.Lock() if self.is_embedded else None
        self._open: WeakKeyDictionary[asyncio.Task[Any], AsyncSession] = WeakKeyDictionary()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session whose changes are committed at the end, or rolled back if anything was raised.

        Within another one of the same task it is a part of that: what is done in both is done, or none of it. What is
        raised in the inner one has to leave the outer one, too.
        """
        task = asyncio.current_task()
        assert task is not None
        if (outer := self._open.get(task)) is not None:
            yield outer
            # What the database refuses comes out here, where it is understood.
            await outer.flush()
            return
        queue: AbstractAsyncContextManager[object] = self._one_writer or nullcontext()
        async with queue, self._sessions() as session:
            self._open[task] = session
            try:
                yield session
                await session.commit()
            finally:
                del self._open[task]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for looking things up; nothing is committed."""
        async with self._sessions() as session:
            yield session

    async def rewrite(self, *tables: str) -> None:
        """Write tables anew, so that nothing which was replaced or erased is left of it in their files.

        SQLite writes all of its file anew. PostgreSQL lets nobody else use the tables meanwhile, and what its log of
        changes (WAL) holds goes with time.

        Raises:
            DatabaseUnavailable: somebody else is using the database just now.
        """
        statements = ["VACUUM"] if self.is_embedded else [f'VACUUM FULL "{name}"' for name in tables]
        queue: AbstractAsyncContextManager[object] = self._one_writer or nullcontext()
        try:
            async with queue, self._engine.connect() as connection:
                alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
                for statement in statements:
                    await alone.execute(text(statement))
                # The first column tells whether a reader stands in the way.
                if self.is_embedded and await alone.scalar(text("PRAGMA wal_checkpoint(TRUNCATE)")):
                    raise _in_use()
        except DBAPIError:
            raise _in_use() from None

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseUnavailable: it does not give one.
        """
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError):
            raise DatabaseUnavailable("The database does not answer.") from None


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open the database at `url`; a SQLite file is made and brought up to date, PostgreSQL has to be up to date.

    Raises:
        BadDatabaseUrl: the URL does not name a database that can be used.
        DatabaseBehind: the tables are older than this ION; `ion db upgrade` brings them up to date.
        DatabaseAhead: a newer ION made the tables.
        DatabaseUnavailable: the server cannot be reached.
    """
    engine = make_engine(url)
    try:
        try:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade if engine.dialect.name == "sqlite" else _require_head)
        except (DBAPIError, OSError):
            where = engine.url.render_as_string(hide_password=True)
            raise DatabaseUnavailable(f"The database {where} cannot be opened.") from None
        yield Database(engine)
    finally:
        await engine.dispose()


def _in_use() -> DatabaseUnavailable:
    return DatabaseUnavailable("The database is in use, so its files cannot be written anew just now.")


def _require_head(connection: Connection) -> None:
    if is_behind(connection):
        raise DatabaseBehind("The database's tables are older than this ION; run `ion db upgrade`.")


def make_engine(url: str) -> AsyncEngine:
    """Return an engine that is not connected yet.

    Raises:
        BadDatabaseUrl: the URL does not name a database that can be used.
    """
    parsed = _parsed(url)
    if parsed.drivername != "sqlite+aiosqlite":
        return create_async_engine(parsed, pool_pre_ping=True)
    if parsed.database not in (None, "", ":memory:"):
        try:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise bad_url(url, f"its folder cannot be made ({error.strerror}).") from None
    engine = create_async_engine(parsed)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise bad_url(url, "write sqlite:///FILE or postgresql://user:password@host/name.") from None
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise bad_url(url, "only sqlite:/// and postgresql:// can be used.")
    return parsed.set(drivername=driver)


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # NORMAL is durable against a crash of ION; a power cut may lose the last moments but never the file.
    # What is erased is overwritten, so that a copy of the file does not bring it back.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.close()
