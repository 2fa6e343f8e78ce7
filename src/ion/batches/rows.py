"""Batches as values and as rows."""

from ion.accounts import OrganisationId, UserId
from ion.batches.batch import Batch, BatchId, BatchStatus, Claimed, Line
from ion.batches.models import BatchLineRow, BatchRow
from ion.sealing import OwnerKeys, Place

_LINE = BatchLineRow.__tablename__


def batch_of(row: BatchRow) -> Batch:
    """Return the batch of a row."""
    return Batch(
        id=BatchId(row.id),
        owner=UserId(row.owner_id),
        organisation=OrganisationId(row.organisation_id),
        status=BatchStatus(row.status),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        total=row.total,
        done=row.done,
        failed=row.failed,
    )


def ask_place(batch: BatchId, number: int) -> Place:
    """Return where what a line asks is kept."""
    return Place(_LINE, f"{batch}/{number}", "ask")


def result_place(batch: BatchId, number: int) -> Place:
    """Return where what came of a line is kept."""
    return Place(_LINE, f"{batch}/{number}", "result")


def line_values(batch: Batch, line: Line, keys: OwnerKeys) -> dict[str, object]:
    """Return the columns of a new line."""
    is_done = line.result is not None
    return {
        "batch_id": batch.id,
        "number": line.number,
        "sealed_ask": None if line.ask is None else keys.seal(line.ask, ask_place(batch.id, line.number)),
        "sealed_result": None if line.result is None else keys.seal(line.result, result_place(batch.id, line.number)),
        "tries": 0,
        "done_at": batch.created_at if is_done else None,
    }


def claimed_of(batch: BatchRow, line: BatchLineRow, ask: str | None) -> Claimed:
    """Return a line to do."""
    return Claimed(
        BatchId(batch.id), UserId(batch.owner_id), OrganisationId(batch.organisation_id), line.number, line.tries, ask
    )
