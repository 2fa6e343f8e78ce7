"""What is known of a conversation when one of its messages is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ion.language import Language
from ion.mentoring.conversation import ConversationId, Turn, TurnId, usable
from ion.mentoring.engine import Answered
from ion.mentoring.store import ConversationStore
from ion.mentoring.turn_store import TurnStore
from ion.personas import Catalogue
from ion.playbooks import Exchange

# Turns that a later reply builds on; a model's prompt holds far fewer, and topics fade in as many.
_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Context:
    """What is known before a message is read; `earlier` is how the same message was answered before."""

    history: tuple[Exchange, ...]
    goals: tuple[str, ...]
    persona: str | None
    language: Language
    earlier: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """Looks up what a reply builds on. What was said in danger, or was never answered, is no part of it."""

    conversations: ConversationStore
    turns: TurnStore
    catalogue: Catalogue

    async def at_the_end(self, conversation_id: ConversationId, *, again_of: TurnId | None) -> Context:
        """Return what a new turn builds on; `again_of` is the turn whose message it answers once more.

        Raises:
            ConversationNotFound, TurnNotFound: there is no such conversation or turn.
        """
        context = await self._before(conversation_id, again_of)
        if again_of is None:
            return context
        return replace(context, earlier=self._said(await self.turns.answers_to(conversation_id, again_of)))

    async def at(self, turn: Turn) -> Context:
        """Return what a turn that is answered anew builds on.

        Raises:
            ConversationNotFound: the conversation is gone.
        """
        assert turn.conversation_id is not None
        first = turn.again_of or turn.id
        context = await self._before(turn.conversation_id, first)
        answers = await self.turns.answers_to(turn.conversation_id, first)
        others = self._said([answer for answer in answers if answer.id != turn.id])
        drafts = tuple(
            Answered(self.catalogue.name_of(draft.persona), draft.reply)
            for draft in turn.earlier
            if draft.message == turn.message and draft.reply and draft.persona is not None
        )
        return replace(context, language=turn.language, earlier=(*others, *drafts))

    async def _before(self, conversation_id: ConversationId, turn_id: TurnId | None) -> Context:
        conversation = await self.conversations.with_id(conversation_id)
        before = None if turn_id is None else (await self.turns.with_id(conversation_id, turn_id)).position
        turns = await self.turns.of(conversation_id, before=before, limit=_REMEMBERED)
        return Context(
            history=exchanges_of(usable(turns)),
            goals=conversation.goals,
            # A mentor who was removed since cannot answer; then whoever suits the message does.
            persona=conversation.persona if conversation.persona in self.catalogue else None,
            language=conversation.language,
        )

    def _said(self, turns: Sequence[Turn]) -> tuple[Answered, ...]:
        return tuple(
            Answered(self.catalogue.name_of(turn.choice.primary), turn.reply)
            for turn in turns
            if turn.choice is not None and turn.reply
        )


def exchanges_of(turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """Return turns as a mentor remembers them: answers of several mentors to one message are one exchange.

    A message whose reply was stopped before its first word is left out: a model takes no empty words of its own.
    """
    found: dict[TurnId, Exchange] = {}
    for turn in turns:
        first = found.get(turn.again_of or turn.id)
        if turn.reply:
            reply = turn.reply if first is None else f"{first.reply}\n\n{turn.reply}"
            found[turn.again_of or turn.id] = Exchange(turn.message, reply)
    return tuple(found.values())
