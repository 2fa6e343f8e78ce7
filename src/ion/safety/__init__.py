"""Before anything else: messages in danger get help lines, attacks are flagged; after it, replies are guarded."""

from ion.safety.help import CrisisReply, HelpLine, crisis_reply
from ion.safety.injection import InjectionKind
from ion.safety.replies import REMOVED, Guard, GuardedModel, Removed, Told
from ion.safety.rules import BadRule
from ion.safety.screening import CrisisReason, Screener, Screening, load_screener

__all__ = [
    "REMOVED",
    "BadRule",
    "CrisisReason",
    "CrisisReply",
    "Guard",
    "GuardedModel",
    "HelpLine",
    "InjectionKind",
    "Removed",
    "Screener",
    "Screening",
    "Told",
    "crisis_reply",
    "load_screener",
]
