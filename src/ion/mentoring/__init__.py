"""One turn of a conversation, from message to reply, and the conversations that turns make up."""

from ion.mentoring.asking import Ask
from ion.mentoring.bulk import Bulk
from ion.mentoring.conversation import (
    LOCAL,
    NOBODY,
    Conversation,
    ConversationId,
    Draft,
    EngineUsed,
    OwnerId,
    Turn,
    TurnId,
)
from ion.mentoring.correction import Correction, NothingCorrected, correction_of
from ion.mentoring.council import BadMentors, Contribution, Council, Counsel, Mode, Question
from ion.mentoring.danger import danger_in
from ion.mentoring.engine import Engine, PromptLimits, SteppedDown
from ion.mentoring.erasing import erase_conversations, erase_idle
from ion.mentoring.feedback import (
    MAX_FEEDBACK_CHARS,
    REASONS_FOR,
    BadFeedback,
    Feedback,
    FeedbackReason,
    Thumb,
    feedback_of,
)
from ion.mentoring.feedback_store import FeedbackStore
from ion.mentoring.history import UNDO_FOR, History, Listed
from ion.mentoring.pipeline import HumanContact, PersonaPipeline
from ion.mentoring.recommending import Recommendation, recommend
from ion.mentoring.run import Run
from ion.mentoring.sealer import Sealer
from ion.mentoring.sealing_store import Resealed, Sealed, SealingStore, has_rows
from ion.mentoring.search import MOST_RESULTS, Found, Marked, Passage
from ion.mentoring.store import BadCursor, ConversationNotFound, ConversationStore, Cursor
from ion.mentoring.titles import BadTitle
from ion.mentoring.transcript import Transcript
from ion.mentoring.turn_store import Corrected, NoReading, NotTheLast, StillWriting, TurnNotFound, TurnStore
from ion.mentoring.writer import TooManyReplies, Writer

__all__ = [
    "LOCAL",
    "MAX_FEEDBACK_CHARS",
    "MOST_RESULTS",
    "NOBODY",
    "REASONS_FOR",
    "UNDO_FOR",
    "Ask",
    "BadCursor",
    "BadFeedback",
    "BadMentors",
    "BadTitle",
    "Bulk",
    "Contribution",
    "Conversation",
    "ConversationId",
    "ConversationNotFound",
    "ConversationStore",
    "Corrected",
    "Correction",
    "Council",
    "Counsel",
    "Cursor",
    "Draft",
    "Engine",
    "EngineUsed",
    "Feedback",
    "FeedbackReason",
    "FeedbackStore",
    "Found",
    "History",
    "HumanContact",
    "Listed",
    "Marked",
    "Mode",
    "NoReading",
    "NotTheLast",
    "NothingCorrected",
    "OwnerId",
    "Passage",
    "PersonaPipeline",
    "PromptLimits",
    "Question",
    "Recommendation",
    "Resealed",
    "Run",
    "Sealed",
    "Sealer",
    "SealingStore",
    "SteppedDown",
    "StillWriting",
    "Thumb",
    "TooManyReplies",
    "Transcript",
    "Turn",
    "TurnId",
    "TurnNotFound",
    "TurnStore",
    "Writer",
    "correction_of",
    "danger_in",
    "erase_conversations",
    "erase_idle",
    "feedback_of",
    "has_rows",
    "recommend",
]
