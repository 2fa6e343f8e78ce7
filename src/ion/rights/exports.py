"""Everything that is kept of somebody, as a ZIP archive: asked for, prepared in the background, there for a day."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ion.accounts import Accounts, User, UserId
from ion.audit import Action, AuditEvent, AuditLog, Target
from ion.batches import BatchStore
from ion.clock import Clock
from ion.db import Database
from ion.language import Language
from ion.mentoring import Conversation, ConversationStore, Cursor, FeedbackStore, OwnerId, TurnStore
from ion.monitoring import log
from ion.personas import Catalogue
from ion.rights.archive import Archive
from ion.rights.consent_store import ConsentStore
from ion.rights.export_data import batch_head, conversation_head, person, turn_data
from ion.rights.export_page import page_conversation, page_head, page_turn
from ion.rights.export_store import Export, ExportStore
from ion.rounds import go_round
from ion.sealing import Keyring

# How long an export can be fetched once it is ready.
KEPT_FOR = timedelta(hours=24)
_BETWEEN_ROUNDS = timedelta(minutes=1)
_HELD_EVERY = timedelta(seconds=5)
_PART_BYTES = 256 * 1024
_ROWS_AT_ONCE = 200
_JSON, _PAGE = "export.json", "export.html"


@dataclass(frozen=True, slots=True)
class Exports:
    """Exports of people, one of each at a time. One that is cut off is begun anew, here or by another process."""

    store: ExportStore
    database: Database
    keyring: Keyring
    accounts: Accounts
    audit: AuditLog
    catalogue: Catalogue
    clock: Clock
    new_id: Callable[[], str]
    _asked: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    async def of(self, user: UserId) -> Export | None:
        """Return somebody's export, while it is prepared or can be fetched; None where there is none."""
        found = await self.store.of(user)
        if found is None or (found.ready_at is not None and self.clock() >= found.ready_at + KEPT_FOR):
            return None
        return found

    async def ask(self, user: User) -> Export:
        """Return somebody's export; where there is none it is prepared from now on."""
        if (found := await self.of(user.id)) is not None:
            return found
        await self.purge()
        new = Export(self.new_id(), user.id, user.organisation, self.clock(), None, 0.0)
        export = await self.store.add(new)
        if export.id == new.id:
            event = AuditEvent(Action.DATA_EXPORTED, user.organisation, target=Target("user", user.id))
            await self.audit.record(event)
        self._asked.set()
        return export

    async def content(self, export: Export) -> AsyncIterator[bytes]:
        """Yield the archive, part by part.

        Raises:
            NoDataKey, BrokenSeal: it cannot be opened.
        """
        number = 0
        while (part := await self.store.part(export, number)) is not None:
            yield part
            number += 1

    async def round(self) -> int:
        """Prepare what nobody prepares, and erase what is too old; return how many were prepared."""
        await self.purge()
        count = 0
        while (export := await self.store.claim(now=self.clock())) is not None:
            try:
                await self._prepare(export)
                count += 1
            except Exception as error:
                # It stays held, so that it is tried again later, and others come first.
                log.error("export.failed", kind=type(error).__name__)
            except asyncio.CancelledError:
                await self.store.release(export)
                raise
        return count

    async def purge(self) -> None:
        """Erase exports that are too old."""
        await self.store.purge(ready_before=self.clock() - KEPT_FOR)

    async def keep_on(self, *, every: timedelta = _BETWEEN_ROUNDS) -> None:
        """Make a round now, from time to time, and when one is asked for, until cancelled."""
        await go_round(self.round, every=every, name="exports", sooner=self._asked)

    async def _prepare(self, export: Export) -> None:
        user = await self.accounts.users.with_id(export.user, organisation=export.organisation)
        await self.keyring.keys_to_seal(export.user)
        number, held_at = 0, self.clock()
        with Archive(export.asked_at) as archive:
            async for name, text, progress in _Told(self, user, export).texts():
                await asyncio.to_thread(archive.add, name, text)
                if archive.size >= _PART_BYTES:
                    if not await self.store.keep(export, number, archive.take(), progress=progress, at=self.clock()):
                        return
                    number += 1
                elif self.clock() - held_at >= _HELD_EVERY:
                    held_at = self.clock()
                    await self.store.hold(export, progress=progress, at=held_at)
            await asyncio.to_thread(archive.end)
            if await self.store.keep(export, number, archive.take(), progress=1.0, at=self.clock()):
                await self.store.finish(export, at=self.clock())


