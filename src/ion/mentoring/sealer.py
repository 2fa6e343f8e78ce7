"""Sealing what is kept: what was plain before there were keys, and everything anew with new keys."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ion.clock import Clock
from ion.mentoring.sealing_store import Resealed, SealingStore
from ion.monitoring import log
from ion.sealing import Keyring, begin_rotation, end_rotation


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals rows in batches while others read and write; whatever is cut off goes on where it was."""

    store: SealingStore
    keyring: Keyring
    clock: Clock

    async def prepare(self) -> None:
        """Make the keys of owners whose rows are plain, so that what they write from now on can be sealed."""
        if await self.store.has_plain():
            for owner in await self.store.owners():
                await self.keyring.keys_to_seal(owner)

    async def seal(self) -> AsyncGenerator[Resealed]:
        """Seal what is plain, and yield each batch; `tidy` has to follow."""
        if await self.store.has_plain():
            await self.keyring.store.begin("sealing", at=self.clock())
            async for batch in self.store.reseal():
                yield batch

    async def tidy(self) -> bool:
        """Take what was plain out of the database's files, where that is still to be done; tell whether it was.

        Raises:
            DatabaseUnavailable: somebody else is using the database just now.
        """
        is_due = "sealing" in await self.keyring.store.unfinished() and not await self.store.has_plain()
        if is_due:
            await self.store.rewrite()
            await self.keyring.store.end("sealing")
        return is_due

    async def rotate(self) -> AsyncGenerator[Resealed]:
        """Give every owner a new data key, and seal everything with it; yields each batch, at first an empty one."""
        if await self.store.has_plain():
            await self.keyring.store.begin("sealing", at=self.clock())
        await begin_rotation(self.keyring, at=self.clock())
        yield Resealed(0, 0)
        async for batch in self.store.reseal():
            yield batch
        await end_rotation(self.keyring)
        await self.tidy()

    async def seal_in_background(self) -> None:
        """Seal what is plain, and tidy up; what fails is tried again at the next start."""
        try:
            rows = sum([batch.rows async for batch in self.seal()])
            # On a server that others use, this waits for the operator: it keeps everybody from the tables meanwhile.
            if self.store.is_embedded and await self.tidy():
                log.info("texts.sealed", rows=rows)
        except Exception as error:
            log.error("sealing.failed", kind=type(error).__name__)
