"""Which persona should answer, and why."""

from ion.routing.reason import reason_for
from ion.routing.router import Choice, ResonanceRouter, score

__all__ = ["Choice", "ResonanceRouter", "reason_for", "score"]
