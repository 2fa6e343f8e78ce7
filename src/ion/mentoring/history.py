"""What becomes of conversations after they were had: listed, named, deleted and erased, searched, exported."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from ion.mentoring.conversation import Conversation, ConversationId
from ion.mentoring.pipeline import PersonaPipeline
from ion.mentoring.search import Found, Passage, Search
from ion.mentoring.store import Cursor
from ion.mentoring.titles import name_of
from ion.mentoring.transcript import Transcriber, Transcript
from ion.rounds import go_round

# How long a conversation that was deleted can be restored; after that it is erased for good.
UNDO_FOR = timedelta(minutes=10)
_BETWEEN_PURGES = timedelta(minutes=1)
# So many characters are searched at once, outside the event loop.
_BATCH_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the list of conversations, newest first, and the place from which it goes on, if it does."""

    conversations: tuple[Conversation, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class History:
    """The mentee's conversations."""

    pipeline: PersonaPipeline

    async def listed(self, *, limit: int, before: Cursor | None = None, titled: bool = False) -> Listed:
        """Return `limit` conversations; with `titled` none in which nothing has been said."""
        found = await self.pipeline.store.latest(limit=limit + 1, before=before, titled=titled)
        shown = tuple(found[:limit])
        last = shown[-1] if len(found) > limit else None
        return Listed(shown, None if last is None else Cursor(last.updated_at, last.id))

    async def rename(self, conversation_id: ConversationId, title: str) -> Conversation:
        """Call a conversation what the mentee calls it.

        Raises:
            BadTitle: it cannot be called this.
            ConversationNotFound: there is none with this id.
        """
        return await self.pipeline.store.rename(conversation_id, name_of(title))

    async def delete(self, conversation_id: ConversationId) -> None:
        """Hide a conversation, and stop the replies that are being written in it.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        await self.pipeline.store.delete(conversation_id, at=self.pipeline.clock())
        await self.stop_writing(conversation_id)

    async def stop_writing(self, conversation_id: ConversationId | None = None) -> None:
        """Stop the replies that are being written here in a conversation; without one, in all."""
        for turn_id in await self.pipeline.store.unfinished(conversation_id):
            if (run := self.pipeline.writer.running(turn_id)) is not None:
                run.stopped.set()

    async def search(self, query: str, *, limit: int) -> list[Found]:
        """Return where all words of the query are, the newest first."""
        search = Search(query, limit)
        if search.is_over:
            return []
        async with aclosing(self.pipeline.store.passages()) as passages:
            async for batch in _batches(passages):
                await asyncio.to_thread(search.look_at, batch)
                if search.is_over:
                    break
        return search.found

    async def export(self, conversation_id: ConversationId, *, zone: tzinfo | None) -> Transcript:
        """Return a conversation as a document, its moments as clocks in `zone` show them.

        Raises:
            ConversationNotFound: there is none with this id.
        """
        conversation = await self.pipeline.store.with_id(conversation_id)
        turns = await self.pipeline.turns.of(conversation_id)
        transcriber = Transcriber(self.pipeline.catalogue, self.pipeline.help_for, zone)
        return await asyncio.to_thread(transcriber.transcript, conversation, turns, now=self.pipeline.clock())

    async def purge(self) -> int:
        """Erase what was deleted too long ago to be restored; return how many conversations that were."""
        return await self.pipeline.store.purge(deleted_before=self.pipeline.clock() - UNDO_FOR)

    async def keep_purging(self, *, every: timedelta = _BETWEEN_PURGES) -> None:
        """Purge now and from time to time, until cancelled; what fails is tried again the next time."""
        await go_round(self.purge, every=every, name="conversations")


async def _batches(passages: AsyncIterable[Passage]) -> AsyncIterator[list[Passage]]:
    batch: list[Passage] = []
    chars = 0
    async for passage in passages:
        batch.append(passage)
        chars += len(passage.message) + len(passage.reply)
        if chars > _BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch
