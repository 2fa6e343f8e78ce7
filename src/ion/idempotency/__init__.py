"""Requests that are sent again: what the first one was answered with is given once more, for a day."""

from ion.idempotency.key import RequestKey
from ion.idempotency.once import KEPT_FOR, Answer, Once
from ion.idempotency.store import IdempotencyStore, InFlight, KeyMismatch, key_mismatch

__all__ = ["KEPT_FOR", "Answer", "IdempotencyStore", "InFlight", "KeyMismatch", "Once", "RequestKey", "key_mismatch"]
