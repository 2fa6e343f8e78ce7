"""Which requests are counted together: one table, and the first line that fits decides."""

import re

from ion.limits import RateClass

_ANY = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS"
_LOOKS = "GET|HEAD"
_CHANGES = "POST|PUT|PATCH|DELETE"
_TURN = r"/c/[^/]+/turns/[^/]+"
_MESSAGE = r"/api/v2/conversations/[^/]+/messages"

# Files of the page, which are the same for everybody and kept by browsers, are not counted.
_TABLE: tuple[tuple[str, str, RateClass | None], ...] = (
    (_ANY, r"/static/.*|/sw\.js|/manifest\.webmanifest|/offline|/favicon\.ico", None),
    (_ANY, r"/api/v2/(health|status)|/metrics", RateClass.HEALTH),
    # Somebody who comes back from an identity provider has it asked who they are.
    (_LOOKS, r"/sign-in/oidc/callback", RateClass.SIGN_IN),
    (
        _CHANGES,
        r"(/api/v2)?/(sign-in|sign-out|session|sessions|invitation|invitations|auth|oidc)(/.*)?",
        RateClass.SIGN_IN,
    ),
    (_LOOKS, rf"({_TURN}|{_MESSAGE}/[^/]+)/events", RateClass.EVENTS),
    (_CHANGES, r"/api/v2/bulk-process", RateClass.BULK),
    ("POST", r"/api/v2/batches", RateClass.BATCH),
    (_CHANGES, r"/api/v2/(process|analyze|recommend|feedback|chat/multi-persona)", RateClass.CHAT),
    (_CHANGES, rf"{_MESSAGE}(/[^/]+/(again|redo))?|/v1/chat/completions", RateClass.CHAT),
    (_CHANGES, rf"/|/c/[^/]+|{_TURN}/(again|redo|reading)", RateClass.CHAT),
    (_LOOKS, r"/(api|v1)/.*|/openapi\.json", RateClass.READ),
    (_LOOKS, r".*", RateClass.PAGE),
    (_ANY, r".*", RateClass.WRITE),
)
_LINES = tuple((frozenset(methods.split("|")), re.compile(path), kind) for methods, path, kind in _TABLE)

# What comes as a message is read before it is refused: whoever is in danger is answered.
WITH_MESSAGES = frozenset({RateClass.CHAT, RateClass.BULK})


def class_of(method: str, path: str) -> RateClass | None:
    """Return what a request is counted as; None where it is not counted."""
    for methods, pattern, kind in _LINES:
        if method in methods and pattern.fullmatch(path):
            return kind
    return RateClass.WRITE
