"""Batches: many messages at once, answered in the background, line by line."""

from ion.batches.batch import (
    Batch,
    BatchCursor,
    BatchId,
    BatchNotFound,
    BatchStatus,
    BatchTooLong,
    Claimed,
    Line,
    Result,
    SentUnder,
    TooManyBatches,
    new_batch,
)
from ion.batches.broker import Bell
from ion.batches.queue import BatchQueue
from ion.batches.store import BatchStore, erase_batches
from ion.batches.worker import Answered, BatchWorker

__all__ = [
    "Answered",
    "Batch",
    "BatchCursor",
    "BatchId",
    "BatchNotFound",
    "BatchQueue",
    "BatchStatus",
    "BatchStore",
    "BatchTooLong",
    "BatchWorker",
    "Bell",
    "Claimed",
    "Line",
    "Result",
    "SentUnder",
    "TooManyBatches",
    "erase_batches",
    "new_batch",
]
