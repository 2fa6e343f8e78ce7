"""The tables of limits."""

from datetime import date

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from ion.db import Row


class AllowanceRow(Row):
    """What an API key or an organisation may use, where it is not what everybody may; `subject` is `kind:id`."""

    __tablename__ = "allowance"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    per_minute: Mapped[int | None]
    tokens_a_day: Mapped[int | None] = mapped_column(BigInteger)


class TokensUsedRow(Row):
    """How many tokens an organisation used on a day, in UTC."""

    __tablename__ = "tokens_used"

    organisation: Mapped[str] = mapped_column(String(36), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    tokens: Mapped[int] = mapped_column(BigInteger)
