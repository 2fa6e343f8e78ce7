"""Passwords: how they are kept and compared."""

import asyncio
import unicodedata
from dataclasses import dataclass

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# Hashing takes memory by design; more at once than this wait, so that a flood of sign-ins does not take it all.
_AT_ONCE = 4
# Characters as they are typed; a syllable of Hangul may come as three.
MOST_TYPED = 800


@dataclass(frozen=True, slots=True)
class HashingCost:
    """What one Argon2id hash costs: passes over the memory, its size in KiB, and lanes."""

    passes: int
    kibibytes: int
    lanes: int


# The first of the equally strong settings in OWASP's Password Storage Cheat Sheet that fits a small server: 19 MiB and
# about 60 ms of one core. RFC 9106's second choice (64 MiB, 3 passes, 4 lanes) takes ten times as long on two cores.
OWASP = HashingCost(passes=2, kibibytes=19_456, lanes=1)


def normalised(password: str) -> str:
    """Return a password as it is hashed: the same for every way to type the same letters (NFKC, as in NIST SP 800-63B).

    Hangul comes apart into its letters on some systems and not on others.
    """
    return unicodedata.normalize("NFKC", password)


class Hashing:
    """Hashes passwords in threads; old hashes that cost less are renewed when their password is next seen."""

    def __init__(self, cost: HashingCost = OWASP) -> None:
        self._hash = PasswordHash((Argon2Hasher(cost.passes, cost.kibibytes, cost.lanes),))
        self._room = asyncio.Semaphore(_AT_ONCE)
        # Compared with where there is no hash, so that it takes as long as where there is one; no password has it.
        sizes = f"m={cost.kibibytes},t={cost.passes},p={cost.lanes}"
        self._nobodys = f"$argon2id$v=19${sizes}${'A' * 22}${'A' * 43}"

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self._room:
            return await asyncio.to_thread(self._hash.hash, _bytes_of(password))

    async def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Tell whether this is the password, and return a new hash where the old one is out of date.

        Where nothing is kept it never is, which takes just as long to find out.
        """
        # What is far too long to be a password is wrong, and no work to be given to the normaliser.
        given, compared = (password, kept) if len(password) <= MOST_TYPED else ("", None)
        async with self._room:
            is_right, newer = await asyncio.to_thread(
                self._hash.verify_and_update, _bytes_of(given), self._nobodys if compared is None else compared
            )
        return (is_right, newer) if compared is not None else (False, None)


def _bytes_of(password: str) -> bytes:
    # Half of a surrogate pair is no reason to fail in an unheard-of way; it is just a wrong password.
    return normalised(password).encode("utf-8", "surrogatepass")
