"""Where something is kept of people: the one list of what erases it."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from ion.accounts import UserId, erase_account
from ion.batches import erase_batches
from ion.mentoring import OwnerId, erase_conversations
from ion.rights.consent_store import erase_consents
from ion.rights.erasure_store import Eraser
from ion.rights.export_store import erase_exports


async def conversations(session: AsyncSession, user: UserId) -> Mapping[str, int]:
    """Erase somebody's conversations."""
    return await erase_conversations(session, OwnerId(user))


# In this order. A part of ION that keeps something with a user's id, address or name in it adds a function here, and
# its table below: its rows are erased, or say something else in the user's place.
ERASERS: tuple[Eraser, ...] = (erase_exports, erase_batches, erase_consents, erase_account, conversations)

# The tables in which a user's id, address or name is. What is in `turn`, `corrections`, `feedback` and `batch_line`
# names nobody, and is sealed with keys that are gone.
NAMING = (
    "user",
    "session",
    "token_family",
    "api_key",
    "recovery_code",
    "identity",
    "invitation",
    "sign_in_failure",
    "conversation",
    "export",
    "consent",
    "batch",
    "erasure",
    "audit_name",
)
