"""One turn of a conversation, from message to reply, and the conversations that turns make up."""

from ion.mentoring.conversation import Conversation, ConversationId, Draft, EngineUsed, Turn, TurnId
from ion.mentoring.correction import Correction, NothingCorrected, correction_of
from ion.mentoring.engine import Engine, PromptLimits, SteppedDown
from ion.mentoring.pipeline import Ask, HumanContact, KeyReused, PersonaPipeline, StillWriting
from ion.mentoring.run import Run
from ion.mentoring.search import Passage
from ion.mentoring.store import ConversationNotFound, ConversationStore
from ion.mentoring.turn_store import Corrected, NoReading, NotTheLast, TurnNotFound, TurnStore
from ion.mentoring.writer import TooManyReplies, Writer

__all__ = [
    "Ask",
    "Conversation",
    "ConversationId",
    "ConversationNotFound",
    "ConversationStore",
    "Corrected",
    "Correction",
    "Draft",
    "Engine",
    "EngineUsed",
    "HumanContact",
    "KeyReused",
    "NoReading",
    "NotTheLast",
    "NothingCorrected",
    "Passage",
    "PersonaPipeline",
    "PromptLimits",
    "Run",
    "SteppedDown",
    "StillWriting",
    "TooManyReplies",
    "Turn",
    "TurnId",
    "TurnNotFound",
    "TurnStore",
    "Writer",
    "correction_of",
]
