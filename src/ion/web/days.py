"""Conversations by when they were last added to: by day for a week, then by month."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from ion.mentoring import Conversation
from ion.web.texts import Texts

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month in the list of conversations; `begins` is its first day."""

    kind: Literal["today", "yesterday", "day", "month"]
    begins: date

    def heading(self, texts: Texts) -> str:
        """Return what stands above the conversations of this period."""
        if self.kind == "day":
            return texts.day(self.begins)
        return texts.month(self.begins) if self.kind == "month" else texts(f"list.{self.kind}")


def by_day(conversations: Iterable[Conversation], *, now: datetime) -> Iterator[tuple[Period, list[Conversation]]]:
    """Group conversations, which come newest first; days are those of the time zone of `now`."""
    for period, group in groupby(conversations, key=lambda conversation: _period_of(conversation.updated_at, now)):
        yield period, list(group)


def _period_of(moment: datetime, now: datetime) -> Period:
    # A clock that was set back leaves conversations in the future; they are today's.
    day = min(moment.astimezone(now.tzinfo).date(), now.date())
    days_ago = (now.date() - day).days
    if days_ago >= _WEEK:
        return Period("month", day.replace(day=1))
    return Period("today" if days_ago == 0 else "yesterday" if days_ago == 1 else "day", day)
