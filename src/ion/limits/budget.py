"""How many tokens an organisation may have language models read and write in a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date

from ion.clock import Clock
from ion.limits.allowances import Allowances, organisation_subject
from ion.limits.token_store import TokenStore
from ion.monitoring import log

_LOCAL = "local"
# A reply is written by a task that was begun within the request, and so knows for whom.
_spender: ContextVar[str] = ContextVar("spender", default=_LOCAL)


@contextmanager
def spending_for(organisation: str) -> Iterator[None]:
    """Let what is asked of language models within this block be the organisation's."""
    token = _spender.set(organisation)
    try:
        yield
    finally:
        _spender.reset(token)


@dataclass(frozen=True, slots=True)
class Budget:
    """Counts tokens by organisation and day (UTC), in the database, so that a restart forgets nothing.

    `a_day` is for organisations without a number of their own; None for any number. What is asked at the same time is
    counted when it is answered, so the last replies of a day may go over it by what they take.
    """

    store: TokenStore
    allowances: Allowances
    a_day: int | None
    clock: Clock

    async def is_spent(self) -> bool:
        """Tell whether the organisation has used up its day."""
        organisation = _spender.get()
        own = (await self.allowances.of(organisation_subject(organisation))).tokens_a_day
        limit = self.a_day if own is None else own
        return limit is not None and await self.store.used(organisation, self._today) >= limit

    async def spend(self, tokens: int) -> None:
        """Count tokens; a reply that is there is not lost over it where that fails."""
        try:
            await self.store.add(_spender.get(), self._today, tokens)
        except Exception as error:
            log.error("budget.not_counted", kind=type(error).__name__)

    @property
    def _today(self) -> date:
        return self.clock().astimezone(UTC).date()
