"""What a batch is, and how far it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType, Self

from ion.accounts import OrganisationId, UserId
from ion.errors import Invalid, NotFound, TooLarge, TooMany

BatchId = NewType("BatchId", str)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"(\d{1,17})-([\w-]{1,36})", re.ASCII)


class BatchNotFound(NotFound):
    """The caller has no batch with this id; its results may have been erased."""

    code = "batch_not_found"


class TooManyBatches(TooMany):
    """The caller has as many batches that have not ended as they may."""

    code = "too_many_batches"


class BatchTooLong(TooLarge):
    """A batch has more lines, or more bytes, than ION takes."""

    code = "batch_too_long"


class BadBatchCursor(Invalid):
    """This is no place in the list of batches."""

    code = "bad_batch_cursor"


class BatchStatus(StrEnum):
    """How far a batch is; the last three are its end. `failed` is one of whose lines not a single one was answered."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Batch:
    """Many messages of one owner. Of its lines, `done` were answered, and `failed` could not be."""

    id: BatchId
    owner: UserId
    organisation: OrganisationId
    status: BatchStatus
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    total: int
    done: int
    failed: int

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a new batch: what is asked, or at once what came of it, where it cannot be read."""

    number: int
    ask: str | None = field(repr=False)
    result: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a line, as the door that answered it says it."""

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A line that is this process's to do; `tries` counts from 1. `ask` is None where it cannot be opened any more."""

    batch: BatchId
    owner: UserId
    organisation: OrganisationId
    number: int
    tries: int
    ask: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentUnder:
    """The key under which a batch was sent, and what tells whether it is the same when it is sent again."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class BatchCursor:
    """A place in the list of batches, the newest first: behind the one that was sent at this moment and has this id."""

    at: datetime
    batch: BatchId

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.batch}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor that is written like this.

        Raises:
            BadBatchCursor: none is.
        """
        written = _CURSOR.fullmatch(text)
        if written is None:
            raise BadBatchCursor("This is no place in the list of batches; take `next` of an answer.", field="before")
        return cls(_EPOCH + int(written[1]) * _MICROSECOND, BatchId(written[2]))


def new_batch(
    batch_id: BatchId, owner: UserId, organisation: OrganisationId, lines: Sequence[Line], *, at: datetime
) -> Batch:
    """Return a batch of these lines that nobody has begun with."""
    bad = sum(line.ask is None for line in lines)
    return Batch(batch_id, owner, organisation, BatchStatus.QUEUED, at, None, None, len(lines), 0, bad)


def ended_as(*, total: int, failed: int) -> BatchStatus:
    """Return how a batch ends of which every line was tried."""
    return BatchStatus.FAILED if failed == total else BatchStatus.DONE


def no_batch() -> BatchNotFound:
    """Return the error for a batch that is not there, or not the caller's."""
    return BatchNotFound("You have no batch with this id; results are erased after some days.")
