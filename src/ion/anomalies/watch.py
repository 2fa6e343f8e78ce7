"""Takes note of what happens at the doors, and has the audit log say what is out of the ordinary."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from ion.anomalies.kinds import SEVERITIES, Anomaly, Thresholds
from ion.anomalies.lately import Lately
from ion.audit import ANONYMOUS, NOTHING, Action, AuditEvent, AuditLog, Outcome, Target
from ion.clock import Clock
from ion.monitoring import log

# Of somebody who comes from so many networks a further one tells nothing: telephones get others all day long.
_ON_THE_MOVE = 8
_TOLD_ONCE_IN = {Anomaly.NEW_NETWORK: timedelta(days=1)}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Watch:
    """Counts in this process; several processes tell the same once, as they look into the same log."""

    audit: AuditLog
    lately: Lately
    thresholds: Thresholds
    clock: Clock
    _numbers: Callable[[], int] = count().__next__

    async def signed_in(self, event: AuditEvent) -> None:
        """Tell of somebody who signs in from where they never did; called before that is recorded as `event`."""
        user = event.target.id
        if not await self.audit.was_seen(replace(event, action=Action.SIGN_IN)):
            if await self.audit.store.networks_of(user) >= _ON_THE_MOVE:
                return
            if self.lately.add(f"{Anomaly.NEW_NETWORK}:{user}", event.network or "", threshold=1):
                await self._tell(Anomaly.NEW_NETWORK, replace(event, details={}), 1)

    async def refused_sign_in(self, event: AuditEvent) -> None:
        """Count a sign-in that was refused; tries with one account are one, those with none count each."""
        account = event.target.id or f"none:{self._numbers()}"
        found = AuditEvent(event.action, actor=ANONYMOUS, network=event.network)
        await self._count(Anomaly.SPRAYING, event.network or "", account, found)

    async def bad_key(self, network: str) -> None:
        """Count a key or token that does not hold."""
        found = AuditEvent(Action.KEY_REFUSED, actor=ANONYMOUS, network=network)
        await self._count(Anomaly.BAD_KEYS, network, str(self._numbers()), found)

    async def used(self, key: str, *, user: str, organisation: str, network: str) -> None:
        """Count from where a key or a token is used; `key` is the id of either."""
        await self._count(Anomaly.MANY_NETWORKS, key, network, _about(user, organisation))

    async def denied(self, user: str, *, organisation: str) -> None:
        """Count what somebody asked for who may not have it, or that is not there for them."""
        await self._count(Anomaly.DENIALS, user, str(self._numbers()), _about(user, organisation))

    async def asked_for(self, conversation: str, user: str, *, organisation: str) -> None:
        """Count which conversations somebody asks for."""
        await self._count(Anomaly.WALKING, user, conversation, _about(user, organisation))

    async def _count(self, anomaly: Anomaly, subject: str, thing: str, event: AuditEvent) -> None:
        threshold = self.thresholds.of(anomaly)
        if found := self.lately.add(f"{anomaly}:{subject}", thing, threshold=threshold):
            await self._tell(anomaly, event, found)

    async def _tell(self, anomaly: Anomaly, event: AuditEvent, found: int) -> None:
        details = {"count": found, "severity": SEVERITIES[anomaly].value}
        told = replace(event, action=Action(anomaly), outcome=Outcome.FAILED, details=details)
        since = self.clock() - _TOLD_ONCE_IN.get(anomaly, _HOUR)
        if not await self.audit.was_seen(told, since=since):
            log.warning("security.noticed", anomaly=anomaly.value, severity=SEVERITIES[anomaly].value, count=found)
            await self.audit.note(told)


def _about(user: str, organisation: str) -> AuditEvent:
    target = Target("user", user) if user else NOTHING
    return AuditEvent(Action.PERMISSION_DENIED, organisation, target=target)
