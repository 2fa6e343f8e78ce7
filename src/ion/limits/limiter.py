"""Who may ask once more: decided in this process first, and agreed on with the others where they share a Redis."""

import hashlib
import math
from dataclasses import dataclass

from ion.limits.agreement import Agreement
from ion.limits.classes import RateClass, amount_of
from ion.limits.refusing import RateLimited
from ion.limits.window import MovingWindow, Standing

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is let in, and where its sender stands after it."""

    kind: RateClass
    standing: Standing
    is_let_in: bool

    @property
    def retry_after(self) -> int:
        """In how many whole seconds one more is let in: never too early, never more than a second late."""
        return max(1, math.ceil(self.standing.next_in))

    def refusal(self) -> RateLimited:
        """Return the error for whoever is not let in."""
        limit, seconds = self.standing.limit, self.retry_after
        return RateLimited(f"These are more than {limit:,} requests a minute; come back in {seconds} seconds.", seconds)


@dataclass(slots=True)
class Limiter:
    """Lets in so many requests of each kind in any minute, for each subject; `per_minute` is the base figure.

    What this process alone let in is looked at first: once that is the limit, nobody else need be asked. What it would
    let in, the other processes have to agree to, where they share a Redis.
    """

    per_minute: int
    window: MovingWindow
    agreement: Agreement | None = None

    async def ask(self, kind: RateClass, subject: str, *, per_minute: int | None = None) -> Verdict | None:
        """Let one more request in, or not; None where there is no limit. `per_minute` is the subject's own figure."""
        limit = amount_of(kind, self.per_minute if per_minute is None else per_minute)
        if not limit:
            return None
        key = f"{kind}:{subject}"
        standing = self.window.standing(key, limit)
        if self.agreement is None or not standing.remaining:
            return self._alone(kind, key, limit)
        shared = await self.agreement.ask(_digest(key), limit, here=limit - standing.remaining)
        if shared is None:
            return self._alone(kind, key, min(limit, self.agreement.most(_digest(key), limit)))
        if shared.is_let_in:
            self.window.enter(key)
        return Verdict(kind, shared.standing, shared.is_let_in)

    def _alone(self, kind: RateClass, key: str, limit: int) -> Verdict:
        standing = self.window.standing(key, limit)
        if not standing.remaining:
            return Verdict(kind, standing, is_let_in=False)
        self.window.enter(key)
        return Verdict(kind, self.window.standing(key, limit), is_let_in=True)


def _digest(key: str) -> str:
    """Return what a key is called in Redis, which need not know who asks, nor from where."""
    return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
