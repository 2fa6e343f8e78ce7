"""The chain: each entry's hash covers all of the entry and the hash of the one before; only the key can make it."""

import hmac
import json
from collections.abc import Mapping
from typing import NamedTuple

# What stands in the place of the hash before the first entry.
GENESIS = "0" * 64
PURPOSE = "ion audit chain"


class Head(NamedTuple):
    """How many entries there are, and the hash of the last one: enough to tell if a log was cut off or rewritten."""

    entries: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entries}:{self.hash}"


class Entry(NamedTuple):
    """A row of the log. `at` is in microseconds since 1970; `actor`, `network` and a user as `target` are aliases.

    `details` is JSON as text, and what is not there is empty, so that a row has one way to be written.
    """

    seq: int
    at: int
    action: str
    outcome: str
    organisation: str
    actor_kind: str
    actor: str
    proof: str
    key: str
    target_kind: str
    target: str
    network: str
    request_id: str
    details: str
    key_version: int
    previous: str
    hash: str


class Name(NamedTuple):
    """Whom or what an alias stands for: a user's id, an operator's name or a network. `person` is whose it is."""

    alias: str
    person: str
    kind: str
    value: str
    key_version: int
    mac: str


def sealed_entry(entry: Entry, keys: Mapping[int, bytes]) -> Entry:
    """Return the entry with its hash."""
    return entry._replace(hash=hash_of(entry, keys[entry.key_version]))


def sealed_name(name: Name, keys: Mapping[int, bytes]) -> Name:
    """Return the name with its code, which binds the alias to it."""
    return name._replace(mac=_mac(_written("name", name[:-1]), keys[name.key_version]))


def hash_of(entry: Entry, key: bytes) -> str:
    """Return the hash that the entry should have."""
    return _mac(_written("entry", entry[:-1]), key)


def is_whole(entry: Entry, keys: Mapping[int, bytes]) -> bool:
    """Tell whether the entry is as it was written."""
    key = keys.get(entry.key_version)
    return key is not None and hash_of(entry, key) == entry.hash


def is_named(name: Name, keys: Mapping[int, bytes]) -> bool:
    """Tell whether the name is as it was written."""
    key = keys.get(name.key_version)
    return key is not None and sealed_name(name, {name.key_version: key}).mac == name.mac


def own_number(entry: Entry, keys: Mapping[int, bytes], *, most: int) -> int | None:
    """Return the number that a whole entry, which stands in another's place, was written with; None where it has none.

    All are tried: this is asked once, of the first entry that is wrong.
    """
    key = keys.get(entry.key_version)
    if key is None:
        return None
    _, rest = _written("entry", entry._replace(seq=0)[:-1]).split(b",0,", 1)
    return next((seq for seq in range(1, most + 1) if _mac(b'["entry",%d,%s' % (seq, rest), key) == entry.hash), None)


def _written(kind: str, values: tuple[object, ...]) -> bytes:
    """Return values in the one way they are hashed: a JSON list. What no row should hold is written, too."""
    return json.dumps([kind, *values], separators=(",", ":"), default=repr).encode()


def _mac(written: bytes, key: bytes) -> str:
    return hmac.digest(key, written, "sha256").hex()
