"""One turn of a conversation, from message to reply, and the conversations that turns make up."""

from ion.mentoring.conversation import Conversation, ConversationId, EngineUsed, Turn, TurnId
from ion.mentoring.correction import Correction, NothingCorrected, correction_of
from ion.mentoring.engine import Engine, PromptLimits, SteppedDown
from ion.mentoring.pipeline import Ask, HumanContact, PersonaPipeline
from ion.mentoring.run import Run
from ion.mentoring.store import ConversationNotFound, ConversationStore, Corrected, NoReading, TurnNotFound

__all__ = [
    "Ask",
    "Conversation",
    "ConversationId",
    "ConversationNotFound",
    "ConversationStore",
    "Corrected",
    "Correction",
    "Engine",
    "EngineUsed",
    "HumanContact",
    "NoReading",
    "NothingCorrected",
    "PersonaPipeline",
    "PromptLimits",
    "Run",
    "SteppedDown",
    "Turn",
    "TurnId",
    "TurnNotFound",
    "correction_of",
]
