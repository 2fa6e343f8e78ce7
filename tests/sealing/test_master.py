import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ion.sealing import BadMasterKey, BrokenSeal, MasterKey, Masters, NoMasterKey, new_master_key
from tests.keyrings import MASTER, OTHER_MASTER

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RAW = bytes(range(32))
FIRST, SECOND = MasterKey.parse(MASTER, named="a"), MasterKey.parse(OTHER_MASTER, named="b")


class TestParsing:
    def test_of_a_new_key_gives_a_key_of_its_own(self) -> None:
        made = {MasterKey.parse(new_master_key(), named="new").id for _ in range(10)}

        assert len(made) == 10

    def test_ids_stay_and_tell_nothing_of_the_key(self) -> None:
        assert MasterKey.parse(f" {MASTER}\n", named="a").id == FIRST.id
        assert len(FIRST.id) == 16
        assert FIRST.id not in base64.b64decode(MASTER).hex()
        assert MASTER not in repr(FIRST)

    @pytest.mark.parametrize(
        "text",
        ["", "secret", "한글", base64.b64encode(bytes(16)).decode(), base64.b64encode(bytes(33)).decode(), "=" * 44],
    )
    def test_of_anything_else_is_refused_without_repeating_it(self, text: str) -> None:
        with pytest.raises(BadMasterKey, match="SOMEWHERE: a master key is 32 bytes") as caught:
            MasterKey.parse(text, named="SOMEWHERE")

        assert not text or text not in caught.value.message


class TestWrapping:
    def test_gives_back_the_key(self) -> None:
        kept = FIRST.wrap(RAW, owner="local", version=3, at=NOW)

        assert (kept.owner, kept.version, kept.master, kept.created_at) == ("local", 3, FIRST.id, NOW)
        assert RAW not in kept.wrapped
        assert "wrapped" not in repr(kept)
        assert FIRST.unwrap(kept) == RAW

    def test_binds_it_to_owner_version_and_master(self) -> None:
        kept = FIRST.wrap(RAW, owner="local", version=1, at=NOW)

        for moved in (replace(kept, owner="other"), replace(kept, version=2), replace(kept, wrapped=kept.wrapped[:-1])):
            with pytest.raises(BrokenSeal):
                FIRST.unwrap(moved)
        with pytest.raises(BrokenSeal):
            SECOND.unwrap(kept)
        with pytest.raises(BrokenSeal):
            FIRST.unwrap(replace(kept, wrapped=b""))


class TestMasters:
    def test_the_first_wraps_and_all_unwrap(self) -> None:
        masters = Masters([SECOND, FIRST])
        kept = FIRST.wrap(RAW, owner="local", version=1, at=NOW)

        assert masters.first is SECOND
        assert masters.unwrap(kept) == RAW
        assert masters.data_key(kept).version == 1

    def test_one_that_was_not_given_is_named_with_the_way_out(self) -> None:
        kept = FIRST.wrap(RAW, owner="local", version=1, at=NOW)

        with pytest.raises(NoMasterKey, match="ION_ENCRYPTION__PREVIOUS") as caught:
            Masters([SECOND]).unwrap(kept)
        assert FIRST.id in caught.value.message
        assert SECOND.id in caught.value.message
