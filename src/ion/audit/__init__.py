"""Who did what, when and from where: entries that are only ever added, each chained to the one before."""

from ion.audit.actions import MEANINGS, SECURITY, Action
from ion.audit.chain import Entry, Head
from ion.audit.event import ANONYMOUS, NOTHING, SYSTEM, Actor, ActorKind, AuditEvent, Outcome, Target, denial
from ion.audit.export import Document, csv_head, csv_lines, documents, documents_of, json_lines
from ion.audit.log import AuditLog, open_audit
from ion.audit.origin import Origin, acting, current_origin
from ion.audit.store import AuditBroken, AuditStore, Wanted
from ion.audit.verify import BadHead, Fault, Finding, Verified, head_of, verify

__all__ = [
    "ANONYMOUS",
    "MEANINGS",
    "NOTHING",
    "SECURITY",
    "SYSTEM",
    "Action",
    "Actor",
    "ActorKind",
    "AuditBroken",
    "AuditEvent",
    "AuditLog",
    "AuditStore",
    "BadHead",
    "Document",
    "Entry",
    "Fault",
    "Finding",
    "Head",
    "Origin",
    "Outcome",
    "Target",
    "Verified",
    "Wanted",
    "acting",
    "csv_head",
    "csv_lines",
    "current_origin",
    "denial",
    "documents",
    "documents_of",
    "head_of",
    "json_lines",
    "open_audit",
    "verify",
]
