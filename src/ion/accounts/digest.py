"""Secrets that ION makes: how they are drawn, and what is kept of them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

# Returns this many random bytes.
Randomness = Callable[[int], bytes]

system_randomness: Randomness = secrets.token_bytes

# 256 bits: nobody guesses them, now or later.
_SECRET_BYTES = 32


def new_secret(randomness: Randomness) -> str:
    """Return a new secret of 256 bits, fit for an address or a cookie."""
    return base64.urlsafe_b64encode(randomness(_SECRET_BYTES)).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    """Return what is kept of a secret.

    One SHA-256 is enough for what is random: slow hashes with salts make it dear to go through all passwords people
    think of, and there is no going through 2^80 recovery codes or 2^256 keys however fast each try is.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(secret: str, digest: str) -> bool:
    """Tell whether a digest is this secret's, in a time that does not depend on where they differ."""
    return hmac.compare_digest(digest_of(secret), digest)
