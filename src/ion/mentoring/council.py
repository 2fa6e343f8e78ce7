"""Several mentors think about one message, and one reply is composed; one mentor alone where that is enough."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ion.errors import Invalid
from ion.language import Language
from ion.mentoring.asking import Ask
from ion.mentoring.chorus import Chorus, Reply
from ion.mentoring.conversation import EngineUsed, Turn
from ion.mentoring.gathering import MOST_MENTORS, Alone, Gathering, Ground, Pull, Signs, asks_for_views, gather
from ion.mentoring.gathering_reasons import alone_because, seat_reason, together_because
from ion.mentoring.pipeline import Looked, PersonaPipeline
from ion.monitoring import count_turn, log
from ion.personas import Catalogue
from ion.playbooks import Matter, Playbooks, readable_clauses
from ion.resonance import ResonanceKey
from ion.routing import Choice, reason_for

Mode = Literal["side_by_side", "in_turn"]
# A clause tells whom it suits only where it is long enough to read by itself, and reads clearly.
_FEWEST_WORDS = {"ko": 4, "en": 6}
_CLEAR = 0.5


class BadMentors(Invalid):
    """The mentors who were asked for cannot answer together: there have to be two to four different ones."""

    code = "bad_mentors"


@dataclass(frozen=True, slots=True)
class Question:
    """A message for several mentors.

    `mentors`, by name or slug, answer in this order; without any ION decides who, and whether several, which `forced`
    takes from it. `mode` tells whether they hear each other. `ask` is in no conversation: nothing of it is kept.
    """

    ask: Ask
    mentors: tuple[str, ...] = ()
    forced: bool = False
    mode: Mode = "side_by_side"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one mentor gave to a reply, why they were there, and what wrote it; `persona` is their slug."""

    persona: str
    content: str
    reason: str
    engine: EngineUsed


@dataclass(frozen=True, slots=True)
class Counsel:
    """The reply as a turn, and who gave what to it; nobody did on the crisis path.

    `because` says in a sentence why several mentors answered, or why one did; it is empty on the crisis path.
    """

    turn: Turn
    contributions: tuple[Contribution, ...]
    because: str

    @property
    def is_joint(self) -> bool:
        """Whether more than one mentor answered."""
        return len(self.contributions) > 1


