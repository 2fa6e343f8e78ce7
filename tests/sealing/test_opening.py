from pathlib import Path

import pytest

from ion.clock import system_clock
from ion.db import DatabaseUnavailable
from ion.sealing import (
    DataKeysMissing,
    MasterSource,
    NoMasterKey,
    data_keys_url,
    open_keyring,
    own_key_file,
    write_key_file,
)
from tests.keyrings import MASTER, OTHER_MASTER


async def use(url: str, source: MasterSource, *, has_sealed: bool = False) -> str:
    """Open the keyring, use it as the first conversation does, and return the master key's id."""
    async with open_keyring(url, source, system_clock, has_sealed=has_sealed) as ring:
        await ring.keys_to_seal("local")
        return ring.masters.first.id


class TestPlaces:
    @pytest.mark.parametrize(
        ("url", "file", "keys"),
        [
            ("sqlite:////data/ion.db", Path("/data/ion.key"), "sqlite:////data/ion.keys.db"),
            ("sqlite:///here.db", Path("here.key"), "sqlite:///here.keys.db"),
            ("sqlite://", None, "sqlite://"),
            ("sqlite:///:memory:", None, "sqlite:///:memory:"),
            ("postgresql://ion:s3cret@host/ion", None, "postgresql://ion:s3cret@host/ion"),
        ],
    )
    def test_follow_from_the_database(self, url: str, file: Path | None, keys: str) -> None:
        assert own_key_file(url) == file
        assert data_keys_url(url) == keys


class TestOwnKey:
    async def test_is_made_at_the_first_start_and_used_at_the_next(self, tmp_path: Path) -> None:
        url, source = f"sqlite:///{tmp_path / 'keys.db'}", MasterSource(own_file=tmp_path / "ion.key")

        assert await use(url, source) == await use(url, source, has_sealed=True)

    async def test_that_is_gone_is_refused_and_no_other_is_made(self, tmp_path: Path) -> None:
        url, source = f"sqlite:///{tmp_path / 'keys.db'}", MasterSource(own_file=tmp_path / "ion.key")
        await use(url, source)
        (tmp_path / "ion.key").unlink()

        with pytest.raises(NoMasterKey, match="is not there: bring it back"):
            await use(url, source, has_sealed=True)
        assert not (tmp_path / "ion.key").exists()

    async def test_of_another_database_is_refused(self, tmp_path: Path) -> None:
        url, source = f"sqlite:///{tmp_path / 'keys.db'}", MasterSource(own_file=tmp_path / "ion.key")
        await use(url, source)
        (tmp_path / "ion.key").unlink()
        write_key_file(tmp_path / "ion.key", MASTER)

        with pytest.raises(NoMasterKey, match="was sealed under the master key"):
            await use(url, source, has_sealed=True)


class TestGivenKeys:
    async def test_the_one_before_opens_beside_a_new_one(self, empty_database_url: str) -> None:
        first = await use(empty_database_url, MasterSource(key=MASTER))
        second = await use(empty_database_url, MasterSource(key=OTHER_MASTER, previous=(MASTER,)), has_sealed=True)

        assert first != second
        with pytest.raises(NoMasterKey, match="ION_ENCRYPTION__PREVIOUS"):
            await use(empty_database_url, MasterSource(key=OTHER_MASTER), has_sealed=True)

    async def test_postgresql_without_one_is_refused(self, postgres_url: str) -> None:
        with pytest.raises(NoMasterKey, match="ION_ENCRYPTION__KEY"):
            await use(postgres_url, MasterSource())


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres").fresh_database())


class TestDataKeys:
    async def test_that_are_missing_are_refused(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'keys.db'}"

        with pytest.raises(DataKeysMissing, match="ION_ENCRYPTION__DATA_KEYS"):
            await use(url, MasterSource(key=MASTER), has_sealed=True)

    async def test_in_memory_need_no_key(self) -> None:
        assert await use("sqlite://", MasterSource())

    async def test_in_a_file_that_is_no_database_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "keys.db").write_bytes(b"not a database" * 100)

        with pytest.raises(DatabaseUnavailable, match="data keys"):
            await use(f"sqlite:///{tmp_path / 'keys.db'}", MasterSource(key=MASTER))