@dataclass(frozen=True, slots=True)
class _Told:
    """What is in one export: a file's name, its next text, and how much of all of it that was, from 0 to 1."""

    exports: Exports
    user: User
    export: Export

    async def texts(self) -> AsyncIterator[tuple[str, str, float]]:
        """Yield first the JSON document, then the page; in between others get their turn."""
        accounts, user = self.exports.accounts, self.user
        organisation = await accounts.organisations.with_id(user.organisation)
        keys = await accounts.keys.store.of_user(user.id)
        identities = await accounts.identities.store.of(user.id)
        consents = await ConsentStore(self.exports.database).of(user.id)
        about = person(user, organisation, await accounts.sessions.of(user.id), keys, identities, consents)
        made_at = self.export.asked_at.isoformat()
        head = {"format": "ion-export", "version": 1, "made_at": made_at, "person": about}
        yield _JSON, f'{json.dumps(head, ensure_ascii=False)[:-1]}, "conversations": [', 0.0
        async for text, share in self._documents():
            yield _JSON, text, share / 2
        yield _JSON, '], "batches": [', 0.5
        async for text in self._batches():
            yield _JSON, text, 0.5
        yield _JSON, "]}\n", 0.5
        yield _PAGE, page_head(about, made_at, user.language), 0.5
        async for text, share in self._sections(user.language):
            yield _PAGE, text, 0.5 + share / 2
        yield _PAGE, "</html>\n", 1.0

    async def _documents(self) -> AsyncIterator[tuple[str, float]]:
        comma = ""
        async for conversation, share in self._conversations():
            head = json.dumps(conversation_head(conversation), ensure_ascii=False)
            yield f'{comma}{head[:-1]}, "turns": [', share
            inner = ""
            async for turns in self._turns(conversation):
                yield inner + ", ".join(json.dumps(turn, ensure_ascii=False) for turn in turns), share
                inner = ", "
            yield "]}", share
            comma = ", "

    async def _batches(self) -> AsyncIterator[str]:
        database, keyring, clock = self.exports.database, self.exports.keyring, self.exports.clock
        store, comma = BatchStore(database, keyring, self.user.id, clock, most_open=0), ""
        async for batch in store.each():
            head = json.dumps(batch_head(batch))
            yield f'{comma}{head[:-1]}, "results": ['
            inner = ""
            async for results in store.all_results(batch.id):
                # They are JSON already, as the API told them.
                yield inner + ", ".join(result.text for result in results)
                inner = ", "
            yield "]}"
            comma = ", "

    async def _sections(self, language: Language) -> AsyncIterator[tuple[str, float]]:
        async for conversation, share in self._conversations():
            yield page_conversation(conversation_head(conversation), language), share
            async for turns in self._turns(conversation):
                yield "".join(page_turn(turn, language) for turn in turns), share

    async def _conversations(self) -> AsyncIterator[tuple[Conversation, float]]:
        """Yield conversations, the one added to last first, with how many of all of them were before it."""
        store = ConversationStore(self.exports.database, self.exports.keyring, OwnerId(self.user.id))
        total, done, before = max(1, await store.count()), 0, None
        while found := await store.latest(limit=_ROWS_AT_ONCE, before=before):
            for conversation in found:
                yield conversation, min(1.0, done / total)
                done += 1
            before = Cursor(found[-1].updated_at, found[-1].id)

    async def _turns(self, conversation: Conversation) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield a few turns at a time, oldest first."""
        database, keyring, owner = self.exports.database, self.exports.keyring, OwnerId(self.user.id)
        store, first = TurnStore(database, keyring, owner), 1
        said = await FeedbackStore(database, keyring, owner).of(conversation.id)
        last = await store.count(conversation.id)
        while first <= last:
            turns = await store.of(conversation.id, before=first + _ROWS_AT_ONCE, limit=_ROWS_AT_ONCE)
            yield [
                turn_data(turn, said.get(turn.id), self.exports.catalogue) for turn in turns if turn.position >= first
            ]
            first += _ROWS_AT_ONCE
