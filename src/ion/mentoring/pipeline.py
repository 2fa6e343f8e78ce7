"""One turn, from message to reply: the one entry point for every door."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from weakref import WeakValueDictionary

from ion.clock import Clock
from ion.idempotency import key_mismatch
from ion.language import Language, language_of
from ion.limits import refuse_if_over
from ion.mentoring.asking import Ask, blank, given_key, language_before, new_turn
from ion.mentoring.conversation import Conversation, ConversationId, EngineUsed, Turn, TurnId
from ion.mentoring.engine import EngineAsk
from ion.mentoring.recall import Context, Recall
from ion.mentoring.run import Run, ended
from ion.mentoring.store import ConversationStore
from ion.mentoring.titles import title_of
from ion.mentoring.turn_store import StillWriting, TurnStore
from ion.mentoring.writer import Writer
from ion.monitoring import count_crisis, log
from ion.personas import Catalogue
from ion.resonance import Reader, ResonanceKey, check_text
from ion.routing import ResonanceRouter, reason_for
from ion.safety import CrisisReason, CrisisReply, Screener, crisis_reply

# How long a reply that is being written may go on when ION is asked to end.
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class HumanContact:
    """Whom a mentee in crisis is pointed to beside the public help lines."""

    name: str | None = None
    contact: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A message that was screened, read and routed, and is not answered yet."""

    turn: Turn
    context: Context
    instructions: str


