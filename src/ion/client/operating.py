"""How ION is, as values."""

from collections.abc import Mapping
from datetime import datetime

from ion.client.values import Value


class Health(Value):
    """How ION is: `operational`, `degraded` or `down`, and whether what it depends on answers."""

    healthy: bool
    service_status: str
    dependencies: Mapping[str, bool]
    engine: str
    version: str
    timestamp: datetime


class ModelStatus(Value):
    """A language model; its breaker is `open` while it is left alone, for `retry_after` seconds more."""

    name: str
    breaker: str
    retry_after: float | None


class EngineStatus(Value):
    """What writes replies while all is well, and the language models, the preferred one first."""

    name: str
    models: tuple[ModelStatus, ...]


class ReplyRoom(Value):
    """How many replies are being written, and how many more could be begun now."""

    writing: int
    room_left: int
    limit: int


class RecentRequests(Value):
    """Requests that were answered in the last `seconds`, and those answered with 5xx."""

    seconds: int
    total: int
    failed: int


class Status(Value):
    """How ION is and has been; `error_rate` is the share of `requests` that failed, 0 to 1."""

    status: str
    version: str
    timestamp: datetime
    uptime_ms: int
    error_rate: float
    requests: RecentRequests
    engine: EngineStatus
    replies: ReplyRoom
