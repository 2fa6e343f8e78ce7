"""One turn of a conversation, from message to reply, and the conversations that turns make up."""

from ion.mentoring.asking import Ask
from ion.mentoring.conversation import Conversation, ConversationId, Draft, EngineUsed, Turn, TurnId
from ion.mentoring.correction import Correction, NothingCorrected, correction_of
from ion.mentoring.engine import Engine, PromptLimits, SteppedDown
from ion.mentoring.history import UNDO_FOR, History, Listed
from ion.mentoring.pipeline import HumanContact, KeyReused, PersonaPipeline
from ion.mentoring.run import Run
from ion.mentoring.search import MOST_RESULTS, Found, Marked, Passage
from ion.mentoring.store import BadCursor, ConversationNotFound, ConversationStore, Cursor
from ion.mentoring.titles import BadTitle
from ion.mentoring.transcript import Transcript
from ion.mentoring.turn_store import Corrected, NoReading, NotTheLast, StillWriting, TurnNotFound, TurnStore
from ion.mentoring.writer import TooManyReplies, Writer

__all__ = [
    "MOST_RESULTS",
    "UNDO_FOR",
    "Ask",
    "BadCursor",
    "BadTitle",
    "Conversation",
    "ConversationId",
    "ConversationNotFound",
    "ConversationStore",
    "Corrected",
    "Correction",
    "Cursor",
    "Draft",
    "Engine",
    "EngineUsed",
    "Found",
    "History",
    "HumanContact",
    "KeyReused",
    "Listed",
    "Marked",
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
    "Transcript",
    "Turn",
    "TurnId",
    "TurnNotFound",
    "TurnStore",
    "Writer",
    "correction_of",
]
