"""Opening the keyring: where data keys are kept, and what is checked before anything is read or written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ion.clock import Clock
from ion.db import Database, DatabaseUnavailable, make_engine
from ion.errors import Misconfigured
from ion.sealing.key_store import KeyStore
from ion.sealing.keyring import Keyring
from ion.sealing.master import MasterKey, Masters, NoMasterKey, new_master_key, unknown_master
from ion.sealing.sources import MasterSource

_IN_MEMORY = (None, "", ":memory:")


class DataKeysMissing(Misconfigured):
    """The database holds sealed texts, and the place of the data keys holds none."""

    code = "data_keys_missing"


def own_key_file(database_url: str) -> Path | None:
    """Return the file in which ION keeps its own master key: beside a SQLite file; None for other databases.

    A file on the disk of one of many machines, or in a container that is thrown away, would be lost with all texts.
    """
    file = _sqlite_file(database_url)
    return None if file is None else file.with_suffix(".key")


def data_keys_url(database_url: str) -> str:
    """Return where data keys are kept: in a file beside SQLite's, so that copies of texts hold no key; else there."""
    file = _sqlite_file(database_url)
    return database_url if file is None else f"sqlite:///{file.with_suffix('.keys.db')}"


def _sqlite_file(database_url: str) -> Path | None:
    url = make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in _IN_MEMORY
    return Path(str(url.database)) if is_file else None


@asynccontextmanager
async def open_keyring(url: str, source: MasterSource, clock: Clock, *, has_sealed: bool) -> AsyncIterator[Keyring]:
    """Open the data keys at `url`; `has_sealed` tells whether there is anything for them to open.

    ION's own master key is made where nothing is sealed yet.

    Raises:
        BadMasterKey: the master key cannot be used.
        NoMasterKey: there is none, or it is not the one that was used before.
        DataKeysMissing: texts are sealed, and there are no data keys.
        DatabaseUnavailable: the database of data keys cannot be opened.
    """
    engine = make_engine(url)
    try:
        store = KeyStore(Database(engine))
        try:
            await store.prepare()
        except (DBAPIError, OSError):
            raise DatabaseUnavailable(f"The data keys in {_shown(url)} cannot be opened.") from None
        yield Keyring(store, source, await _checked(store, source, url, has_sealed=has_sealed), clock)
    finally:
        await engine.dispose()


async def _checked(store: KeyStore, source: MasterSource, url: str, *, has_sealed: bool) -> Masters:
    used = list((await store.counts()).by_master)
    if has_sealed and not used:
        raise DataKeysMissing(
            f"The conversations are sealed, and {_shown(url)} holds no data keys: bring it back from its backup, or "
            "name the right place in ION_ENCRYPTION__DATA_KEYS."
        )
    if source.kind == "none" and make_url(url).database in _IN_MEMORY:
        # What is forgotten at the end needs no key that is remembered.
        return Masters([MasterKey.parse(new_master_key(), named="memory")])
    if not used:
        await asyncio.to_thread(source.make)
    masters = await asyncio.to_thread(_loaded, source)
    unknown = [name for name in used if name not in masters.ids]
    if unknown:
        raise unknown_master(unknown, masters)
    return masters


def _loaded(source: MasterSource) -> Masters:
    own = source.own()
    if own is not None and not source.is_there():
        raise NoMasterKey(
            f"The conversations are sealed, and their master key {own.path} is not there: bring it back from its "
            "backup. Without it they cannot be read."
        )
    return source.load()


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
