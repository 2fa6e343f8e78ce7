"""Whoever the client speaks for, as values."""

from collections.abc import Mapping
from datetime import datetime

from ion.client.values import Value


class Erasure(Value):
    """When everything that is kept of the caller is erased; `receipt` is what to look it up by afterwards."""

    asked_at: datetime
    due_at: datetime
    receipt: str


class Oneself(Value):
    """The caller; `erasure` is there once they have asked to be erased.

    `keep_conversations_days` after its last message their organisation has a conversation erased; None for never.
    """

    id: str
    email: str
    name: str
    language: str
    role: str
    organisation: str
    created_at: datetime
    keep_conversations_days: int | None
    erasure: Erasure | None


class ErasureReceipt(Value):
    """What was erased, by kind; all of it once there is a `done_at`."""

    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    erased: Mapping[str, int]


class ExportProgress(Value):
    """An export that is being prepared; `progress` is between 0 and 1."""

    asked_at: datetime
    progress: float


class Consent(Value):
    """What one said to a text: `version` is that of the text as it is now, `given_version` of the one that was read."""

    purpose: str
    optional: bool
    version: int
    given: bool
    given_version: int | None
    given_at: datetime | None
    withdrawn_at: datetime | None
    language: str | None


class Consents(Value):
    """What one said to each text."""

    items: tuple[Consent, ...]
