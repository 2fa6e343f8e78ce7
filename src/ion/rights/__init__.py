"""What everybody may ask of ION about themselves."""

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
    "Eraser",
    "Erasure",
    "ErasureBegun",
    "ErasureNotFound",
    "ErasureStore",
    "Erasures",
    "Export",
    "ExportStore",
    "Exports",
    "Receipt",
    "Retention",
    "Stop",
]
