"""Keys for stores under test: a master key that is always the same, and data keys beside what they seal."""

import base64

from pydantic import SecretStr

from ion.clock import Clock, system_clock
from ion.db import Database
from ion.sealing import Keyring, KeyStore, MasterSource
from ion.settings import DatabaseSettings, EncryptionSettings, Settings

MASTER = base64.b64encode(bytes(range(32))).decode()
OTHER_MASTER = base64.b64encode(bytes(range(32, 64))).decode()


def sealing_settings(url: str) -> Settings:
    """Settings for any database: PostgreSQL needs a master key that is given."""
    return Settings(database=DatabaseSettings(url=url), encryption=EncryptionSettings(key=SecretStr(MASTER)))


GIVEN = MasterSource(key=MASTER)


async def keyring_of(database: Database, source: MasterSource = GIVEN, clock: Clock = system_clock) -> Keyring:
    store = KeyStore(database)
    await store.prepare()
    return Keyring(store, source, source.load(), clock)
