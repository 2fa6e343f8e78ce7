from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ion.language import Language
from ion.mentoring import Conversation, ConversationId
from ion.web.days import Period, by_day
from ion.web.texts import load_texts

SEOUL = timezone(timedelta(hours=9))
NOON = datetime(2026, 3, 2, 12, tzinfo=SEOUL)  # a Monday
TODAY = Period("today", date(2026, 3, 2))
YESTERDAY = Period("yesterday", date(2026, 3, 1))
TEXTS = load_texts()


def added_to(moment: datetime) -> Conversation:
    return Conversation(ConversationId(moment.isoformat()), moment, moment, "ko", "제목", None, ())


def periods_of(*moments: datetime) -> list[Period]:
    return [period for period, _ in by_day(map(added_to, moments), now=NOON)]


class TestByDay:
    def test_groups_in_the_order_given(self) -> None:
        ages = [timedelta(), timedelta(hours=3), timedelta(days=1), timedelta(days=9), timedelta(days=12)]
        conversations = [added_to(NOON - age) for age in ages]

        groups = [list(group) for _, group in by_day(conversations, now=NOON)]

        assert groups == [conversations[:2], conversations[2:3], conversations[3:]]

    @pytest.mark.parametrize(
        ("days_ago", "period"),
        [
            (0, TODAY),
            (1, YESTERDAY),
            (2, Period("day", date(2026, 2, 28))),
            (6, Period("day", date(2026, 2, 24))),
            # The same day of the week as today belongs to no week that is still going on.
            (7, Period("month", date(2026, 2, 1))),
            (30, Period("month", date(2026, 1, 1))),
            (365, Period("month", date(2025, 3, 1))),
        ],
    )
    def test_a_week_is_by_day_and_what_is_older_by_month(self, days_ago: int, period: Period) -> None:
        assert periods_of(NOON - timedelta(days=days_ago)) == [period]

    def test_the_same_month_of_two_years_is_two(self) -> None:
        assert len(periods_of(NOON - timedelta(days=30), NOON - timedelta(days=395))) == 2

    def test_days_are_the_readers(self) -> None:
        just_after_midnight_in_seoul = datetime(2026, 3, 1, 15, 1, tzinfo=UTC)
        just_before = datetime(2026, 3, 1, 14, 59, tzinfo=UTC)

        assert periods_of(just_after_midnight_in_seoul, just_before) == [TODAY, YESTERDAY]

    def test_a_clock_that_went_back_leaves_it_today(self) -> None:
        assert periods_of(NOON + timedelta(days=1), NOON) == [TODAY]

    def test_nothing_is_in_no_period(self) -> None:
        assert periods_of() == []


class TestHeading:
    @pytest.mark.parametrize(
        ("period", "language", "heading"),
        [
            (TODAY, "ko", "오늘"),
            (TODAY, "en", "Today"),
            (YESTERDAY, "ko", "어제"),
            (YESTERDAY, "en", "Yesterday"),
            (Period("day", date(2026, 2, 25)), "ko", "2월 25일 수요일"),
            (Period("day", date(2026, 2, 25)), "en", "Wednesday 25 February"),
            (Period("month", date(2025, 10, 1)), "ko", "2025년 10월"),
            (Period("month", date(2025, 10, 1)), "en", "October 2025"),
        ],
    )
    def test_is_in_the_readers_language(self, period: Period, language: Language, heading: str) -> None:
        assert period.heading(TEXTS[language]) == heading
