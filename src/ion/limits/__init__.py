"""How often, and how much."""

from ion.limits.agreement import Agreement, BadRedisUrl, open_agreement
from ion.limits.classes import BY_NETWORK, RateClass, amount_of
from ion.limits.limiter import WINDOW_SECONDS, Limiter, Verdict
from ion.limits.refusing import RateLimited, TooManyStreams, for_danger_only, refuse_if_over
from ion.limits.streams import Streams
from ion.limits.window import MovingWindow, Standing

__all__ = [
    "BY_NETWORK",
    "WINDOW_SECONDS",
    "Agreement",
    "BadRedisUrl",
    "Limiter",
    "MovingWindow",
    "RateClass",
    "RateLimited",
    "Standing",
    "Streams",
    "TooManyStreams",
    "Verdict",
    "amount_of",
    "for_danger_only",
    "open_agreement",
    "refuse_if_over",
]
