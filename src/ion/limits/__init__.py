"""How often, and how much."""

from ion.limits.agreement import Agreement, BadRedisUrl, open_agreement, redis_url
from ion.limits.allowances import Allowance, Allowances, BadAllowance, key_subject, organisation_subject
from ion.limits.budget import Budget, spending_for
from ion.limits.classes import BY_NETWORK, RateClass, amount_of
from ion.limits.limiter import WINDOW_SECONDS, Limiter, Verdict
from ion.limits.refusing import RateLimited, TooManyStreams, for_danger_only, refuse_if_over
from ion.limits.streams import Streams
from ion.limits.token_store import TokenStore
from ion.limits.window import MovingWindow, Standing

__all__ = [
    "BY_NETWORK",
    "WINDOW_SECONDS",
    "Agreement",
    "Allowance",
    "Allowances",
    "BadAllowance",
    "BadRedisUrl",
    "Budget",
    "Limiter",
    "MovingWindow",
    "RateClass",
    "RateLimited",
    "Standing",
    "Streams",
    "TokenStore",
    "TooManyStreams",
    "Verdict",
    "amount_of",
    "for_danger_only",
    "key_subject",
    "open_agreement",
    "organisation_subject",
    "redis_url",
    "refuse_if_over",
    "spending_for",
]
