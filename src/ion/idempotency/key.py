"""What a caller's `Idempotency-Key` stands for, and how the answer to its request is sealed with it."""

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SEALING = b"ion: answer of a request"
_KEY_BYTES = 32
# What AES-GCM is made for; `RequestKey.seal` takes one that is new each time.
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class RequestKey:
    """An `Idempotency-Key` of a caller at a route.

    The key itself is kept nowhere. It is found again by `place`, a digest; it tells by `fingerprint` whether two
    requests are the same without keeping a word of them; and the answer is sealed with a key made from it. So whoever
    has the database alone can open nothing, as long as callers take keys that nobody guesses.
    """

    caller: str
    route: str
    key: str = field(repr=False)

    @property
    def place(self) -> str:
        """Where this key is kept: 64 hexadecimal digits."""
        return hashlib.sha256("\0".join((self.caller, self.route, self.key)).encode()).hexdigest()

    def fingerprint(self, request: bytes) -> str:
        """Return what tells this request from others under the same key: 64 hexadecimal digits."""
        return hmac.new(self.key.encode(), request, hashlib.sha256).hexdigest()

    def seal(self, answer: bytes, nonce: bytes) -> bytes:
        """Return the answer so that it can be read with the key alone; `nonce` has NONCE_BYTES new random bytes."""
        return nonce + self._cipher().encrypt(nonce, answer, self.place.encode())

    def open(self, sealed: bytes) -> bytes:
        """Return the answer that was sealed.

        Raises:
            cryptography.exceptions.InvalidTag: it was sealed with another key, or changed since.
        """
        return self._cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self.place.encode())

    def _cipher(self) -> AESGCM:
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=None, info=_SEALING).derive(self.key.encode()))
