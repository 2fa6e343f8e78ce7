"""Changing keys while ION runs: new data keys for all owners, or another master key around those there are."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from ion.sealing.keyring import Keyring
from ion.sealing.master import new_master_key

_Each = TypeVar("_Each")
_KEYS_AT_ONCE = 200


async def begin_rotation(keyring: Keyring, *, at: datetime) -> datetime:
    """Give every owner a new data key; return since when: a rotation that was cut off goes on, and makes no third key.

    What was sealed before still has to be sealed anew.
    """
    begun = await keyring.store.begin("rotation", at=at)
    for owners in _in_groups(await keyring.store.made_until(begun)):
        await keyring.renew(owners)
    return begun


async def end_rotation(keyring: Keyring) -> None:
    """Say that everything is sealed with the new data keys."""
    await keyring.store.end("rotation")


async def rewrapped(keyring: Keyring) -> AsyncGenerator[int]:
    """Wrap every data key with the first master key, and yield how many were wrapped each time; nothing is sealed anew.

    Where ION keeps the master key in a file of its own, a new one comes first, and the old one is taken out at the end.

    Raises:
        NoMasterKey: a data key is wrapped by a master key that was not given.
    """
    own = keyring.source.own()
    used = (await keyring.store.counts()).by_master
    if own is not None and not set(used).difference([keyring.masters.first.id]):
        own.add(new_master_key())
        await keyring.reload()
    async for count in _wrapped_anew(keyring):
        yield count
    if own is not None:
        own.keep([keyring.masters.first.id])
        # Whoever made a data key before that saw the old master key still there, and is caught up with here.
        async for count in _wrapped_anew(keyring):
            yield count
        await keyring.reload()
    await keyring.store.settle()


async def _wrapped_anew(keyring: Keyring) -> AsyncGenerator[int]:
    first = keyring.masters.first
    while keys := await keyring.store.wrapped_by_others(first.id, limit=_KEYS_AT_ONCE):
        await keyring.store.replace(
            [
                (
                    key,
                    first.wrap(keyring.masters.unwrap(key), owner=key.owner, version=key.version, at=key.created_at),
                )
                for key in keys
            ]
        )
        yield len(keys)


def _in_groups(items: Sequence[_Each]) -> Iterator[list[_Each]]:
    rest = iter(items)
    while group := list(islice(rest, _KEYS_AT_ONCE)):
        yield group
