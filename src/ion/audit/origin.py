"""Who is acting, and from where: set once at the door, and read wherever something is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ion.audit.event import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Origin:
    """Who is acting, the network they act from, and the id of their request."""

    actor: Actor = SYSTEM
    network: str = field(default="", repr=False)
    request_id: str = ""


# A value of the context and no argument: each function that changes something would take it, only to hand it on, and
# one that was left out would blame the wrong person. Tasks that are started inherit it.
_NOBODY_NAMED = Origin()
_ORIGIN: ContextVar[Origin] = ContextVar("audit_origin", default=_NOBODY_NAMED)


def current_origin() -> Origin:
    """Return who is acting; ION itself where nobody was named."""
    return _ORIGIN.get()


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    """Record what is done within this block as this origin's."""
    token = _ORIGIN.set(origin)
    try:
        yield
    finally:
        _ORIGIN.reset(token)
