"""The keys that seal one owner's texts, each text bound to the place where it is kept."""

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ion.errors import Misconfigured

KEY_BYTES = 32
NONCE_BYTES = 12
_TAG_BYTES = 16
_FORMAT = 1
# The format, and the version of the key.
_HEAD = struct.Struct(">BI")
_FEWEST_BYTES = _HEAD.size + NONCE_BYTES + _TAG_BYTES


class BrokenSeal(Misconfigured):
    """A sealed value is not what was sealed in this place: it was changed, moved, or sealed with another key."""

    code = "broken_seal"


class NoDataKey(Misconfigured):
    """There is no key for a sealed value: it was erased with its owner, or the data keys are of another database."""

    code = "no_data_key"


class Place(NamedTuple):
    """Where a value is kept; a sealed value opens nowhere else."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class DataKey:
    """AES-256-GCM with a key of one owner; `version` counts up from 1.

    Sealed, a text is: format (1 byte), version (4), nonce (12), ciphertext, tag (16). Nonces are random, which is safe
    for 2^32 values under a key: far more than one person writes.
    """

    owner: str
    version: int
    cipher: AESGCM = field(repr=False, compare=False)

    @classmethod
    def of(cls, owner: str, version: int, raw: bytes) -> Self:
        """Return the key with these bytes."""
        return cls(owner, version, AESGCM(raw))

    def seal(self, text: str, place: Place) -> bytes:
        """Return the text sealed for this place."""
        head = _HEAD.pack(_FORMAT, self.version)
        # Not an argument: a nonce that is ever given twice gives both texts away.
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + self.cipher.encrypt(nonce, text.encode(), self._bound(head, place))

    def open(self, sealed: bytes, place: Place) -> str:
        """Return the text that was sealed.

        Raises:
            BrokenSeal: it is not what was sealed with this key for this place.
        """
        head, nonce = sealed[: _HEAD.size], sealed[_HEAD.size : _HEAD.size + NONCE_BYTES]
        try:
            text = self.cipher.decrypt(nonce, sealed[_HEAD.size + NONCE_BYTES :], self._bound(head, place))
        except InvalidTag:
            raise broken(place) from None
        return text.decode()

    def _bound(self, head: bytes, place: Place) -> bytes:
        return bound(head, self.owner, *place)


@dataclass(frozen=True, slots=True)
class OwnerKeys:
    """All keys of one owner by version: the newest seals, each opens what it sealed."""

    owner: str
    keys: Mapping[int, DataKey] = field(repr=False)

    @property
    def current(self) -> int:
        """The version that seals; 0 where the owner has no key."""
        return max(self.keys, default=0)

    def seal(self, text: str, place: Place) -> bytes:
        """Return the text sealed for this place.

        Raises:
            NoDataKey: the owner has no key.
        """
        return self._key(self.current).seal(text, place)

    def open(self, sealed: bytes, place: Place) -> str:
        """Return the text that was sealed for this place.

        Raises:
            NoDataKey: the owner has no key of the version that sealed it.
            BrokenSeal: it was changed, moved, or sealed with another key.
        """
        if len(sealed) < _FEWEST_BYTES:
            raise broken(place)
        form, version = _HEAD.unpack_from(sealed)
        if form != _FORMAT:
            raise broken(place)
        return self._key(version).open(sealed, place)

    def _key(self, version: int) -> DataKey:
        key = self.keys.get(version)
        if key is None:
            raise NoDataKey(
                "There is no data key (any more) for what is kept here: it was erased with its owner, or the data keys "
                "are those of another database."
            )
        return key


def bound(head: bytes, *names: str) -> bytes:
    """Return names as bytes which no other names have, to bind a value to them."""
    parts = [head]
    for name in names:
        encoded = name.encode()
        parts += (len(encoded).to_bytes(2, "big"), encoded)
    return b"".join(parts)


def broken(place: Place) -> BrokenSeal:
    """Return the error for a value that does not open."""
    return BrokenSeal(
        f"What is kept in {place.table}.{place.column} of the row {place.row!r} is not what was sealed there; "
        "bring the row back from a backup."
    )