@dataclass(frozen=True, slots=True)
class PersonaPipeline:
    """Screens, reads, routes, recalls, replies and records.

    The turns of one conversation are begun, redone and stopped one at a time: what is decided of a turn has to be true
    still when it is done. A reply that comes to its end waits for nobody; the database keeps it only if the turn still
    has none.
    """

    screener: Screener
    reader: Reader
    router: ResonanceRouter
    catalogue: Catalogue
    writer: Writer
    store: ConversationStore
    turns: TurnStore
    contact: HumanContact
    clock: Clock
    new_id: Callable[[], str]
    _locks: WeakValueDictionary[ConversationId, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def open_conversation(
        self,
        language: Language,
        *,
        persona: str | None = None,
        goals: Sequence[str] = (),
        request_key: str | None = None,
    ) -> Conversation:
        """Begin a conversation, which is kept; `persona` (slug or name) answers throughout.

        Asked twice with the same `request_key`, the second time gives the conversation of the first.

        Raises:
            PersonaNotFound: there is no such mentor.
            KeyMismatch: `request_key` was used for another conversation.
        """
        now = self.clock()
        conversation = Conversation(
            id=ConversationId(self.new_id()),
            created_at=now,
            updated_at=now,
            language=language,
            title="",
            persona=None if persona is None else self.catalogue.find(persona).slug,
            goals=tuple(goals),
        )
        kept = await self.store.add(conversation, request_key=request_key)
        if (kept.language, kept.persona, kept.goals) != (language, conversation.persona, conversation.goals):
            raise key_mismatch()
        return kept

    async def process(self, ask: Ask) -> Turn:
        """Answer a message; returns the complete turn. Raises what `begin` raises."""
        return await (await self.begin(ask)).finished()

    async def begin(self, ask: Ask) -> Run:
        """Start to answer a message; whatever can be refused is refused here, before a word is written.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the message cannot be read.
            ConversationNotFound: there is no such conversation.
            TurnNotFound: `again_of` is not in it.
            PersonaNotFound: there is no such mentor.
            TooManyReplies: as many replies as ION writes at once are being written.
            KeyMismatch: `request_key` was used for another message.
        """
        check_text(ask.text, field="message")
        async with self._alone(ask.conversation):
            return await self._begin(ask)

    async def look(self, ask: Ask) -> Looked:
        """Screen, read and route a message that is kept nowhere; `answer` goes on from there.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the message cannot be read.
        """
        check_text(ask.text, field="message")
        context = await self._recall(ask)
        fresh = new_turn(ask, TurnId(self.new_id()), self.clock())
        turn = await self._read(fresh, context, key=ask.key, persona=ask.persona)
        return Looked(turn, context, ask.instructions)

    async def answer(self, looked: Looked) -> Turn:
        """Answer a message that was looked at; one that tells of danger is answered with help lines.

        Raises:
            TooManyReplies: as many replies as ION writes at once are being written.
        """
        with self._room_for(looked.turn):
            run = await self._answer(looked.turn, looked.context, looked.instructions)
        return await run.finished()

    def engine_ask(self, looked: Looked) -> EngineAsk:
        """Return what the reply to a message that was looked at is written from; not for one that tells of danger."""
        return self._engine_ask(looked.turn, looked.context, looked.instructions)

    async def again(
        self, conversation_id: ConversationId, turn_id: TurnId, persona: str, *, request_key: str | None = None
    ) -> Run:
        """Have the message of a turn answered by another mentor too, as a new turn that reads as this one does.

        Raises what `begin` raises.
        """
        async with self._alone(conversation_id):
            turn = await self.turns.with_id(conversation_id, turn_id)
            original = turn.again_of or turn.id
            return await self._begin(
                Ask(
                    turn.message,
                    conversation_id,
                    persona=persona,
                    key=given_key(turn) or turn.corrected_key,
                    request_key=request_key,
                    again_of=original,
                )
            )

    async def redo(self, conversation_id: ConversationId, turn_id: TurnId, *, text: str | None = None) -> Run:
        """Answer a turn anew in its own place: as its correction says it reads, or with `text` as its message.

        What it was before stays in its `earlier`. What another mentor was asked too becomes a message of its own where
        `text` changes it.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: `text` cannot be read.
            ConversationNotFound, TurnNotFound: there is no such conversation or turn.
            StillWriting: its reply is being written.
            NotTheLast: `text` changes a message that others follow.
            TooManyReplies: as many replies as ION writes at once are being written.
        """
        if text is not None:
            check_text(text, field="content")
        async with self._alone(conversation_id):
            running = self.writer.running(turn_id)
            before = await self.turns.with_id(conversation_id, turn_id)
            if running is not None:
                raise StillWriting("The reply is still being written. Stop it first, or wait for it.")
            return await self._redo(before, blank(before, before.message if text is None else text))

    async def follow(self, conversation_id: ConversationId, turn_id: TurnId) -> Run:
        """Return the run of a turn; a reply that was cut off with the server is written anew.

        Raises:
            ConversationNotFound, TurnNotFound: there is no such conversation or turn.
            TooManyReplies: it is to be written anew, and ION is writing as many as it can.
        """
        turn = await self.turns.with_id(conversation_id, turn_id)
        if turn.finished_at is not None or self.writer.running(turn_id) is not None:
            return await self._follow(turn)
        async with self._alone(conversation_id):
            return await self._follow(turn)

    async def stop(self, conversation_id: ConversationId, turn_id: TurnId) -> Turn:
        """Write no more of a reply; what there is of it is kept. A reply that is complete stays as it is.

        Raises:
            TurnNotFound: there is no such turn.
        """
        async with self._alone(conversation_id):
            turn = await self.turns.with_id(conversation_id, turn_id)
            running = self.writer.running(turn_id)
            if running is None and turn.finished_at is None:
                used = EngineUsed(self.writer.engine.name, stopped=True)
                await self.turns.finish(turn.id, reply="", engine=used, at=self.clock())
                return await self.turns.with_id(conversation_id, turn_id)
        if running is None:
            return turn
        running.stopped.set()
        return await running.finished()

    def help_for(self, crisis: str, language: Language) -> CrisisReply:
        """Return what the crisis path says for this reason, and whom to turn to."""
        return crisis_reply(
            CrisisReason(crisis),
            language,
            country=self.contact.country,
            contact_name=self.contact.name,
            contact=self.contact.contact,
        )

    async def close(self, *, patience: float = _PATIENCE_SECONDS) -> None:
        """Let replies that are being written finish, for at most `patience` seconds."""
        await self.writer.close(patience=patience)

    @property
    def _memory(self) -> Recall:
        return Recall(self.store, self.turns, self.catalogue)

    def _alone(self, conversation_id: ConversationId | None) -> AbstractAsyncContextManager[object]:
        """Wait until no other turn of the conversation is being begun, redone or ended."""
        if conversation_id is None:
            return nullcontext()
        return self._locks.setdefault(conversation_id, asyncio.Lock())

    async def _begin(self, ask: Ask) -> Run:
        sent = await self._sent_before(ask)
        if sent is not None:
            return await self._follow(sent)
        context = await self._recall(ask)
        turn = await self._read(
            new_turn(ask, TurnId(self.new_id()), self.clock()), context, key=ask.key, persona=ask.persona
        )
        with self._room_for(turn):
            placed = await self._keep(turn, ask.request_key)
            if placed.id == turn.id:
                return await self._answer(placed, context, ask.instructions)
        # Another process of ION was faster.
        return await self._follow(placed)

    async def _keep(self, turn: Turn, request_key: str | None) -> Turn:
        if turn.conversation_id is None:
            return turn
        return await self.turns.append(turn, title=title_of(turn.message, crisis=turn.crisis), request_key=request_key)

    async def _sent_before(self, ask: Ask) -> Turn | None:
        """Return the turn that was kept under the same request key.

        Raises:
            KeyMismatch: it is the turn of another message, or of another mentor's answer.
        """
        if ask.conversation is None or ask.request_key is None:
            return None
        await self.store.with_id(ask.conversation)
        turn = await self.turns.with_request_key(ask.conversation, ask.request_key)
        if turn is None:
            return None
        said = {turn.message, *(draft.message for draft in turn.earlier)}
        if ask.text not in said or turn.again_of != ask.again_of or not self._is_answered_by(turn, ask):
            raise key_mismatch()
        return turn

    def _is_answered_by(self, turn: Turn, ask: Ask) -> bool:
        """Tell whether the mentor who was asked for is the one of this turn."""
        if ask.persona is None or turn.choice is None:
            return True
        return turn.choice.primary == self.catalogue.find(ask.persona).slug

    async def _recall(self, ask: Ask) -> Context:
        language: Language = ask.language or language_before(ask.history) or "en"
        if ask.conversation is None:
            return Context(ask.history, ask.goals, None, language)
        context = await self._memory.at_the_end(ask.conversation, again_of=ask.again_of)
        return replace(context, goals=ask.goals or context.goals, language=ask.language or context.language)

    async def _redo(self, before: Turn, fresh: Turn) -> Run:
        """Read a message anew, and have it answered in the place of what the turn was before."""
        context = await self._memory.at(fresh)
        key = given_key(before) if fresh.message == before.message else None
        turn = await self._read(fresh, context, key=key, persona=self._chosen(before))
        with self._room_for(turn):
            await self.turns.redo(turn, before=before, title=title_of(turn.message, crisis=turn.crisis))
            return await self._answer(turn, context)

    def _chosen(self, turn: Turn) -> str | None:
        """Return the mentor whom the mentee chose for this turn, if that is still one."""
        if turn.choice is None or not turn.choice.override or turn.choice.primary not in self.catalogue:
            return None
        return turn.choice.primary

    async def _read(self, turn: Turn, context: Context, *, key: ResonanceKey | None, persona: str | None) -> Turn:
        """Return the turn with how its message reads and who answers; on the crisis path, with the help instead."""
        # A long paste takes a third of a second: in a thread, as reading does, so that nobody else waits for it.
        screening = await asyncio.to_thread(self.screener.screen, turn.message)
        language = language_of(turn.message, default=context.language)
        turn = replace(turn, language=language, injection=screening.injection)
        if screening.crisis is not None:
            text = self.help_for(screening.crisis, language).text
            used = EngineUsed("help_lines")
            return replace(turn, crisis=screening.crisis, reply=text, engine=used, finished_at=self.clock())
        refuse_if_over()
        reading = await asyncio.to_thread(self.reader.read, turn.message, default_language=context.language)
        turn = replace(turn, reading=reading)
        key = key or turn.corrected_key or reading.key
        return replace(turn, key=key, choice=self.router.route(key, persona=persona or context.persona))

    def _room_for(self, turn: Turn) -> AbstractContextManager[int | None]:
        # Help lines are written already; whoever needs them never waits.
        return self.writer.room() if turn.finished_at is None else nullcontext()

    async def _answer(self, turn: Turn, context: Context, instructions: str = "") -> Run:
        if turn.crisis is not None:
            count_crisis(turn.crisis, turn.language)
            log.warning(
                "crisis.answered", reason=turn.crisis, language=turn.language, conversation=turn.conversation_id
            )
            return await ended(Run(self.new_id(), turn, ""), turn)
        assert turn.choice is not None
        reason = reason_for(turn.choice, self.catalogue, turn.language)
        return self.writer.start(turn, reason, self._engine_ask(turn, context, instructions))

    async def _follow(self, turn: Turn) -> Run:
        running = self.writer.running(turn.id)
        if running is not None:
            return running
        if turn.finished_at is None and turn.conversation_id is not None:
            # A reply is kept before it stops running, so from here on the database tells whether there is one.
            turn = await self.turns.with_id(turn.conversation_id, turn.id)
        if turn.finished_at is not None:
            reason = "" if turn.choice is None else reason_for(turn.choice, self.catalogue, turn.language)
            return await ended(Run(self.new_id(), turn, reason), turn)
        if turn.choice is not None and turn.choice.primary not in self.catalogue:
            return await self._redo(turn, turn)
        context = await self._memory.at(turn)
        with self._room_for(turn):
            return await self._answer(turn, context)

    def _engine_ask(self, turn: Turn, context: Context, instructions: str) -> EngineAsk:
        assert turn.choice is not None
        assert turn.key is not None
        return EngineAsk(
            persona=self.catalogue[turn.choice.primary],
            language=turn.language,
            key=turn.key,
            message=turn.message,
            history=context.history,
            goals=context.goals,
            conversation=turn.conversation_id or "",
            suspicious=turn.injection is not None,
            instructions=instructions,
            earlier=context.earlier,
        )
