"""Before anything else: messages in danger get help lines, and attacks on the mentor are flagged."""

from ion.safety.help import CrisisReply, HelpLine, crisis_reply
from ion.safety.injection import InjectionKind
from ion.safety.rules import BadRule
from ion.safety.screening import CrisisReason, Screener, Screening, load_screener

__all__ = [
    "BadRule",
    "CrisisReason",
    "CrisisReply",
    "HelpLine",
    "InjectionKind",
    "Screener",
    "Screening",
    "crisis_reply",
    "load_screener",
]
