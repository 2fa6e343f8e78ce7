"""Answer a request once, however often it is sent."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ion.clock import Clock
from ion.idempotency.key import NONCE_BYTES, RequestKey
from ion.idempotency.store import Claim, IdempotencyStore, Sealed
from ion.rounds import go_round

# How long an answer is kept for whoever sends the same request again.
KEPT_FOR = timedelta(hours=24)
_BETWEEN_ROUNDS = timedelta(minutes=1)
# A request whose process has said nothing for so long is answered by nobody: the process is gone.
_ABANDONED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with; `again` says that it was for an earlier one with the same key."""

    status: int
    body: bytes = field(repr=False)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """Answers requests once. `holder` is this process's own id: others see by it that it is still at work."""

    store: IdempotencyStore
    clock: Clock
    holder: str
    _held: set[str] = field(default_factory=set)

    async def answer(self, key: RequestKey, request: bytes, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `work` gives, or what it gave when the same request came before.

        Where it fails nothing is kept: the same request may be tried again.

        Raises:
            InFlight: the first request is still being answered.
            KeyMismatch: the key belongs to another request.
            Exception: whatever `work` raises.
        """
        now, place = self.clock(), key.place
        kept = await self.store.claim(
            Claim(
                place=place,
                fingerprint=key.fingerprint(request),
                holder=self.holder,
                at=now,
                expired=now - KEPT_FOR,
                abandoned=now - _ABANDONED_AFTER,
            )
        )
        if kept is not None:
            return Answer(kept.status, key.open(kept.answer), again=True)
        self._held.add(place)
        try:
            answer = await work()
            sealed = key.seal(answer.body, secrets.token_bytes(NONCE_BYTES))
            await self.store.finish(place, self.holder, Sealed(answer.status, sealed))
        except BaseException:
            await self.store.release(place, self.holder)
            raise
        finally:
            self._held.discard(place)
        return answer

    async def round(self) -> int:
        """Say what is still being answered here, and erase what is too old; return how many that were."""
        if self._held:
            await self.store.hold(tuple(self._held), self.holder, at=self.clock())
        return await self.store.purge(created_before=self.clock() - KEPT_FOR)

    async def keep_on(self, *, every: timedelta = _BETWEEN_ROUNDS) -> None:
        """Make a round now and from time to time, until cancelled; what fails is tried again the next time."""
        await go_round(self.round, every=every, name="idempotency")
