"""When a request is sent again, and after how long."""

from dataclasses import dataclass
from random import Random

from ion.client.outcomes import Answer, Broken, Outcome, error_of, retry_after

_REFUSED_BEFORE_ANYTHING = 429
_CONFLICT = 409
# What was sent first under the same key arrived, though its answer did not.
_STILL_ANSWERED = "idempotency_in_flight"
# A server that starts or stops, and what proxies say in its place.
_MAY_PASS = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """Up to `most` further tries, each after a random time up to `first` seconds, doubling up to `longest`.

    Callers that failed together so do not come back together. `Retry-After` is waited for in full; one beyond `longest`
    is not waited for at all.
    """

    most: int = 4
    first: float = 0.5
    longest: float = 30.0

    def pause(self, outcome: Outcome, failures: int, *, repeatable: bool, rng: Random) -> float | None:
        """Return how many seconds to wait before the next try; None where there is to be none."""
        asked = None if isinstance(outcome, Broken) else retry_after(outcome)
        if failures > self.most or not _may_be_sent_again(outcome, repeatable=repeatable):
            return None
        if asked is not None:
            return None if asked > self.longest else asked + rng.uniform(0, self.first)
        return rng.uniform(0, min(self.longest, self.first * 2 ** (failures - 1)))


def _may_be_sent_again(outcome: Outcome, *, repeatable: bool) -> bool:
    """Tell whether sending the same again may help, and does nothing twice."""
    if isinstance(outcome, Broken):
        return repeatable or not outcome.arrived
    if not repeatable:
        return outcome.status == _REFUSED_BEFORE_ANYTHING
    return outcome.status in {_REFUSED_BEFORE_ANYTHING, *_MAY_PASS} or _is_being_answered(outcome)


def _is_being_answered(answer: Answer) -> bool:
    return answer.status == _CONFLICT and error_of(answer).code == _STILL_ANSWERED
