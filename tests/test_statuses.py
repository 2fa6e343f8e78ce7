import pytest

from ion.errors import Conflict, Forbidden, Invalid, IonError, Misconfigured, NotFound, TooLarge, Unavailable
from ion.mentoring import ConversationNotFound
from ion.statuses import status_of


class TestStatus:
    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            (Invalid, 422),
            (TooLarge, 413),
            (NotFound, 404),
            (Conflict, 409),
            (Forbidden, 403),
            (Unavailable, 503),
            (Misconfigured, 500),
            (IonError, 500),
            (ConversationNotFound, 404),
        ],
    )
    def test_goes_by_the_nearest_kind(self, kind: type[IonError], status: int) -> None:
        assert status_of(kind("Something.")) == status
