"""One turn, from message to reply: the one entry point for every door."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ion.clock import Clock
from ion.language import Language, language_of
from ion.llm import Delta
from ion.mentoring.conversation import Conversation, ConversationId, EngineUsed, Turn, TurnId, title_of, usable
from ion.mentoring.engine import Engine, EngineAsk, SteppedDown
from ion.mentoring.run import Run
from ion.mentoring.store import ConversationStore
from ion.monitoring import count_crisis, count_turn, log
from ion.personas import Catalogue
from ion.playbooks import Exchange
from ion.resonance import Reader, ResonanceKey, check_text
from ion.routing import Choice, ResonanceRouter, reason_for
from ion.safety import CrisisReason, CrisisReply, Screener, crisis_reply


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
    themselves; with `conversation` the kept turns are used. `language` decides where the message has no letters.
    """

    text: str
    conversation: ConversationId | None = None
    persona: str | None = None
    key: ResonanceKey | None = None
    history: tuple[Exchange, ...] = ()
    goals: tuple[str, ...] = ()
    language: Language | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known of the conversation before the message is read."""

    conversation: Conversation | None
    history: tuple[Exchange, ...]
    goals: tuple[str, ...]
    persona: str | None
    language: Language


@dataclass(eq=False)
class PersonaPipeline:
    """Screens, reads, routes, recalls, replies and records."""

    screener: Screener
    reader: Reader
    router: ResonanceRouter
    catalogue: Catalogue
    engine: Engine
    store: ConversationStore
    contact: HumanContact
    clock: Clock
    new_id: Callable[[], str]
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open_conversation(
        self, language: Language, *, persona: str | None = None, goals: Sequence[str] = ()
    ) -> Conversation:
        """Begin a conversation, which is kept; `persona` (slug or name) answers throughout.

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
        await self.store.add(conversation)
        return conversation

    async def process(self, ask: Ask) -> Turn:
        """Answer a message; returns the complete turn. Raises what `begin` raises."""
        return await (await self.begin(ask)).finished()

    async def begin(self, ask: Ask) -> Run:
        """Start to answer a message; whatever can be refused is refused here, before a word is written.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the message cannot be read.
            ConversationNotFound: there is no such conversation.
            PersonaNotFound: there is no such mentor.
        """
        check_text(ask.text, field="message")
        screening = self.screener.screen(ask.text)
        context = await self._recall(ask)
        language = language_of(ask.text, default=context.language)
        turn = self._new_turn(ask, language, injection=screening.injection)
        if screening.crisis is not None:
            return await self._help(replace(turn, crisis=screening.crisis), language)
        reading = await asyncio.to_thread(self.reader.read, ask.text, default_language=context.language)
        key = ask.key or reading.key
        choice = self.router.route(key, persona=ask.persona or context.persona)
        turn = await self._keep(replace(turn, key=key, reading=reading, choice=choice))
        run = Run(turn, reason_for(choice, self.catalogue, language))
        self._start(run, self._engine_ask(ask, context, turn, choice, key, language))
        return run

    def help_for(self, crisis: str, language: Language) -> CrisisReply:
        """Return what the crisis path says for this reason, and whom to turn to."""
        return crisis_reply(
            CrisisReason(crisis),
            language,
            country=self.contact.country,
            contact_name=self.contact.name,
            contact=self.contact.contact,
        )

    async def close(self, *, patience: float = 10.0) -> None:
        """Let replies that are being written finish, for at most `patience` seconds."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _recall(self, ask: Ask) -> _Context:
        language: Language = ask.language or _language_before(ask.history) or "en"
        if ask.conversation is None:
            return _Context(None, ask.history, ask.goals, None, language)
        conversation = await self.store.with_id(ask.conversation)
        turns = usable(await self.store.turns(ask.conversation))
        history = tuple(Exchange(turn.message, turn.reply) for turn in turns)
        return _Context(
            conversation,
            history,
            ask.goals or conversation.goals,
            # A mentor who was removed since cannot answer; then whoever suits the message does.
            conversation.persona if conversation.persona in self.catalogue else None,
            ask.language or conversation.language,
        )

    def _new_turn(self, ask: Ask, language: Language, *, injection: str | None) -> Turn:
        return Turn(
            id=TurnId(self.new_id()),
            conversation_id=ask.conversation,
            position=1,
            created_at=self.clock(),
            finished_at=None,
            message=ask.text,
            language=language,
            crisis=None,
            key=None,
            reading=None,
            choice=None,
            reply="",
            engine=None,
            injection=injection,
        )

    async def _keep(self, turn: Turn) -> Turn:
        if turn.conversation_id is None:
            return turn
        return await self.store.append(turn, title=title_of(turn.message))

    async def _help(self, turn: Turn, language: Language) -> Run:
        """Answer with help lines; no model, mentor or reading is involved."""
        assert turn.crisis is not None
        count_crisis(turn.crisis, language)
        log.warning("crisis.answered", reason=turn.crisis, language=language, conversation=turn.conversation_id)
        text = self.help_for(turn.crisis, language).text
        turn = replace(turn, reply=text, engine=EngineUsed("help_lines"), finished_at=self.clock())
        run = Run(await self._keep(turn), "")
        await run.add(Delta(text))
        await run.end(run.turn)
        return run

    def _engine_ask(
        self, ask: Ask, context: _Context, turn: Turn, choice: Choice, key: ResonanceKey, language: Language
    ) -> EngineAsk:
        return EngineAsk(
            persona=self.catalogue[choice.primary],
            language=language,
            key=key,
            message=turn.message,
            history=context.history,
            goals=context.goals,
            conversation=turn.conversation_id or "",
            suspicious=turn.injection is not None,
            instructions=ask.instructions,
        )

    def _start(self, run: Run, ask: EngineAsk) -> None:
        # The task belongs to the pipeline, not to the reader: a closed browser ends nothing.
        task = asyncio.create_task(self._write(run, ask))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, run: Run, ask: EngineAsk) -> None:
        try:
            turn = await self._written(run, ask)
        except BaseException as failure:
            log.error("turn.failed", kind=type(failure).__name__, conversation=run.turn.conversation_id)
            await run.end(run.turn, failure)
            if not isinstance(failure, Exception):
                raise
        else:
            await run.end(turn)

    async def _written(self, run: Run, ask: EngineAsk) -> Turn:
        text: list[str] = []
        used: EngineUsed | None = None
        async for piece in self.engine.stream(ask):
            match piece:
                case Delta():
                    text.append(piece.text)
                    await run.add(piece)
                case SteppedDown():
                    await run.add(piece)
                case EngineUsed():
                    used = piece
        assert used is not None
        turn = replace(run.turn, reply="".join(text).strip(), engine=used, finished_at=self.clock())
        if turn.conversation_id is not None:
            await self.store.finish(turn.id, reply=turn.reply, engine=used, at=turn.finished_at or self.clock())
        count_turn(persona=ask.persona.slug, engine=used.name, degraded=used.degraded, language=ask.language)
        log.info(
            "turn.answered", persona=ask.persona.slug, engine=used.name, degraded=used.degraded, reason=used.reason
        )
        return turn


def _language_before(history: Sequence[Exchange]) -> Language | None:
    return language_of(history[-1].message) if history else None
