import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ion.db import Database
from ion.db.engine import make_engine
from ion.sealing import (
    Keyring,
    MasterSource,
    NoMasterKey,
    Place,
    begin_rotation,
    end_rotation,
    new_master_key,
    rewrapped,
    write_key_file,
)
from tests.keyrings import MASTER, OTHER_MASTER, keyring_of
from tests.sealing.test_keyring import Watch

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PLACE = Place("turn", "t1", "message")
OWNERS = [f"owner-{number:03}" for number in range(250)]


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    engine = make_engine(empty_database_url)
    yield Database(engine)
    await engine.dispose()


async def versions(ring: Keyring) -> set[int]:
    return {(await ring.keys_of(owner)).current for owner in OWNERS}


class TestDataKeys:
    async def test_are_made_for_every_owner_once_however_often_it_is_cut_off(self, database: Database) -> None:
        watch = Watch()
        ring = await keyring_of(database, clock=watch)
        await ring.renew([(owner, 0) for owner in OWNERS])
        before = await versions(ring)
        watch.now += timedelta(days=1)
        begun = await begin_rotation(ring, at=watch.now - timedelta(seconds=1))
        watch.now += timedelta(days=1)
        again = await begin_rotation(ring, at=watch.now)
        during = await versions(ring)
        await end_rotation(ring)
        unfinished = await ring.store.unfinished()

        assert (before, during) == ({1}, {2})
        assert begun == again == NOW + timedelta(days=1, seconds=-1)
        assert unfinished == {}

    async def test_what_was_cut_off_half_way_goes_on(self, database: Database) -> None:
        watch = Watch()
        ring = await keyring_of(database, clock=watch)
        await ring.renew([(owner, 0) for owner in OWNERS])
        await ring.store.begin("rotation", at=watch.now)
        watch.now += timedelta(seconds=1)
        await ring.renew([(owner, 1) for owner in OWNERS[:100]])
        await begin_rotation(ring, at=watch.now + timedelta(seconds=1))

        assert await versions(ring) == {2}


class TestMasterKey:
    async def test_that_is_new_wraps_every_data_key(self, database: Database) -> None:
        old = await keyring_of(database)
        await old.renew([(owner, 0) for owner in OWNERS])
        sealed = (await old.keys_of(OWNERS[0])).seal("안녕", PLACE)
        ring = await keyring_of(database, MasterSource(key=OTHER_MASTER, previous=(MASTER,)))
        counts = [count async for count in rewrapped(ring)]
        alone = await keyring_of(database, MasterSource(key=OTHER_MASTER))

        assert counts == [200, 50]
        assert (await alone.store.counts()).by_master == {alone.masters.first.id: 250}
        assert (await alone.keys_of(OWNERS[0])).open(sealed, PLACE) == "안녕"
        assert [count async for count in rewrapped(alone)] == []

    async def test_that_is_unknown_stops_it(self, database: Database) -> None:
        await (await keyring_of(database)).keys_to_seal("mina")
        ring = await keyring_of(database, MasterSource(key=OTHER_MASTER))

        with pytest.raises(NoMasterKey):
            [count async for count in rewrapped(ring)]


@pytest.fixture
def own(tmp_path: Path) -> MasterSource:
    write_key_file(tmp_path / "ion.key", new_master_key())
    return MasterSource(own_file=tmp_path / "ion.key")


class TestOwnMasterKey:
    async def test_is_replaced_in_its_file(self, database: Database, own: MasterSource) -> None:
        ring = await keyring_of(database, own)
        before = ring.masters.ids
        await ring.keys_to_seal("mina")
        counts = [count async for count in rewrapped(ring)]
        (after,) = (await keyring_of(database, own)).masters.ids

        assert counts == [1]
        assert [after] == ring.masters.ids != before
        assert (await (await keyring_of(database, own)).keys_of("mina")).current == 1

    async def test_goes_on_where_it_was_cut_off(self, database: Database, own: MasterSource) -> None:
        ring = await keyring_of(database, own)
        await ring.renew([(owner, 0) for owner in OWNERS])
        running = rewrapped(ring)
        await anext(running)
        await running.aclose()
        half = (await ring.store.counts()).by_master
        resumed = await keyring_of(database, own)
        counts = [count async for count in rewrapped(resumed)]

        assert sorted(half.values()) == [50, 200]
        assert counts == [50]
        assert (await resumed.store.counts()).by_master == {resumed.masters.first.id: 250}
        assert own.load().ids == resumed.masters.ids == [ring.masters.first.id]

    async def test_what_another_process_makes_meanwhile_is_caught_up_with(
        self, database: Database, own: MasterSource
    ) -> None:
        ring, other = await keyring_of(database, own), await keyring_of(database, own)
        await ring.renew([(owner, 0) for owner in OWNERS])

        async def rotate() -> None:
            async for _ in rewrapped(ring):
                await asyncio.sleep(0)

        await asyncio.gather(rotate(), *(other.keys_to_seal(f"new-{number}") for number in range(20)))
        fresh = await keyring_of(database, own)

        assert (await fresh.store.counts()).by_master == {fresh.masters.first.id: 270}
