"""Have several mentors speak on one message, with the language model or the playbooks, and make one reply of it."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from ion.llm import Delta, ModelError, Prompt, StepDown, Usage
from ion.mentoring.conversation import EngineUsed
from ion.mentoring.engine import Engine, EngineAsk, counted
from ion.mentoring.gathering import Seat
from ion.mentoring.joining import Spoken, is_well_merged, joined, merged_engine, tidied
from ion.personas import Catalogue, Said, company_of, merging_prompt
from ion.playbooks import Part, sentences_of

# However many speak, a part shorter than this says nothing.
_FEWEST_TOKENS = 120


@dataclass(frozen=True, slots=True)
class Written:
    """What a language model wrote; no text where it failed, for the reason that `engine` gives."""

    text: str
    engine: EngineUsed


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of several mentors, and what each of them said."""

    text: str
    engine: EngineUsed
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Chorus:
    """The mentors on `seats`, who answer what `ask` says; its persona is nobody's here."""

    engine: Engine
    catalogue: Catalogue
    ask: EngineAsk
    seats: tuple[Seat, ...]

    async def side_by_side(self, at_once: int) -> Reply:
        """Have all speak without hearing each other, at most `at_once` of them at the same time."""
        gate = asyncio.Semaphore(at_once)

        async def write(seat: Seat) -> Written | None:
            async with gate:
                return await self._written(seat, ())

        async with asyncio.TaskGroup() as group:
            writing = [group.create_task(write(seat)) for seat in self.seats]
        drafts = [task.result() for task in writing]
        spoken: list[Spoken] = []
        # Nobody repeats what another has said, also of those who come after.
        known = [draft.text for draft in drafts if draft is not None and draft.text]
        for seat, draft in zip(self.seats, drafts, strict=True):
            spoken.append(self._spoken(seat, draft, (*known, *(voice.text for voice in spoken))))
        return await self._reply(spoken)

    async def in_turn(self) -> Reply:
        """Have one speak after the other, each knowing what those before said."""
        spoken: list[Spoken] = []
        for seat in self.seats:
            draft = await self._written(seat, spoken)
            spoken.append(self._spoken(seat, draft, [voice.text for voice in spoken]))
        return await self._reply(spoken)

    def _spoken(self, seat: Seat, draft: Written | None, said: Sequence[str]) -> Spoken:
        """Return what a mentor says: what the model wrote, or else what the playbooks have for them."""
        persona = self.catalogue[seat.persona]
        if draft is not None and draft.text:
            return Spoken(persona, draft.text, draft.engine)
        clause = None if seat.part is None else seat.part.clause
        first = seat is self.seats[0]
        part = Part(self._topic(seat), clause, self._words(seat), tuple(said), first, len(self.seats))
        reply = self.engine.playbook_part(replace(self.ask, persona=persona), part)
        failed = EngineUsed("playbooks") if draft is None else draft.engine
        return Spoken(persona, reply.text, replace(failed, name="playbooks", model=None, topic=reply.topic))

    async def _written(self, seat: Seat, before: Sequence[Spoken]) -> Written | None:
        """Return what the model writes for a mentor; None where there is no model."""
        if self.engine.model is None:
            return None
        persona = self.catalogue[seat.persona]
        company = company_of(
            persona,
            [self.catalogue[other.persona] for other in self.seats if other is not seat],
            language=self.ask.language,
            words=self._words(seat),
            said=[Said(voice.persona, voice.text) for voice in before],
        )
        share = max(self.engine.limits.output_tokens // len(self.seats), _FEWEST_TOKENS)
        prompt = self.engine.prompt(
            replace(self.ask, persona=persona), company=company, topic=self._topic(seat), output_tokens=share
        )
        written = await collected(self.engine, prompt)
        return replace(written, text=tidied(written.text, persona))

    async def _reply(self, spoken: Sequence[Spoken]) -> Reply:
        frame = self.engine.playbook_frame(
            replace(self.ask, persona=spoken[0].persona), [voice.persona.name for voice in spoken], self._topics(spoken)
        )
        text = joined(spoken, head=frame.head, closing=frame.closing)
        merging = None
        # What the playbooks wrote fits together as it is; and small models would make something else of it.
        if not self.engine.limits.compact and any(voice.engine.name == "model" for voice in spoken):
            merged = await self._merged(spoken)
            merging, text = merged.engine, merged.text or text
        return Reply(text, merged_engine(spoken, merging), tuple(spoken))

    async def _merged(self, spoken: Sequence[Spoken]) -> Written:
        """Return what the model makes of all parts; no text where it failed, or left somebody out."""
        said = [Said(voice.persona, voice.text) for voice in spoken]
        limit = self.engine.limits.output_tokens
        prompt = merging_prompt(said, self.ask.message, self.ask.language, output_tokens=limit)
        written = await collected(self.engine, prompt)
        if not written.text or is_well_merged(written.text, spoken, self.ask.language):
            return written
        return Written("", replace(written.engine, degraded=True, reason="bad_answer"))

    def _topics(self, spoken: Sequence[Spoken]) -> list[str]:
        """Return the topics that were spoken about, in order."""
        whole = self.engine.playbooks.topic_of(self.ask.message, self.ask.language, self.ask.key)
        found = [
            voice.engine.topic or self._topic(seat) or (None if whole is None else whole.slug)
            for voice, seat in zip(spoken, self.seats, strict=True)
        ]
        return [topic for topic in found if topic is not None]

    def _topic(self, seat: Seat) -> str | None:
        return None if seat.part is None else seat.part.topic

    def _words(self, seat: Seat) -> str | None:
        """Return the words a mentor takes up; nothing of a suspicious message is repeated."""
        return None if seat.part is None or self.ask.suspicious else seat.part.words


async def collected(engine: Engine, prompt: Prompt) -> Written:
    """Return all that the engine's model writes; half an answer counts as none."""
    assert engine.model is not None
    used, text = EngineUsed("model", model=engine.model.name), ""
    try:
        async with aclosing(engine.model.stream(prompt)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case Delta():
                        text += chunk.text
                    case StepDown():
                        used = replace(used, degraded=True, reason=chunk.reason)
                    case Usage():
                        used = counted(used, chunk)
    except ModelError as error:
        return Written("", replace(used, degraded=True, reason=error.reason))
    if not sentences_of(text):
        return Written("", replace(used, degraded=True, reason="bad_answer"))
    return Written(text.strip(), used)