@dataclass(frozen=True, slots=True)
class Council:
    """Answers messages with as many mentors as they are worth."""

    pipeline: PersonaPipeline

    async def answer(self, question: Question) -> Counsel:
        """Answer a message.

        Raises:
            EmptyMessage, BrokenText, MessageTooLong: the message cannot be read.
            PersonaNotFound: there is no such mentor.
            BadMentors: the mentors named are fewer than two, more than four, or one of them twice.
            TooManyReplies: there is no room for a reply of each mentor among those that are being written.
        """
        wanted = self._wanted(question.mentors)
        looked = await self.pipeline.look(question.ask)
        choice = looked.turn.choice
        if choice is None:
            return Counsel(await self.pipeline.answer(looked), (), "")
        gathering = await asyncio.to_thread(
            lambda: gather(choice, self._signs(looked, choice), wanted=wanted, forced=question.forced)
        )
        if isinstance(gathering, Alone):
            return await self._alone(looked, choice, gathering)
        return await self._together(looked, _led(choice, gathering), gathering, question.mode)

    def _wanted(self, names: Sequence[str]) -> Sequence[str]:
        slugs = [self._catalogue.find(name).slug for name in names]
        if slugs and (len(set(slugs)) < len(slugs) or not 2 <= len(slugs) <= MOST_MENTORS):
            raise BadMentors("Name two to four different mentors.", field="personas")
        return slugs

    async def _alone(self, looked: Looked, choice: Choice, alone: Alone) -> Counsel:
        turn = await self.pipeline.answer(looked)
        reason = reason_for(choice, self._catalogue, turn.language)
        assert turn.engine is not None
        because = alone_because(alone, choice, self._catalogue, turn.language)
        return Counsel(turn, (Contribution(choice.primary, turn.reply, reason, turn.engine),), because)

    async def _together(self, looked: Looked, choice: Choice, gathering: Gathering, mode: Mode) -> Counsel:
        turn, writer = looked.turn, self.pipeline.writer
        chorus = Chorus(writer.engine, self._catalogue, self.pipeline.engine_ask(looked), gathering.seats)
        with writer.room(len(gathering.seats)) as at_once:
            reply = await (chorus.in_turn() if mode == "in_turn" else chorus.side_by_side(at_once))
        answered = replace(
            turn, choice=choice, reply=reply.text, engine=reply.engine, finished_at=self.pipeline.clock()
        )
        _report(reply, turn.language, mode)
        return Counsel(
            answered,
            tuple(self._contributions(reply, choice, gathering, turn)),
            together_because(gathering, self._catalogue, turn.language),
        )

    def _contributions(self, reply: Reply, choice: Choice, gathering: Gathering, turn: Turn) -> Iterator[Contribution]:
        for seat, voice in zip(gathering.seats, reply.spoken, strict=True):
            reason = seat_reason(seat, choice, self._catalogue, turn.language, quotable=turn.injection is None)
            yield Contribution(seat.persona, voice.text, reason, voice.engine)

    def _signs(self, looked: Looked, choice: Choice) -> Signs:
        """Return what the message says for or against several mentors; nothing is decided here."""
        message, language, key = looked.turn.message, looked.turn.language, choice.key
        topic = self._playbooks.topic_of(message, language, key)
        return Signs(
            courtesy=self._playbooks.is_courtesy(message, language),
            danger=topic is not None and topic.at_once,
            asks_for_views=asks_for_views(message, language),
            matters=tuple(self._pull(matter, key) for matter in self._playbooks.matters(message, language, key)),
            parts=self._parts(message, language, key),
        )

    def _pull(self, matter: Matter, key: ResonanceKey) -> Pull:
        read = self.pipeline.reader.read(matter.clause).key
        return Pull(self._scores(read, key), matter.topic, matter.clause, matter.words)

    def _parts(self, message: str, language: Language, key: ResonanceKey) -> Iterator[Pull]:
        for clause, quotable in readable_clauses(message, language):
            if len(clause.split()) < _FEWEST_WORDS[language]:
                continue
            read = self.pipeline.reader.read(clause)
            if min(read.tone.confidence, read.intent.confidence) >= _CLEAR:
                yield Pull(self._scores(read.key, key), clause=clause, words=clause if quotable else None)

    def _scores(self, part: ResonanceKey, whole: ResonanceKey) -> dict[str, float]:
        # A clause is too short to have a rhythm of its own.
        return dict(self.pipeline.router.route(replace(part, pace=whole.pace)).scores)

    @property
    def _catalogue(self) -> Catalogue:
        return self.pipeline.catalogue

    @property
    def _playbooks(self) -> Playbooks:
        return self.pipeline.writer.engine.playbooks


def _led(choice: Choice, gathering: Gathering) -> Choice:
    """Return the choice as it was made; led by the first two whom the caller named, where they are others."""
    first, second = (seat.persona for seat in gathering.seats[:2])
    if gathering.ground is not Ground.NAMED or (first, second) == (choice.primary, choice.secondary):
        return choice
    return replace(choice, primary=first, secondary=second, confidence=1.0, turning_key=None, override=True)


def _report(reply: Reply, language: Language, mode: Mode) -> None:
    for voice in reply.spoken:
        count_turn(
            persona=voice.persona.slug, engine=voice.engine.name, degraded=voice.engine.degraded, language=language
        )
    log.info(
        "council.answered",
        personas=[voice.persona.slug for voice in reply.spoken],
        mode=mode,
        engine=reply.engine.name,
        degraded=reply.engine.degraded,
        reason=reply.engine.reason,
    )
