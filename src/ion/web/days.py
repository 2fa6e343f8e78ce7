"""Conversations by the day they were last added to."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from ion.mentoring import Conversation

Day = Literal["today", "yesterday", "earlier"]


def by_day(conversations: Iterable[Conversation], *, now: datetime) -> Iterator[tuple[Day, list[Conversation]]]:
    """Group conversations, which come newest first; days are those of the time zone of `now`."""
    for day, group in groupby(conversations, key=lambda conversation: _day_of(conversation.updated_at, now)):
        yield day, list(group)


def _day_of(moment: datetime, now: datetime) -> Day:
    date = moment.astimezone(now.tzinfo).date()
    if date >= now.date():
        return "today"
    return "yesterday" if date == now.date() - timedelta(days=1) else "earlier"
