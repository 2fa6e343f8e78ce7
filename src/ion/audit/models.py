"""The tables of the audit log."""

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ion.db import Row
from ion.sealing import KeyTable

_ALIAS = String(36)
_HASH = String(64)


class EntryRow(Row):
    """An entry; the database refuses to change or delete one."""

    __tablename__ = "audit_entry"

    # SQLite counts rows in an INTEGER alone.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    # Microseconds: a number is the same in every database, a moment is not.
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    action: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(16))
    organisation: Mapped[str] = mapped_column(_ALIAS)
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(_ALIAS, index=True)
    proof: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(_ALIAS)
    target_kind: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(64), index=True)
    network: Mapped[str] = mapped_column(_ALIAS, index=True)
    request_id: Mapped[str] = mapped_column(String(128))
    details: Mapped[str] = mapped_column(Text)
    key_version: Mapped[int]
    previous: Mapped[str] = mapped_column(_HASH)
    hash: Mapped[str] = mapped_column(_HASH)


class HeadRow(Row):
    """The one row that says how many entries there are, and the last one's hash; whoever appends locks it first."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(_HASH)


class NameRow(Row):
    """Whom or what an alias stands for; taken out when a person is erased, and never changed."""

    __tablename__ = "audit_name"

    alias: Mapped[str] = mapped_column(_ALIAS, primary_key=True)
    person: Mapped[str] = mapped_column(_ALIAS, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(255), index=True)
    key_version: Mapped[int]
    mac: Mapped[str] = mapped_column(_HASH)


class AnchorRow(KeyTable):
    """The head as it was a moment ago, kept with the data keys: apart from the log, wherever those are apart."""

    __tablename__ = "audit_anchor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entries: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(_HASH)
