"""Sessions of a browser: how long they last."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType

from ion.accounts.caller import Proof
from ion.accounts.user import UserId
from ion.errors import Unauthenticated

# What the browser holds; only its digest is kept.
SessionId = NewType("SessionId", str)

# When a session was last used is written at most so often: every request would be a write.
USE_WRITTEN_EVERY = timedelta(minutes=1)
# How long somebody whose password was right has for the second factor.
HALF_LIFE = timedelta(minutes=5)
_MAX_USER_AGENT = 200


class SessionEnded(Unauthenticated):
    """There is no such session, or it has ended."""

    code = "session_ended"


@dataclass(frozen=True, slots=True)
class SessionLife:
    """A session ends when it is not used for `idle`, and `absolute` after it began in any case."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept of a session; `network` is that of the address it was begun from."""

    digest: str = field(repr=False)
    user: UserId
    proof: Proof
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    user_agent: str = field(default="", repr=False)
    network: str = field(default="", repr=False)

    def holds(self, life: SessionLife, *, now: datetime) -> bool:
        """Tell whether the session has not ended."""
        return now < self.expires_at and now - self.last_used_at < life.idle

    def is_use_due(self, *, now: datetime) -> bool:
        """Tell whether it is time to write down that the session is used."""
        return now - self.last_used_at >= USE_WRITTEN_EVERY


def shortened(user_agent: str) -> str:
    """Return what a browser says of itself, short and in one line."""
    return " ".join(user_agent.split())[:_MAX_USER_AGENT]


def ended() -> SessionEnded:
    """Return the error for every session that does not hold."""
    return SessionEnded("You are not signed in, or your session has ended; sign in again.")
