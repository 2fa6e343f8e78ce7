"""Erasing conversations that are older than their organisation keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ion.accounts import Accounts, Organisation
from ion.audit import Action, AuditEvent, AuditLog, Target
from ion.clock import Clock
from ion.db import Database
from ion.mentoring import OwnerId, erase_idle
from ion.monitoring import log
from ion.rounds import go_round

_BETWEEN_ROUNDS = timedelta(hours=1)
# So many people are looked at, and conversations erased, in one transaction: others want to write, too.
_PEOPLE_AT_ONCE, _ERASED_AT_ONCE = 500, 200


@dataclass(frozen=True, slots=True)
class Retention:
    """Erases conversations whose last message is older than their organisation keeps them."""

    database: Database
    accounts: Accounts
    audit: AuditLog
    clock: Clock

    async def round(self) -> int:
        """Erase what is too old; return how many conversations that were. An organisation that fails holds up none."""
        count = 0
        for organisation in await self.accounts.organisations.all():
            if (days := organisation.keep_days) is None:
                continue
            try:
                count += await self._erase(organisation, days)
            except Exception as error:
                log.error("retention.failed", kind=type(error).__name__)
        return count

    async def keep_on(self, *, every: timedelta = _BETWEEN_ROUNDS) -> None:
        """Make a round now and from time to time, until cancelled."""
        await go_round(self.round, every=every, name="retention")

    async def _erase(self, organisation: Organisation, days: int) -> int:
        before, total = self.clock() - timedelta(days=days), 0
        people = [OwnerId(user.id) for user in await self.accounts.users.of(organisation.id)]
        for start in range(0, len(people), _PEOPLE_AT_ONCE):
            some = people[start : start + _PEOPLE_AT_ONCE]
            while count := await self._erase_some(organisation, some, before, days):
                total += count
                if count < _ERASED_AT_ONCE:
                    break
        return total

    async def _erase_some(
        self, organisation: Organisation, owners: Sequence[OwnerId], before: datetime, days: int
    ) -> int:
        """Erase a few, and record how many: both, or neither."""
        async with self.audit.transaction():
            async with self.database.transaction() as session:
                count = await erase_idle(session, owners, before=before, most=_ERASED_AT_ONCE)
            if count:
                target, details = Target("organisation", organisation.id), {"count": count, "days": days}
                await self.audit.record(
                    AuditEvent(Action.CONVERSATIONS_EXPIRED, organisation.id, target=target, details=details)
                )
        return count
