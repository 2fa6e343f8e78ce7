from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from ion.audit.chain import GENESIS, Entry, Head, Name, is_named, own_number, sealed_entry, sealed_name
from ion.audit.verify import Fault, Walk

KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}


def chain(length: int) -> list[Entry]:
    """Entries as they are kept, one after another."""
    entries, previous = [], GENESIS
    for seq in range(1, length + 1):
        entry = Entry(
            seq=seq,
            at=1_772_357_400_000_000 + seq,
            action="member.role_changed",
            outcome="granted",
            organisation="blue",
            actor_kind="user",
            actor="a1",
            proof="api_key",
            key="k1",
            target_kind="user",
            target="a2",
            network="n1",
            request_id="r1",
            details='{"role":"admin"}',
            key_version=1 + seq % 2,
            previous=previous,
            hash="",
        )
        entries.append(sealed_entry(entry, KEYS))
        previous = entries[-1].hash
    return entries


def is_found(entries: list[Entry]) -> bool:
    walk = Walk(KEYS, {Head(3, chain(3)[-1].hash): Fault.HEAD})
    return any(walk.check(entry) is not None for entry in sorted(entries)) or walk.end() is not None


Kept = TypeVar("Kept", Entry, Name)


def changed(kept: Kept, column: str, value: object) -> Kept:
    """What a row holds after somebody wrote something into a column; a database may hold any kind of value there."""
    values: dict[str, Any] = {**kept._asdict(), column: value}
    return type(kept)(**values)


def flipped(value: str | int, bit: int) -> str | int:
    if isinstance(value, int):
        return value ^ 1 << bit % 63
    raw = bytearray(value.encode())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return raw.decode("utf-8", "surrogateescape")


class TestAnyChange:
    def test_is_none_where_nothing_was_changed(self) -> None:
        assert not is_found(chain(3))

    @settings(max_examples=400, deadline=None)
    @given(number=st.integers(0, 2), column=st.sampled_from(Entry._fields), bit=st.integers(0, 64 * 8 - 1))
    def test_of_a_single_bit_is_found(self, number: int, column: str, bit: int) -> None:
        entries = chain(3)
        entries[number] = changed(entries[number], column, flipped(getattr(entries[number], column), bit))

        assert is_found(entries)

    @settings(max_examples=100, deadline=None)
    @given(number=st.integers(0, 2), column=st.sampled_from(Entry._fields), value=st.none() | st.binary() | st.floats())
    def test_of_a_values_kind_is_found(self, number: int, column: str, value: object) -> None:
        entries = chain(3)
        entries[number] = changed(entries[number], column, value)
        walk = Walk(KEYS, {})

        assert any(walk.check(entry) is not None for entry in entries)

    @given(column=st.sampled_from(Name._fields[:-1]), bit=st.integers(0, 255))
    def test_of_a_name_is_found(self, column: str, bit: int) -> None:
        name = sealed_name(Name("alias", "person", "user", "id", 1, ""), KEYS)

        assert is_named(name, KEYS)
        assert not is_named(changed(name, column, flipped(getattr(name, column), bit)), KEYS)


class TestValues:
    def test_cannot_be_shifted_from_one_to_the_next(self) -> None:
        (entry,) = chain(1)
        shifted = sealed_entry(entry._replace(actor="a", proof="1api_key"), KEYS)

        assert shifted.hash != entry.hash


class TestOwnNumber:
    def test_of_an_entry_that_was_moved(self) -> None:
        entries = chain(5)

        assert own_number(entries[3]._replace(seq=2), KEYS, most=5) == 4
        assert own_number(entries[3]._replace(seq=2), KEYS, most=3) is None
        assert own_number(entries[3]._replace(seq=2, key_version=9), KEYS, most=5) is None
