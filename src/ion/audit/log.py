"""The audit log, open: record what is done together with doing it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from ion.audit.actions import Action
from ion.audit.anchors import AnchorStore
from ion.audit.chain import PURPOSE, Head
from ion.audit.event import AuditEvent
from ion.audit.origin import current_origin
from ion.audit.store import AuditStore
from ion.clock import Clock
from ion.db import Database
from ion.monitoring import log
from ion.sealing import Keyring

# Whose data key the log's own keys come from; no user's id is this word.
_OWNER = "audit"
# Another process may have rotated the data keys; the older ones go on to hold.
_REMEMBERED = timedelta(seconds=30)
_BETWEEN_ANCHORS = timedelta(seconds=1)


class AuditLog:
    """Records what is done. It cannot be turned off."""

    def __init__(self, store: AuditStore, anchors: AnchorStore, keyring: Keyring, clock: Clock) -> None:
        self.store = store
        self.anchors = anchors
        self._keyring = keyring
        self._clock = clock
        self._keys: Mapping[int, bytes] = {}
        self._keys_until: datetime | None = None
        self._newest: Head | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Do within this block what changes something, and record it: both are kept, or neither is."""
        # Before anything is locked: a first key is written where data keys are, which may be the same database.
        await self._sealing_keys()
        async with self.store.database.transaction():
            yield

    @asynccontextmanager
    async def recording(self, event: AuditEvent) -> AsyncIterator[None]:
        """Do within this block what the event says: both are kept, or neither is. Raises what `record` raises."""
        async with self.transaction():
            yield
            await self.record(event)

    async def record(self, event: AuditEvent) -> None:
        """Record what was done; where this fails within `transaction`, it was not done either.

        Raises:
            AuditBroken: the log's head is gone.
        """
        keys = await self._sealing_keys()
        self._newest = await self.store.append(event, current_origin(), keys)

    async def note(self, event: AuditEvent) -> None:
        """Record what was refused; where this fails it stays refused, and the log of events says what is missing."""
        try:
            await self.record(event)
        except Exception as error:
            log.error("audit.lost", action=event.action, outcome=event.outcome, kind=type(error).__name__)

    async def was_seen(self, event: AuditEvent, *, since: datetime | None = None) -> bool:
        """Tell whether the same was done to the same target from the same network before."""
        return await self.store.was_seen(event, current_origin(), since=since)

    async def erase(self, user: str, *, organisation: str) -> None:
        """Record that somebody was erased, and forget who they were and where they came from; their entries stay."""
        async with self.transaction():
            await self.store.erase(user, organisation, current_origin(), await self._sealing_keys())

    async def accept(self) -> Head:
        """Take the log as it is, after a backup was brought back; record that somebody did, and anchor it there.

        Raises:
            AuditBroken: the log's head is gone.
        """
        head = await self.store.append(AuditEvent(Action.AUDIT_RESTORED), current_origin(), await self._sealing_keys())
        await self.anchors.replace(head)
        return head

    async def keys(self) -> Mapping[int, bytes]:
        """Return the log's keys by version; none where nothing was ever recorded."""
        return await self._keyring.derived(_OWNER, purpose=PURPOSE)

    async def anchor(self) -> None:
        """Keep the newest head apart from the log, if this process has appended since the last time."""
        newest, self._newest = self._newest, None
        if newest is None:
            return
        try:
            # What was appended in a transaction that did not come to its end is not there.
            if (head := await self.store.head()) is not None and head.entries:
                await self.anchors.advance(head)
        except Exception as error:
            self._newest = newest
            log.error("audit.anchor_failed", kind=type(error).__name__)

    async def keep_anchoring(self, *, every: timedelta = _BETWEEN_ANCHORS) -> None:
        """Anchor from time to time, until cancelled."""
        while True:
            await asyncio.sleep(every.total_seconds())
            await self.anchor()

    async def _sealing_keys(self) -> Mapping[int, bytes]:
        now = self._clock()
        if self._keys_until is None or now >= self._keys_until:
            await self._keyring.keys_to_seal(_OWNER)
            self._keys = await self.keys()
            self._keys_until = now + _REMEMBERED
        return self._keys


@asynccontextmanager
async def open_audit(
    database: Database, keyring: Keyring, *, clock: Clock, new_id: Callable[[], str]
) -> AsyncIterator[AuditLog]:
    """Open the log of a database; what was appended is anchored at the end."""
    opened = AuditLog(AuditStore(database, clock, new_id), AnchorStore(keyring.store.database), keyring, clock)
    try:
        yield opened
    finally:
        await opened.anchor()
