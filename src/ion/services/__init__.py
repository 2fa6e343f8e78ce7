"""The composition root: opens everything once, in order, and closes it in reverse; every door and test uses it."""

from ion.services.kept import Kept, accounts_in, batches_in, erasures_in, exports_in, master_source, new_id, open_kept
from ion.services.limits import Limits
from ion.services.mind import Mind, embedding_of, load_mind, load_reader
from ion.services.opening import Services, configured_model, open_services
from ion.services.provider import registration_in

__all__ = [
    "Kept",
    "Limits",
    "Mind",
    "Services",
    "accounts_in",
    "batches_in",
    "configured_model",
    "embedding_of",
    "erasures_in",
    "exports_in",
    "load_mind",
    "load_reader",
    "master_source",
    "new_id",
    "open_kept",
    "open_services",
    "registration_in",
]
