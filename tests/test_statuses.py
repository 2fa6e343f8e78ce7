import pytest

from ion.errors import (
    Conflict,
    Forbidden,
    Invalid,
    IonError,
    Misconfigured,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from ion.mentoring import ConversationNotFound, TooManyReplies
from ion.statuses import retry_after, status_of


class TestStatus:
    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            (Invalid, 422),
            (TooLarge, 413),
            (NotFound, 404),
            (Conflict, 409),
            (Unauthenticated, 401),
            (Forbidden, 403),
            (Unavailable, 503),
            (Misconfigured, 500),
            (IonError, 500),
            (ConversationNotFound, 404),
        ],
    )
    def test_goes_by_the_nearest_kind(self, kind: type[IonError], status: int) -> None:
        assert status_of(kind("Something.")) == status

    @pytest.mark.parametrize("kind", [TooMany, TooManyReplies])
    def test_of_too_much_is_429(self, kind: type[TooMany]) -> None:
        assert status_of(kind("Slowly.", 7)) == 429


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("error", "seconds"),
        [
            (TooMany("Slowly.", 7), 7),
            (TooManyReplies("Slowly.", 1), 1),
            (Unavailable("Away."), 5),
            (Conflict("Taken."), None),
            (IonError("Broken."), None),
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_is_known_where_waiting_helps(self, error: IonError, seconds: int | None) -> None:
        assert retry_after(error) == seconds
