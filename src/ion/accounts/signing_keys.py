"""The keys that access tokens are signed with: which one signs, which still verify, and changing them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc.jwk import OKPKey

from ion.accounts.signing_key import OWNER, SigningKey, new_signing_key
from ion.accounts.signing_store import SigningStore
from ion.clock import Clock
from ion.sealing import Keyring, OwnerKeys

# Another process may make a key or end one meanwhile; one that it made is looked for at once.
REMEMBERED = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Remembered:
    keys: tuple[SigningKey, ...]
    verifiers: dict[str, OKPKey]
    until: datetime


class SigningKeys:
    """Gives the keys to sign and verify with, and makes the first one."""

    def __init__(self, store: SigningStore, keyring: Keyring, clock: Clock) -> None:
        self._store = store
        self._keyring = keyring
        self._clock = clock
        self._remembered: _Remembered | None = None
        self._signer: tuple[str, OKPKey] | None = None

    async def verifier(self, kid: str) -> OKPKey | None:
        """Return the public part of a key; None where there is no such key, or it verifies nothing any more."""
        known = await self._known()
        if kid not in known.verifiers:
            known = await self._fetch()
        now = self._clock()
        is_good = any(key.kid == kid and key.verifies(now=now) for key in known.keys)
        return known.verifiers[kid] if is_good else None

    async def signer(self) -> tuple[str, OKPKey]:
        """Return the id and the private part of the key that signs; the first one is made here.

        Raises:
            NoDataKey, BrokenSeal: the private part cannot be opened; a rotation makes another.
        """
        current = _current((await self._known()).keys) or _current((await self._fetch()).keys)
        if current is None:
            current = new_signing_key(await self._owner_keys(), at=self._clock())
            # Where two processes make the first one at once, both verify, and the newer one signs.
            await self._store.add(current)
            self._remembered = None
        if self._signer is None or self._signer[0] != current.kid:
            self._signer = current.kid, await self._opened(current)
        return self._signer

    async def drawn(self) -> SigningKey:
        """Draw a key, which signs nothing before it `takes_over`."""
        return new_signing_key(await self._owner_keys(), at=self._clock())

    async def takes_over(self, made: SigningKey, *, verify_for: timedelta) -> None:
        """Let a new key sign from now on; what was signed before is taken for so long.

        A process that remembers the old key signs with it for five seconds more.
        """
        await self._store.replace(made, others_until=self._clock() + verify_for)
        self._remembered = None

    async def all(self) -> list[SigningKey]:
        """Return the keys that sign or verify, the newest first."""
        now = self._clock()
        return [key for key in await self._store.all() if key.verifies(now=now)]

    async def purge(self) -> None:
        """Forget keys that verify nothing any more."""
        await self._store.purge(now=self._clock())

    async def _known(self) -> _Remembered:
        known = self._remembered
        return known if known is not None and self._clock() < known.until else await self._fetch()

    async def _fetch(self) -> _Remembered:
        keys = tuple(await self._store.all())
        verifiers = {key.kid: key.verifier() for key in keys}
        self._remembered = _Remembered(keys, verifiers, self._clock() + REMEMBERED)
        return self._remembered

    async def _owner_keys(self) -> OwnerKeys:
        return await self._keyring.keys_to_seal(OWNER)

    async def _opened(self, key: SigningKey) -> OKPKey:
        return await self._keyring.opened([OWNER], lambda keys: key.signer(keys[OWNER]))


def _current(keys: tuple[SigningKey, ...]) -> SigningKey | None:
    return next((key for key in keys if key.verifies_until is None), None)
