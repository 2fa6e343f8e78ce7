"""The tables of conversations, and of what mentees say of how they were read and answered.

What people wrote is in the columns that begin with `sealed_`. The plain columns of the same names are empty, but in
rows that are older than sealing and were not sealed since: those have no `key_version`. Otherwise it is the oldest
version of the owner's keys with which a column of the row was sealed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, synonym

from ion.db import Row


class ConversationRow(Row):
    """A conversation; with `deleted_at` it is shown to nobody, and gone for good once the time for an undo is over.

    `titled` tells whether something has been said in it, which its title does not tell any more once it is sealed.
    """

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_owner_id_request_key", "owner_id", "request_key", unique=True),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(120), default="")
    persona: Mapped[str | None] = mapped_column(String(31))
    goals: Mapped[list[str]] = mapped_column(default=list)
    request_key: Mapped[str | None] = mapped_column(String(64))
    named: Mapped[bool] = mapped_column(default=False, server_default=false())
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    owner_id: Mapped[str] = mapped_column(String(36), server_default="local", index=True)
    titled: Mapped[bool] = mapped_column(default=False, server_default=false())
    key_version: Mapped[int | None] = mapped_column(index=True)
    sealed_title: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_goals: Mapped[bytes | None] = mapped_column(LargeBinary)


class TurnRow(Row):
    """A turn; its place in the conversation is unique, so that two at once cannot take the same one.

    So is its `request_key`, so that a message which is sent twice is kept once.
    """

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        Index("ix_turn_conversation_id_request_key", "conversation_id", "request_key", unique=True),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    position: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(2))
    crisis: Mapped[str | None] = mapped_column(String(31))
    injection: Mapped[str | None] = mapped_column(String(31))
    resonance_key: Mapped[str | None] = mapped_column(String(63))
    reading: Mapped[dict[str, Any]]
    persona: Mapped[str | None] = mapped_column(String(31))
    routing: Mapped[dict[str, Any]]
    reply: Mapped[str] = mapped_column(Text, default="")
    engine: Mapped[dict[str, Any]]
    request_key: Mapped[str | None] = mapped_column(String(64))
    again_of: Mapped[str | None] = mapped_column(String(36))
    earlier: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    key_version: Mapped[int | None] = mapped_column(index=True)
    sealed_message: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_earlier: Mapped[bytes | None] = mapped_column(LargeBinary)


class CorrectionRow(Row):
    """What a mentee says of how a turn's message was read; of each turn the last word alone."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint(
            "tone IS NOT NULL OR intent IS NOT NULL OR pace IS NOT NULL", name="ck_corrections_says_something"
        ),
    )

    turn_id: Mapped[str] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), type_=String(36), primary_key=True)
    tone: Mapped[str | None] = mapped_column(String(31))
    intent: Mapped[str | None] = mapped_column(String(31))
    pace: Mapped[str | None] = mapped_column(String(31))
    share: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class FeedbackRow(Row):
    """What a mentee thinks of a turn's reply; `reply_at` is when that reply was complete, and so tells which it was."""

    __tablename__ = "feedback"

    turn_id: Mapped[str] = mapped_column(ForeignKey("turn.id", ondelete="CASCADE"), type_=String(36), primary_key=True)
    thumb: Mapped[str] = mapped_column(String(4))
    reasons: Mapped[list[str]]
    text: Mapped[str | None] = mapped_column(Text)
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_version: Mapped[int | None] = mapped_column(index=True)
    given_at: Mapped[datetime]
    reply_at: Mapped[datetime]
    # As the other rows are called, whose texts are sealed.
    id = synonym("turn_id")
