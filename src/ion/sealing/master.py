"""Master keys: they wrap data keys, and are kept apart from the database."""

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ion.errors import Misconfigured
from ion.sealing.data_key import KEY_BYTES, NONCE_BYTES, BrokenSeal, DataKey, bound

_FORMAT = b"\x01"
_ID_CHARS = 16


class BadMasterKey(Misconfigured):
    """What was given as a master key is none, or is given in a way that is not safe."""

    code = "bad_master_key"


class NoMasterKey(Misconfigured):
    """A master key is needed that ION was not given."""

    code = "no_master_key"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it is kept: wrapped by the master key `master`."""

    owner: str
    version: int
    master: str
    wrapped: bytes = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A 256-bit key around data keys; `id` follows from the key and tells nothing of it."""

    id: str
    cipher: AESGCM = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str, *, named: str) -> Self:
        """Return the key that is written like this: 32 bytes in base64.

        Raises:
            BadMasterKey: none is; the message says where it was read (`named`) and never what.
        """
        try:
            raw = base64.b64decode(text.strip().encode(), validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise BadMasterKey(f"{named}: a master key is 32 bytes in base64; `ion keys new` prints one.", field=named)
        return cls(hashlib.sha256(b"ion master key" + raw).hexdigest()[:_ID_CHARS], AESGCM(raw))

    def wrap(self, raw: bytes, *, owner: str, version: int, at: datetime) -> Wrapped:
        """Return a data key as it is kept."""
        nonce = os.urandom(NONCE_BYTES)
        kept = _FORMAT + nonce + self.cipher.encrypt(nonce, raw, self._bound(owner, version))
        return Wrapped(owner, version, self.id, kept, at)

    def unwrap(self, key: Wrapped) -> bytes:
        """Return the data key's bytes.

        Raises:
            BrokenSeal: it is not what this key wrapped.
        """
        nonce, kept = key.wrapped[1 : 1 + NONCE_BYTES], key.wrapped[1 + NONCE_BYTES :]
        try:
            return self.cipher.decrypt(nonce, kept, self._bound(key.owner, key.version))
        except (InvalidTag, ValueError):
            raise BrokenSeal(
                f"Version {key.version} of a data key was changed since it was kept; bring the data keys back from "
                "their backup."
            ) from None

    def _bound(self, owner: str, version: int) -> bytes:
        return bound(_FORMAT, "data_key", self.id, owner, str(version))


@dataclass(frozen=True, slots=True)
class Masters:
    """The master keys ION was given: the first one wraps, all of them unwrap."""

    keys: Sequence[MasterKey]

    @property
    def first(self) -> MasterKey:
        """The key that wraps."""
        return self.keys[0]

    @property
    def ids(self) -> list[str]:
        """The ids, in order."""
        return [key.id for key in self.keys]

    def unwrap(self, key: Wrapped) -> bytes:
        """Return the data key's bytes.

        Raises:
            NoMasterKey: its master key was not given.
            BrokenSeal: it is not what the master key wrapped.
        """
        return self._with_id(key.master).unwrap(key)

    def data_key(self, key: Wrapped) -> DataKey:
        """Return the data key, ready for use. Raises what `unwrap` raises."""
        return DataKey.of(key.owner, key.version, self.unwrap(key))

    def _with_id(self, master: str) -> MasterKey:
        found = next((key for key in self.keys if key.id == master), None)
        if found is None:
            raise unknown_master([master], self)
        return found


def new_master_key() -> str:
    """Return a new master key as it is written."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def unknown_master(wanted: Sequence[str], given: Masters) -> NoMasterKey:
    """Return the error where data keys are wrapped by master keys that were not given."""
    return NoMasterKey(
        f"What is kept was sealed under the master key {', '.join(wanted)}, and ION was given {', '.join(given.ids)}: "
        "give the right one in ION_ENCRYPTION__KEY, KEY_FILE or KEY_COMMAND, or beside the new one in "
        "ION_ENCRYPTION__PREVIOUS."
    )
