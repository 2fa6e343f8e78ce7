"""Write the reply: with the language model that is configured, or with the playbooks; every step-down is said."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from ion.language import Language
from ion.llm import Delta, Message, Model, ModelError, Prompt, StepDown, Usage
from ion.mentoring.conversation import EngineUsed
from ion.personas import Persona, PromptAsk, build_prompt, fenced
from ion.playbooks import Ask as PlaybookAsk
from ion.playbooks import Exchange, Frame, Part, PlaybookReply, Playbooks, Topic, grounding
from ion.resonance import ResonanceKey

_BROKE_OFF: Mapping[Language, str] = {
    "ko": "(여기에서 언어 모델과의 연결이 끊겼어요. 이어지는 글은 ION에 들어 있는 오프라인 멘토의 답이에요.)",
    "en": "(The connection to the language model broke off here. What follows is from the offline mentor that comes with ION.)",
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply that was given to the same message before, and the name of who gave it."""

    by: str
    reply: str


@dataclass(frozen=True, slots=True)
class EngineAsk:
    """What a reply is written from.

    `instructions` are the calling program's own, beside the persona's. `earlier` is what this message was answered with
    before, by this mentor or another: the reply is to be a different one.
    """

    persona: Persona
    language: Language
    key: ResonanceKey
    message: str
    history: tuple[Exchange, ...]
    goals: tuple[str, ...]
    conversation: str
    suspicious: bool
    instructions: str = ""
    earlier: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptLimits:
    """How much may go into a prompt and come out of it, in tokens."""

    history_tokens: int
    output_tokens: int
    compact: bool


@dataclass(frozen=True, slots=True)
class SteppedDown:
    """The engine that was wanted failed, and a lesser one takes over. `reason` is a short code."""

    reason: str


Piece = Delta | SteppedDown | EngineUsed


@dataclass(frozen=True, slots=True)
class Engine:
    """Writes replies; `model` is None where no language model is configured."""

    playbooks: Playbooks
    model: Model | None
    limits: PromptLimits

    @property
    def name(self) -> Literal["model", "playbooks"]:
        """What writes replies as long as nothing fails."""
        return "playbooks" if self.model is None else "model"

    def used_until_stopped(self, stepped_down: str | None) -> EngineUsed:
        """Return what wrote a reply that was stopped; `stepped_down` says how what was wanted failed, if it did."""
        model = None if self.model is None else self.model.name
        return EngineUsed(self.name, model, degraded=stepped_down is not None, reason=stepped_down, stopped=True)

    async def stream(self, ask: EngineAsk) -> AsyncGenerator[Piece]:
        """Yield the reply piece by piece, a SteppedDown before anything lesser, and last what was used."""
        if self.model is None:
            playbook = self._playbook(ask)
            yield Delta(playbook.text)
            yield EngineUsed("playbooks", topic=playbook.topic)
            return
        used = EngineUsed("model", model=self.model.name)
        written = False
        try:
            async with aclosing(self.model.stream(self.prompt(ask))) as chunks:
                async for chunk in chunks:
                    match chunk:
                        case Delta():
                            written = written or bool(chunk.text.strip())
                            yield chunk
                        case StepDown():
                            used = replace(used, degraded=True, reason=chunk.reason)
                            yield SteppedDown(chunk.reason)
                        case Usage():
                            used = counted(used, chunk)
        except ModelError as error:
            async for piece in self._step_down(ask, used, error.reason, written=written):
                yield piece
            return
        yield used

    async def _step_down(
        self, ask: EngineAsk, used: EngineUsed, reason: str, *, written: bool
    ) -> AsyncGenerator[Piece]:
        """Let the playbooks give a complete answer, after whatever the model had already said."""
        yield SteppedDown(reason)
        playbook = self._playbook(ask)
        if written:
            yield Delta(f"\n\n{_BROKE_OFF[ask.language]}\n\n")
        yield Delta(playbook.text)
        model = used.model if written else None
        yield EngineUsed("playbooks", model=model, degraded=True, reason=reason, topic=playbook.topic)

    def playbook_part(self, ask: EngineAsk, part: Part) -> PlaybookReply:
        """Return what the playbooks have to say for one of several mentors."""
        return self.playbooks.part(_playbook_ask(ask), part)

    def playbook_frame(self, ask: EngineAsk, names: Sequence[str], topics: Sequence[str]) -> Frame:
        """Return what stands around the parts of several mentors, and ends in one question."""
        return self.playbooks.frame(_playbook_ask(ask), names, topics)

    def _playbook(self, ask: EngineAsk) -> PlaybookReply:
        return self.playbooks.reply(_playbook_ask(ask))

    def prompt(
        self, ask: EngineAsk, *, company: str = "", topic: str | None = None, output_tokens: int | None = None
    ) -> Prompt:
        """Return what a language model is given.

        `company` is what the persona has to know of mentors who answer with them; `topic` is the slug of their own
        matter, where it is not that of the whole message.
        """
        grounds = self.playbooks.topic(topic, ask.language) if topic else self._topic(ask)
        notes = [
            *([ask.instructions] if ask.instructions else []),
            *(_said_before(answered, ask.persona) for answered in ask.earlier[-_MOST_EARLIER:]),
            *(grounding(grounds, ask.key) if grounds else []),
        ]
        return build_prompt(
            ask.persona,
            PromptAsk(
                language=ask.language,
                key=ask.key,
                message=ask.message,
                history=tuple(_messages(ask.history)),
                goals=ask.goals,
                notes=notes,
                fenced=ask.suspicious,
                company=company,
            ),
            history_tokens=self.limits.history_tokens,
            output_tokens=output_tokens or self.limits.output_tokens,
            compact=self.limits.compact,
        )

    def _topic(self, ask: EngineAsk) -> Topic | None:
        return self.playbooks.topic_of(ask.message, ask.language, ask.key)


def _playbook_ask(ask: EngineAsk) -> PlaybookAsk:
    return PlaybookAsk(
        message=ask.message,
        language=ask.language,
        key=ask.key,
        persona=ask.persona,
        history=ask.history,
        goals=ask.goals,
        conversation=ask.conversation,
        quotable=not ask.suspicious,
        earlier=tuple(answered.reply for answered in ask.earlier),
    )


# Of longer replies and longer rows of them the newest tell enough.
_MOST_EARLIER, _MOST_EARLIER_CHARS = 2, 1_500


def _said_before(answered: Answered, persona: Persona) -> str:
    # What a model wrote once goes into the instructions of the next: it must not read as one of them.
    reply = fenced(answered.reply[:_MOST_EARLIER_CHARS])
    if answered.by == persona.name:
        return f"You answered this message before; give a different answer now. You said then:\n{reply}"
    return f"{answered.by}, another mentor, answered this message before; add your own view to it, and repeat nothing. {answered.by} said:\n{reply}"


def _messages(history: tuple[Exchange, ...]) -> list[Message]:
    return [
        message
        for exchange in history
        for message in (Message("user", exchange.message), Message("assistant", exchange.reply))
    ]


def counted(used: EngineUsed, usage: Usage) -> EngineUsed:
    """Return what was used with the provider's own counts."""
    return replace(used, model=usage.model, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
