"""The tables of people's rights."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ion.db import Row


class ErasureRow(Row):
    """Somebody who asked to be erased, until they are; from then on a receipt that names nobody.

    It is found by the digest of the receipt's secret. `receipt`, the secret, and `user_id` are there as long as there
    is somebody to show them to. `done_at` is set once the files of the database are written anew, too.
    """

    __tablename__ = "erasure"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    receipt: Mapped[str | None] = mapped_column(String(64))
    user_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
