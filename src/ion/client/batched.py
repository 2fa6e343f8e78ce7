"""Batches, and what came of their lines, as values."""

from datetime import datetime
from typing import Literal

from ion.client.values import ErrorDetail, Processed, Value

BatchStatus = Literal["queued", "running", "done", "cancelled", "failed"]


class Batch(Value):
    """Many messages sent at once: of `total` lines `done` were answered and `failed` could not be.

    What came of it can be fetched until `kept_until`, which is known once it has ended.
    """

    id: str
    status: BatchStatus
    total: int
    done: int
    failed: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    kept_until: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None


class BatchPage(Value):
    """Batches, the newest first; `next`, given as `before`, leads to those that follow."""

    items: tuple[Batch, ...]
    next: str | None


class Problem(Value):
    """Why a line was not answered; `status` is what it would be on its own."""

    type: str
    title: str
    status: int
    detail: str
    success: bool
    error: ErrorDetail
    request_id: str
    timestamp: datetime


class BatchResult(Value):
    """What came of a line, counted from 1: its answer, or the problem that kept it from being answered."""

    line: int
    custom_id: str | None
    response: Processed | None
    error: Problem | None
