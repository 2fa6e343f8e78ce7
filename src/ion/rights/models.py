"""The tables of people's rights."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
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
    organisation_id: Mapped[str] = mapped_column(String(36))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    erased: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class ConsentRow(Row):
    """What somebody acknowledged or agreed to; `version` is that of the text, `language` the one they read it in."""

    __tablename__ = "consent"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=String(36), index=True)
    purpose: Mapped[str] = mapped_column(String(31))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    network: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ExportRow(Row):
    """Somebody's export: asked for, held by whoever prepares it, and ready."""

    __tablename__ = "export"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), type_=String(36), unique=True)
    organisation_id: Mapped[str] = mapped_column(String(36))
    asked_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0)


class ExportPartRow(Row):
    """A piece of an export, sealed with its owner's key."""

    __tablename__ = "export_part"

    export_id: Mapped[str] = mapped_column(
        ForeignKey("export.id", ondelete="CASCADE"), type_=String(36), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
