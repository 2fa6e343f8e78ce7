from datetime import UTC, datetime, timedelta, timezone

from ion.mentoring import Conversation, ConversationId
from ion.web.days import by_day

SEOUL = timezone(timedelta(hours=9))
NOON = datetime(2026, 3, 2, 12, tzinfo=SEOUL)


def added_to(moment: datetime) -> Conversation:
    return Conversation(ConversationId(moment.isoformat()), moment, moment, "ko", "제목", None, ())


class TestByDay:
    def test_groups_in_the_order_given(self) -> None:
        moments = [
            NOON,
            NOON - timedelta(hours=3),
            NOON - timedelta(days=1),
            NOON - timedelta(days=3),
            NOON - timedelta(days=40),
        ]

        days = [(day, len(group)) for day, group in by_day(map(added_to, moments), now=NOON)]

        assert days == [("today", 2), ("yesterday", 1), ("earlier", 2)]

    def test_days_are_the_readers(self) -> None:
        just_after_midnight_in_seoul = datetime(2026, 3, 1, 15, 1, tzinfo=UTC)
        just_before = datetime(2026, 3, 1, 14, 59, tzinfo=UTC)

        days = [day for day, _ in by_day(map(added_to, [just_after_midnight_in_seoul, just_before]), now=NOON)]

        assert days == ["today", "yesterday"]

    def test_a_clock_that_went_back_leaves_it_today(self) -> None:
        assert [day for day, _ in by_day([added_to(NOON + timedelta(days=1))], now=NOON)] == ["today"]
