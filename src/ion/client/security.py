"""Access that was out of the ordinary, for whoever looks after an organisation."""

from datetime import datetime

from ion.client.call import Call
from ion.client.outcomes import as_a
from ion.client.values import Value
from ion.client.verbs import L, Resource, verb


class SecurityEvent(Value):
    """What was noticed, how often until then, and of whom; `network` is never a full address."""

    number: int
    at: datetime
    kind: str
    severity: str
    count: int
    user: str | None
    network: str | None


class SecurityEvents(Value):
    """Security events, the newest first; `next`, given as `before`, leads to those that follow."""

    items: tuple[SecurityEvent, ...]
    next: int | None


class Security(Resource[L]):
    """What was noticed in one's own organisation; takes `audit.read`."""

    @verb
    def events(
        self, *, limit: int = 50, before: int | None = None, since: datetime | None = None
    ) -> Call[SecurityEvents]:
        """Return the newest events, or those that follow."""
        query: dict[str, str | int] = {"limit": limit}
        if before is not None:
            query["before"] = before
        if since is not None:
            query["since"] = since.isoformat()
        return Call("GET", "/security-events", as_a(SecurityEvents), query=query, repeatable=True)
