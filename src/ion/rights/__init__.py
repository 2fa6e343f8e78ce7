"""What everybody may ask of ION about themselves."""

from ion.rights.consent import (
    OPTIONAL,
    VERSIONS,
    Consent,
    ConsentOutdated,
    NoticeNotAcknowledged,
    Purpose,
)
from ion.rights.consent_store import ConsentStore
from ion.rights.consents import Choice, Consents, check
from ion.rights.erasers import ERASERS
from ion.rights.erasure import Erasure, ErasureBegun, ErasureNotFound, Receipt
from ion.rights.erasure_store import Eraser, ErasureStore
from ion.rights.erasures import Erasures, Stop
from ion.rights.export_store import Export, ExportStore
from ion.rights.exports import KEPT_FOR, Exports
from ion.rights.retention import Retention

__all__ = [
    "ERASERS",
    "KEPT_FOR",
    "OPTIONAL",
    "VERSIONS",
    "Choice",
    "Consent",
    "ConsentOutdated",
    "ConsentStore",
    "Consents",
    "Eraser",
    "Erasure",
    "ErasureBegun",
    "ErasureNotFound",
    "ErasureStore",
    "Erasures",
    "Export",
    "ExportStore",
    "Exports",
    "NoticeNotAcknowledged",
    "Purpose",
    "Receipt",
    "Retention",
    "Stop",
    "check",
]
