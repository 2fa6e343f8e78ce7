"""One turn, from message to reply: the one entry point for every door."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ion.clock import Clock
from ion.errors import Conflict
from ion.language import Language, language_of
from ion.mentoring.conversation import Conversation, ConversationId, Draft, EngineUsed, Turn, TurnId, usable
from ion.mentoring.engine import Answered, EngineAsk
from ion.mentoring.run import Run, ended
from ion.mentoring.store import ConversationStore
from ion.mentoring.titles import title_of
from ion.mentoring.turn_store import TurnStore
from ion.mentoring.writer import Writer
from ion.monitoring import count_crisis, log
from ion.personas import Catalogue
from ion.playbooks import Exchange
from ion.resonance import Reader, ResonanceKey, check_text
from ion.routing import ResonanceRouter, reason_for
from ion.safety import CrisisReason, CrisisReply, Screener, crisis_reply

# Turns that a later reply builds on; a model's prompt holds far fewer, and topics fade in as many.
_REMEMBERED = 50
# How long a reply that is being written may go on when ION is asked to end.
_PATIENCE_SECONDS = 10.0


class StillWriting(Conflict):
    """The reply of this turn is being written; it can be redone once it is there or was stopped."""

    code = "still_writing"


class KeyReused(Conflict):
    """A request's key was used before, for another message."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class HumanContact:
    """Whom a mentee in crisis is pointed to beside the public help lines."""

    name: str | None = None
    contact: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A message to answer.

    `key` and `persona` are the caller's own choice and win. `history` is for callers that keep the conversation
    themselves; with `conversation` the kept turns are used. `language` decides where the message has no letters. What
    comes twice with the same `request_key` is answered once. `again_of` is a turn of the conversation with the same
    message: another mentor is to answer it too.
    """

    text: str
    conversation: ConversationId | None = None
    persona: str | None = None
    key: ResonanceKey | None = None
    history: tuple[Exchange, ...] = ()
    goals: tuple[str, ...] = ()
    language: Language | None = None
    instructions: str = ""
    request_key: str | None = None
    again_of: TurnId | None = None


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known of the conversation before the message is read, and how the message was answered before."""

    history: tuple[Exchange, ...]
    goals: tuple[str, ...]
    persona: str | None
    language: Language
    earlier: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonaPipeline:
    """Screens, reads, routes, recalls, replies and records."""

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
        return await self.store.add(conversation, request_key=request_key)

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
            KeyReused: `request_key` was used for another message.
        """
        check_text(ask.text, field="message")
        context = await self._recall(ask)
        turn = await self._read(self._new_turn(ask), context, key=ask.key, persona=ask.persona)
        placed = await self._keep(turn, ask)
        if placed.id != turn.id:
            return await self._follow(placed)
        return await self._answer(placed, context, ask.instructions)

    async def again(
        self, conversation_id: ConversationId, turn_id: TurnId, persona: str, *, request_key: str | None = None
    ) -> Run:
        """Have the message of a turn answered by another mentor too, as a new turn. Raises what `begin` raises."""
        turn = await self.turns.with_id(conversation_id, turn_id)
        original = turn.again_of or turn.id
        return await self.begin(
            Ask(turn.message, conversation_id, persona=persona, request_key=request_key, again_of=original)
        )

    async def redo(self, conversation_id: ConversationId, turn_id: TurnId, *, text: str | None = None) -> Run:
        """Answer a turn anew in its own place: as its correction says it reads, or with `text` as its message.

        What it was before stays in its `earlier`.

        Raises:
            ConversationNotFound, TurnNotFound: there is no such conversation or turn.
            StillWriting: its reply is being written.
            NotTheLast: `text` changes a message that others follow.
            TooManyReplies: as many replies as ION writes at once are being written.
        """
        if text is not None:
            check_text(text, field="content")
        before = await self.turns.with_id(conversation_id, turn_id)
        if self.writer.running(turn_id) is not None:
            raise StillWriting("The reply is still being written. Stop it first, or wait for it.")
        fresh = _blank(before)
        if text is not None and text != before.message:
            fresh = replace(fresh, message=text, correction=None)
        context = await self._context_of(fresh)
        key = _given_key(before) if fresh.message == before.message else None
        turn = await self._read(fresh, context, key=key, persona=self._chosen(before))
        self._require_room(turn)
        await self.turns.redo(turn, before=before, title=title_of(turn.message))
        return await self._answer(turn, context)

    async def follow(self, conversation_id: ConversationId, turn_id: TurnId) -> Run:
        """Return the run of a turn; a reply that was cut off with the server is written anew.

        Raises:
            ConversationNotFound, TurnNotFound: there is no such conversation or turn.
        """
        return await self._follow(await self.turns.with_id(conversation_id, turn_id))

    async def stop(self, conversation_id: ConversationId, turn_id: TurnId) -> Turn:
        """Write no more of a reply; what there is of it is kept. A reply that is complete stays as it is.

        Raises:
            TurnNotFound: there is no such turn.
        """
        running = self.writer.running(turn_id)
        if running is not None and running.turn.conversation_id == conversation_id:
            running.stopped.set()
            return await running.finished()
        turn = await self.turns.with_id(conversation_id, turn_id)
        if turn.finished_at is None:
            used = EngineUsed(self.writer.engine.name, stopped=True)
            await self.turns.finish(turn.id, reply="", engine=used, at=self.clock())
        return await self.turns.with_id(conversation_id, turn_id)

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

    async def _recall(self, ask: Ask) -> _Context:
        language: Language = ask.language or _language_before(ask.history) or "en"
        if ask.conversation is None:
            return _Context(ask.history, ask.goals, None, language)
        again_of = None if ask.again_of is None else await self.turns.with_id(ask.conversation, ask.again_of)
        context = await self._conversation_so_far(ask.conversation, again_of)
        return replace(context, goals=ask.goals or context.goals, language=ask.language or context.language)

    async def _context_of(self, turn: Turn) -> _Context:
        """Return what was known when this turn came, and how it was answered before it is redone."""
        assert turn.conversation_id is not None
        first = turn if turn.again_of is None else await self.turns.with_id(turn.conversation_id, turn.again_of)
        context = await self._conversation_so_far(turn.conversation_id, first)
        said = [draft for draft in turn.earlier if draft.message == turn.message and draft.reply]
        earlier = tuple(Answered(self.catalogue.name_of(draft.persona or ""), draft.reply) for draft in said)
        others = () if first.id == turn.id else context.earlier
        return replace(context, earlier=(*others, *earlier))

    async def _conversation_so_far(self, conversation_id: ConversationId, until: Turn | None) -> _Context:
        """Return the conversation up to a turn, whose answers by others count as given before; or all of it."""
        conversation = await self.store.with_id(conversation_id)
        before = None if until is None else until.position
        history = usable(await self.turns.of(conversation_id, before=before, limit=_REMEMBERED))
        answered = [] if until is None or until.choice is None or not until.reply else [until]
        return _Context(
            history=exchanges_of(history),
            goals=conversation.goals,
            # A mentor who was removed since cannot answer; then whoever suits the message does.
            persona=conversation.persona if conversation.persona in self.catalogue else None,
            language=conversation.language,
            earlier=tuple(
                Answered(self.catalogue.name_of(turn.choice.primary), turn.reply) for turn in answered if turn.choice
            ),
        )

    def _chosen(self, turn: Turn) -> str | None:
        """Return the mentor whom the mentee chose for this turn, if that is still one."""
        if turn.choice is None or not turn.choice.override or turn.choice.primary not in self.catalogue:
            return None
        return turn.choice.primary

    def _new_turn(self, ask: Ask) -> Turn:
        return Turn(
            id=TurnId(self.new_id()),
            conversation_id=ask.conversation,
            position=1,
            created_at=self.clock(),
            finished_at=None,
            message=ask.text,
            language="en",
            crisis=None,
            key=None,
            reading=None,
            choice=None,
            reply="",
            engine=None,
            again_of=ask.again_of,
        )

    async def _read(self, turn: Turn, context: _Context, *, key: ResonanceKey | None, persona: str | None) -> Turn:
        """Return the turn with how its message reads and who answers; on the crisis path, with the help instead."""
        screening = self.screener.screen(turn.message)
        language = language_of(turn.message, default=context.language)
        turn = replace(turn, language=language, injection=screening.injection)
        if screening.crisis is not None:
            text = self.help_for(screening.crisis, language).text
            used = EngineUsed("help_lines")
            return replace(turn, crisis=screening.crisis, reply=text, engine=used, finished_at=self.clock())
        reading = await asyncio.to_thread(self.reader.read, turn.message, default_language=context.language)
        turn = replace(turn, reading=reading)
        key = key or turn.corrected_key or reading.key
        return replace(turn, key=key, choice=self.router.route(key, persona=persona or context.persona))

    async def _keep(self, turn: Turn, ask: Ask) -> Turn:
        """Keep the turn; return the one that is there already under the same request key, if any."""
        self._require_room(turn)
        if turn.conversation_id is None:
            return turn
        placed = await self.turns.append(turn, title=title_of(turn.message), request_key=ask.request_key)
        if placed.id != turn.id and (placed.message, placed.again_of) != (turn.message, turn.again_of):
            raise KeyReused("This Idempotency-Key was used for another message.", field="Idempotency-Key")
        return placed

    def _require_room(self, turn: Turn) -> None:
        # Help lines are written already; whoever needs them never waits.
        if turn.finished_at is None:
            self.writer.require_room()

    async def _answer(self, turn: Turn, context: _Context, instructions: str = "") -> Run:
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
        if turn.finished_at is not None:
            reason = "" if turn.choice is None else reason_for(turn.choice, self.catalogue, turn.language)
            return await ended(Run(self.new_id(), turn, reason), turn)
        self.writer.require_room()
        return await self._answer(turn, await self._context_of(turn))

    def _engine_ask(self, turn: Turn, context: _Context, instructions: str) -> EngineAsk:
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


def exchanges_of(turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """Return turns as a mentor remembers them: answers of several mentors to one message are one exchange."""
    found: dict[TurnId, Exchange] = {}
    for turn in turns:
        first = found.get(turn.again_of) if turn.again_of is not None else None
        if turn.again_of is None or first is None:
            found[turn.id] = Exchange(turn.message, turn.reply)
        else:
            found[turn.again_of] = Exchange(first.message, f"{first.reply}\n\n{turn.reply}")
    return tuple(found.values())


def _blank(turn: Turn) -> Turn:
    """Return the turn without its reply, which is kept among what it was before."""
    persona = None if turn.choice is None else turn.choice.primary
    draft = Draft(turn.message, turn.reply, persona, turn.finished_at or turn.created_at)
    # A reply that never came is nothing to look back at.
    earlier = turn.earlier if turn.finished_at is None else (*turn.earlier, draft)
    return replace(
        turn, reply="", engine=None, finished_at=None, crisis=None, key=None, reading=None, choice=None, earlier=earlier
    )


def _given_key(turn: Turn) -> ResonanceKey | None:
    """Return the key that the caller gave for a turn; None where it was read from the message, or corrected."""
    if turn.reading is None or turn.key in (turn.reading.key, turn.corrected_key):
        return None
    return turn.key


def _language_before(history: Sequence[Exchange]) -> Language | None:
    return language_of(history[-1].message) if history else None
