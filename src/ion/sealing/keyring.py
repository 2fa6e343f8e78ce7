"""The data keys of all owners, unwrapped when they are first needed and remembered for a while."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ion.clock import Clock
from ion.sealing.data_key import KEY_BYTES, NoDataKey, OwnerKeys
from ion.sealing.key_store import KeyStore
from ion.sealing.master import Masters, Wrapped
from ion.sealing.sources import MasterSource

_Built = TypeVar("_Built")
Keys = Mapping[str, OwnerKeys]

# How many owners' keys are remembered, and for how long: another process may make or erase keys meanwhile.
_MOST_OWNERS = 1000
_REMEMBERED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Remembered:
    keys: OwnerKeys
    until: datetime


class Keyring:
    """Gives the keys of owners, and makes an owner's first one."""

    def __init__(self, store: KeyStore, source: MasterSource, masters: Masters, clock: Clock) -> None:
        self.store = store
        self.source = source
        self.masters = masters
        self._clock = clock
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()

    async def keys_of(self, owner: str) -> OwnerKeys:
        """Return the keys of an owner, none where they were erased.

        Raises:
            NoMasterKey: a key is wrapped by a master key that ION was not given.
            BrokenSeal: a key was changed since it was kept.
        """
        known = self._remembered.get(owner)
        if known is not None and self._clock() < known.until:
            self._remembered.move_to_end(owner)
            return known.keys
        return await self._fetch(owner)

    async def keys_to_seal(self, owner: str) -> OwnerKeys:
        """Return the keys of an owner, and make the first one where there is none. Raises what `keys_of` raises."""
        keys = await self.keys_of(owner)
        if keys.current:
            return keys
        await self.renew([(owner, 0)])
        return await self._fetch(owner)

    async def derived(self, owner: str, *, purpose: str) -> Mapping[int, bytes]:
        """Return a key for another use than sealing from each data key of an owner, by version (HKDF, RFC 5869).

        They change neither when master keys are rotated nor, for a version that is there, when data keys are. Raises
        what `keys_of` raises.
        """
        return {
            key.version: HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self.masters.unwrap(key))
            for key in await self._wrapped(owner)
        }

    async def opened(self, owners: Iterable[str], build: Callable[[Keys], _Built]) -> _Built:
        """Return what `build` makes with the keys of these owners.

        Where it meets a key that another process has made meanwhile, it is called again.

        Raises:
            NoDataKey: there is no key for a value.
            BrokenSeal: a value is not what was sealed.
        """
        names = set(owners)
        try:
            return build({owner: await self.keys_of(owner) for owner in names})
        except NoDataKey:
            return build({owner: await self._fetch(owner) for owner in names})

    async def opened_aside(self, owners: Iterable[str], build: Callable[[Keys], _Built]) -> _Built:
        """Do as `opened`, with much to open, outside of the event loop."""
        names = set(owners)
        try:
            return await asyncio.to_thread(build, {owner: await self.keys_of(owner) for owner in names})
        except NoDataKey:
            return await asyncio.to_thread(build, {owner: await self._fetch(owner) for owner in names})

    async def renew(self, owners: Sequence[tuple[str, int]]) -> None:
        """Make a further key for each owner, after the version that is named; where there is one by now it stays.

        Raises what `MasterSource.load` raises.
        """
        waiting = owners
        while waiting:
            await self.reload()
            master, now = self.masters.first, self._clock()
            made = [
                master.wrap(os.urandom(KEY_BYTES), owner=owner, version=after + 1, at=now) for owner, after in waiting
            ]
            added = await self.store.add(made)
            # The master key may have been taken away in between; nothing was sealed with these data keys yet.
            await self.reload()
            is_kept = master.id in self.masters.ids
            if not is_kept:
                await self.store.remove(added)
            waiting = [] if is_kept else [(key.owner, key.version - 1) for key in added]
        for owner, _ in owners:
            self._remembered.pop(owner, None)

    async def forget_owner(self, owner: str) -> None:
        """Erase the keys of an owner for good: what they sealed can be read nowhere any more, nor in any copy of it.

        This holds for every copy of what was sealed, and not for copies of the data keys: docs/security.md tells how to
        keep those. Another process may remember the keys for half a minute more.
        """
        await self.store.forget(owner)
        self._remembered.pop(owner, None)

    async def reload(self) -> None:
        """Read the master keys anew: they may have been rotated. Raises what `MasterSource.load` raises."""
        if self.source.kind != "none":
            self.masters = await asyncio.to_thread(self.source.load)

    async def _wrapped(self, owner: str) -> list[Wrapped]:
        wrapped = await self.store.of(owner)
        if any(key.master not in self.masters.ids for key in wrapped):
            await self.reload()
        return wrapped

    async def _fetch(self, owner: str) -> OwnerKeys:
        wrapped = await self._wrapped(owner)
        keys = OwnerKeys(owner, {key.version: self.masters.data_key(key) for key in wrapped})
        self._remembered.pop(owner, None)
        if keys.current:
            self._remembered[owner] = _Remembered(keys, self._clock() + _REMEMBERED)
        if len(self._remembered) > _MOST_OWNERS:
            self._remembered.popitem(last=False)
        return keys
