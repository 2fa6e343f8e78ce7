"""The tables of batches. What people wrote and were answered is in the columns that begin with `sealed_`."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ion.db import Row


class BatchRow(Row):
    """A batch, until the time for which results are kept is over. `served_at` is when a line of it was last taken."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_owner_id_request_key", "owner_id", "request_key", unique=True),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(36))
    organisation_id: Mapped[str] = mapped_column(String(36))
    status: Mapped[str] = mapped_column(String(9))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    served_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    total: Mapped[int]
    done: Mapped[int]
    failed: Mapped[int]
    request_key: Mapped[str | None] = mapped_column(String(64))
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class BatchLineRow(Row):
    """A line of a batch: what is asked until it is done, what came of it from then on.

    Until `held_until` it is being worked on by `holder`; `tries` tells how many have begun with it.
    """

    __tablename__ = "batch_line"

    batch_id: Mapped[str] = mapped_column(
        ForeignKey("batch.id", ondelete="CASCADE"), type_=String(36), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_ask: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_result: Mapped[bytes | None] = mapped_column(LargeBinary)
    holder: Mapped[str | None] = mapped_column(String(36))
    held_until: Mapped[datetime | None]
    tries: Mapped[int]
    done_at: Mapped[datetime | None]

    # The lines that are left to do, so that the next one is found at once however many are done.
    __table_args__ = (
        Index(
            "ix_batch_line_left",
            "batch_id",
            "number",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )
