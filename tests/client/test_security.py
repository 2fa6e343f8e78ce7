"""What was out of the ordinary, asked for by both clients."""

from datetime import UTC, datetime

from ion.client import SecurityEvent
from tests.client.both import Asking, asking
from tests.servers.misbehaving import Raw, misbehaving_server

EVENT = """{"number": 7, "at": "2026-03-01T09:30:00Z", "kind": "security.denials", "severity": "medium", "count": 30,
"user": null, "network": "203.0.113.0/24"}"""


class TestEvents:
    def test_are_none_where_nothing_was_noticed(self, asked: Asking) -> None:
        found = asked.do(asked.ion.security.events())

        assert (found.items, found.next) == ((), None)

    def test_are_asked_for_page_by_page(self) -> None:
        since = datetime(2026, 3, 1, tzinfo=UTC)
        with misbehaving_server(Raw(200, f'{{"items": [{EVENT}], "next": 7}}')) as server:
            with asking("Ion", server.address) as client:
                found = client.do(client.ion.security.events(limit=1, before=9, since=since))
            (path,) = (request.path for request in server.requests)

        assert path == "/api/v2/security-events?limit=1&before=9&since=2026-03-01T00%3A00%3A00%2B00%3A00"
        assert found.next == 7
        assert found.items == (
            SecurityEvent(
                number=7,
                at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
                kind="security.denials",
                severity="medium",
                count=30,
                user=None,
                network="203.0.113.0/24",
            ),
        )
