import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ion.db import Database
from ion.db.engine import make_engine
from ion.sealing import (
    BrokenSeal,
    KeyFile,
    Keyring,
    KeyStore,
    MasterSource,
    NoDataKey,
    NoMasterKey,
    OwnerKeys,
    Place,
    rewrapped,
)
from ion.sealing.keyring import _MOST_OWNERS
from ion.sealing.master import Wrapped
from tests.keyrings import MASTER, OTHER_MASTER, keyring_of

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLACE = Place("turn", "t1", "message")


@dataclass
class Watch:
    """A clock that stands still until it is put on."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    engine = make_engine(empty_database_url)
    yield Database(engine)
    await engine.dispose()


def opened(sealed: bytes, keys: OwnerKeys) -> str:
    return keys.open(sealed, PLACE)


class TestKeys:
    async def test_are_made_once_also_by_many_at_once(self, database: Database) -> None:
        rings = [await keyring_of(database) for _ in range(3)]
        found = await asyncio.gather(*(ring.keys_to_seal("mina") for ring in rings * 5))
        counts = await rings[0].store.counts()

        assert (counts.owners, list(counts.by_master.values())) == (1, [1])
        assert {opened(found[0].seal("안녕", PLACE), keys) for keys in found} == {"안녕"}

    async def test_are_each_owners_own(self, database: Database) -> None:
        ring = await keyring_of(database)
        mina, jun = await ring.keys_to_seal("mina"), await ring.keys_to_seal("jun")

        with pytest.raises(BrokenSeal):
            opened(mina.seal("안녕", PLACE), jun)
        assert (await ring.store.counts()).owners == 2

    async def test_looking_makes_none(self, database: Database) -> None:
        ring = await keyring_of(database)

        assert (await ring.keys_of("mina")).current == 0
        assert (await ring.store.counts()).owners == 0

    async def test_are_remembered_and_looked_up_again_after_a_while(self, database: Database) -> None:
        watch = Watch()
        ring, other = await keyring_of(database, clock=watch), await keyring_of(database)
        await ring.keys_to_seal("mina")
        await other.renew([("mina", 1)])
        still = (await ring.keys_of("mina")).current
        watch.now += timedelta(seconds=30)

        assert still == 1
        assert (await ring.keys_of("mina")).current == 2

    async def test_of_few_owners_are_remembered(self, database: Database) -> None:
        ring, other = await keyring_of(database, clock=Watch()), await keyring_of(database)
        await ring.keys_to_seal("first")
        await other.forget_owner("first")
        kept = (await ring.keys_of("first")).current
        others = [f"owner-{number}" for number in range(_MOST_OWNERS)]
        await other.renew([(owner, 0) for owner in others])
        for owner in others:
            await ring.keys_of(owner)

        assert kept == 1
        assert (await ring.keys_of("first")).current == 0

    async def test_that_were_changed_in_the_database_are_refused(self, database: Database) -> None:
        ring = await keyring_of(database)
        await ring.keys_to_seal("mina")
        (kept,) = await ring.store.of("mina")
        await ring.store.replace([(kept, replace(kept, wrapped=kept.wrapped[:-1] + b"\0\0"))])

        with pytest.raises(BrokenSeal, match="Version 1"):
            await (await keyring_of(database)).keys_of("mina")


class TestOpening:
    @pytest.mark.parametrize("aside", [False, True])
    async def test_finds_a_key_that_was_made_meanwhile(self, database: Database, aside: bool) -> None:
        ring, other = await keyring_of(database, clock=Watch()), await keyring_of(database)
        await ring.keys_to_seal("mina")
        await other.renew([("mina", 1)])
        sealed = (await other.keys_of("mina")).seal("안녕", PLACE)
        open_all = ring.opened_aside if aside else ring.opened

        assert await open_all(["mina"], lambda keys: opened(sealed, keys["mina"])) == "안녕"

    @pytest.mark.parametrize("aside", [False, True])
    async def test_without_a_key_is_refused(self, database: Database, aside: bool) -> None:
        ring = await keyring_of(database)
        sealed = (await ring.keys_to_seal("mina")).seal("안녕", PLACE)
        await ring.forget_owner("mina")
        open_all = ring.opened_aside if aside else ring.opened

        with pytest.raises(NoDataKey, match="erased"):
            await open_all(["mina"], lambda keys: opened(sealed, keys["mina"]))


class TestForgetting:
    async def test_is_for_good_and_for_one_owner_alone(self, database: Database) -> None:
        ring = await keyring_of(database)
        mina, jun = await ring.keys_to_seal("mina"), await ring.keys_to_seal("jun")
        theirs, his = mina.seal("안녕", PLACE), jun.seal("hello", PLACE)
        await ring.forget_owner("mina")
        again = await ring.keys_to_seal("mina")

        with pytest.raises(BrokenSeal):
            opened(theirs, again)
        assert opened(his, await (await keyring_of(database)).keys_of("jun")) == "hello"

    async def test_leaves_nothing_of_the_key_in_the_files(self, tmp_path: Path) -> None:
        engine = make_engine(f"sqlite:///{tmp_path / 'keys.db'}")
        ring = await keyring_of(Database(engine))
        await ring.keys_to_seal("mina")
        (kept,) = await ring.store.of("mina")
        before = in_files(tmp_path, kept.wrapped)
        await ring.forget_owner("mina")
        after = in_files(tmp_path, kept.wrapped)
        await engine.dispose()

        assert (before, after) == (True, False)


def in_files(folder: Path, value: bytes) -> bool:
    return any(value in file.read_bytes() for file in folder.iterdir())


@dataclass(frozen=True, slots=True)
class Shelf:
    """A file of master keys, and a keyring that reads it."""

    file: KeyFile
    ring: Keyring


@pytest.fixture
async def shelf(database: Database, tmp_path: Path) -> Shelf:
    path = tmp_path / "shelf.key"
    path.write_text(f"{MASTER}\n")
    path.chmod(0o600)
    return Shelf(KeyFile(path), await keyring_of(database, MasterSource(file=path)))


class TestMasterKeys:
    async def test_are_read_anew_before_a_key_is_made(self, shelf: Shelf) -> None:
        shelf.file.add(OTHER_MASTER)
        await shelf.ring.keys_to_seal("mina")
        (kept,) = await shelf.ring.store.of("mina")

        assert kept.master == shelf.file.read()[0].id != shelf.file.read()[1].id

    async def test_are_read_anew_where_one_is_unknown(self, shelf: Shelf, database: Database) -> None:
        other = await keyring_of(database, MasterSource(key=OTHER_MASTER))
        await other.keys_to_seal("mina")
        with pytest.raises(NoMasterKey):
            await shelf.ring.keys_of("mina")
        shelf.file.add(OTHER_MASTER)

        assert (await shelf.ring.keys_of("mina")).current == 1

    async def test_one_that_is_taken_away_just_then_is_not_used(self, shelf: Shelf, database: Database) -> None:
        class Meanwhile(KeyStore):
            """Somebody else replaces the master key in the moment in which a data key is kept."""

            async def add(self, keys: Sequence[Wrapped]) -> list[Wrapped]:
                added = await super().add(keys)
                if len(shelf.file.read()) == 1 and shelf.file.read()[0].id == first:
                    shelf.file.add(OTHER_MASTER)
                    shelf.file.keep([shelf.file.read()[0].id])
                return added

        first = shelf.file.read()[0].id
        ring = Keyring(Meanwhile(database), shelf.ring.source, shelf.ring.masters, Watch())
        keys = await ring.keys_to_seal("mina")
        (kept,) = await ring.store.of("mina")

        assert kept.master == shelf.file.read()[0].id != first
        assert keys.current == 1


class TestDerivedKeys:
    async def test_are_one_for_each_version_and_purpose_and_stay(self, database: Database) -> None:
        ring = await keyring_of(database)
        await ring.keys_to_seal("mina")
        first = await ring.derived("mina", purpose="one")
        await ring.renew([("mina", 1)])
        both = await ring.derived("mina", purpose="one")

        assert list(first) == [1]
        assert both[1] == first[1] != both[2]
        assert (await ring.derived("mina", purpose="two"))[1] != first[1]
        assert {len(key) for key in both.values()} == {32}

    async def test_stay_under_another_master_key(self, database: Database) -> None:
        ring = await keyring_of(database)
        await ring.keys_to_seal("mina")
        before = await ring.derived("mina", purpose="one")
        other = await keyring_of(database, MasterSource(key=OTHER_MASTER, previous=(MASTER,)))
        async for _ in rewrapped(other):
            pass
        alone = await keyring_of(database, MasterSource(key=OTHER_MASTER))

        assert await alone.derived("mina", purpose="one") == before

    async def test_are_none_where_there_is_no_data_key(self, database: Database) -> None:
        assert await (await keyring_of(database)).derived("mina", purpose="one") == {}
