"""Turns as they are found in the database, for what no visitor can bring about at will."""

from dataclasses import replace
from datetime import timedelta

from ion.language import Language, language_of
from ion.mentoring import Ask, Conversation, ConversationId, EngineUsed, Turn, TurnId
from ion.services import Services


async def keep_conversation(services: Services, *, title: str = "A title", language: Language = "en") -> ConversationId:
    now = services.clock()
    conversation = Conversation(
        ConversationId(services.pipeline.new_id()), now, now, language, title, persona=None, goals=()
    )
    await services.conversations.add(conversation)
    return conversation.id


async def turn_like(services: Services, message: str) -> Turn:
    """Return the turn that the pipeline makes of this message, kept nowhere."""
    return await services.pipeline.process(Ask(message))


async def keep_turn(services: Services, conversation: ConversationId, turn: Turn) -> Turn:
    kept = replace(
        turn, id=TurnId(services.pipeline.new_id()), conversation_id=conversation, language=language_of(turn.message)
    )
    kept = await services.turns.append(kept, title="A title")
    if turn.engine is not None and turn.finished_at is not None:
        await services.turns.finish(kept.id, reply=turn.reply, engine=turn.engine, at=turn.finished_at)
    return kept


async def keep_answered(
    services: Services, message: str, *, reply: str | None = None, engine: EngineUsed | None = None
) -> tuple[ConversationId, Turn]:
    """Keep a conversation of one turn, with this reply and engine in place of its own."""
    conversation = await keep_conversation(services)
    turn = await turn_like(services, message)
    turn = replace(turn, reply=turn.reply if reply is None else reply, engine=engine or turn.engine)
    return conversation, await keep_turn(services, conversation, turn)


async def keep_unfinished(services: Services, message: str, *, ago: timedelta) -> tuple[ConversationId, Turn]:
    conversation = await keep_conversation(services)
    turn = await turn_like(services, message)
    turn = replace(turn, reply="", engine=None, finished_at=None, created_at=services.clock() - ago)
    return conversation, await keep_turn(services, conversation, turn)
