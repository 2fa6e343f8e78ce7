"""Erasing people: asked for, taken back within the grace period, then done step by step until nothing is left."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ion.accounts import OrganisationId, Randomness, UserId, digest_of, end_access, new_secret
from ion.audit import Action, AuditEvent, AuditLog, Target
from ion.batches import erase_batches
from ion.clock import Clock
from ion.db import Database
from ion.monitoring import log
from ion.rights.erasers import ERASERS, NAMING, conversations
from ion.rights.erasure import Erasure, Receipt, no_erasure
from ion.rights.erasure_store import Eraser, ErasureStore
from ion.rounds import go_round
from ion.sealing import Keyring

_BETWEEN_ROUNDS = timedelta(minutes=1)
# Stops the replies that are being written to somebody.
Stop = Callable[[UserId], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Erasures:
    """Erases people. Every step may be cut off and taken again, here or by another process."""

    store: ErasureStore
    database: Database
    keyring: Keyring
    audit: AuditLog
    stop: Stop
    clock: Clock
    randomness: Randomness
    grace: timedelta
    erasers: Sequence[Eraser] = ERASERS
    _asked: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def ask(self, user: UserId, organisation: OrganisationId) -> Erasure:
        """Let somebody be erased once the grace period is over; asked again, it is as it was."""
        now, receipt = self.clock(), new_secret(self.randomness)
        new = Erasure(user, organisation, receipt, digest_of(receipt), now, now + self.grace)
        erasure = await self.store.add(new)
        if erasure.receipt == receipt:
            await self.audit.record(_about(Action.ERASURE_ASKED, new))
        if erasure.due_at <= now:
            self._asked.set()
        return erasure

    async def of(self, user: UserId) -> Erasure | None:
        """Return the erasure that somebody has asked for; None where they have not."""
        return await self.store.of(user)

    async def cancel(self, user: UserId) -> None:
        """Take an erasure back.

        Raises:
            ErasureNotFound: there is none.
            ErasureBegun: the grace period is over.
        """
        erasure = await self.store.of(user)
        if erasure is None:
            raise no_erasure()
        async with self.audit.recording(_about(Action.ERASURE_CANCELLED, erasure)):
            await self.store.cancel(user, now=self.clock())

    async def receipt(self, secret: str) -> Receipt:
        """Return what became of an erasure.

        Raises:
            ErasureNotFound: there is none with this receipt.
        """
        return await self.store.receipt(digest_of(secret))

    async def erase_now(self, user: UserId, organisation: OrganisationId) -> Erasure:
        """Erase somebody without a grace period, all but what is left in the database's files."""
        erasure = await self.ask(user, organisation)
        await self.store.hasten(user, to=self.clock())
        await self._erase(erasure)
        return erasure

    async def round(self) -> int:
        """Erase whoever is due; return how many came to their end. Whoever cannot be erased keeps nobody else waiting.

        Raises:
            DatabaseUnavailable: the database's files cannot be written anew just now.
        """
        for erasure in await self.store.due(now=self.clock()):
            try:
                await self._erase(erasure)
            except Exception as error:
                log.error("erasure.failed", kind=type(error).__name__)
        return await self.write_files_anew()

    async def write_files_anew(self) -> int:
        """Leave nothing in the database's files of whoever was erased; return how many those were.

        Raises:
            DatabaseUnavailable: somebody else is using the database just now.
        """
        digests = await self.store.in_files()
        if digests:
            await self.database.rewrite(*NAMING)
            await self.store.done(digests, at=self.clock())
        return len(digests)

    async def keep_on(self, *, every: timedelta = _BETWEEN_ROUNDS) -> None:
        """Make a round now, from time to time, and when one is due at once, until cancelled."""
        await go_round(self.round, every=every, name="erasures", sooner=self._asked)

    async def _erase(self, erasure: Erasure) -> None:
        await self.store.step(erasure, end_access)
        await self.stop(erasure.user)
        for erase in self.erasers:
            await self.store.step(erasure, erase)
        # They may be in a database of their own, so this is no step inside a transaction.
        await self.store.note(erasure, "data_keys", len(await self.keyring.store.of(erasure.user)))
        await self.keyring.forget_owner(erasure.user)
        # What a request that was under way has begun meanwhile cannot be opened any more.
        for erase in (conversations, erase_batches):
            await self.store.step(erasure, erase)
        # Last, as what is recorded of somebody brings their name back into the log.
        await self.audit.erase(erasure.user, organisation=erasure.organisation)
        await self.store.unname(erasure)


def _about(action: Action, erasure: Erasure) -> AuditEvent:
    return AuditEvent(action, erasure.organisation, target=Target("user", erasure.user))
