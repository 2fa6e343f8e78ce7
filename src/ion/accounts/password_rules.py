"""Whether somebody may have a password: by ION's own rules, and by a list of leaked ones where there is one."""

import asyncio
from collections.abc import Sequence

from ion.accounts.breaches import BreachedPasswords
from ion.accounts.strength import Weakness, refuse_weak, weakness_of
from ion.accounts.user import Organisation


class PasswordRules:
    """What a new password is looked at with; passwords that are in use are never looked at again."""

    def __init__(self, breached: BreachedPasswords | None = None) -> None:
        self._breached = breached

    async def check(self, password: str, *, about: Sequence[str]) -> None:
        """Let a password pass that is hard to guess; `about` is what others know of its user.

        Raises:
            WeakPassword: it is not.
            BadBreachList: the file of leaked passwords has gone.
        """
        refuse_weak(await asyncio.to_thread(weakness_of, password, about=about))
        if self._breached is not None and await self._breached.hold(password):
            refuse_weak(Weakness.BREACHED)


def known_of(email: str, name: str, organisation: Organisation) -> tuple[str, ...]:
    """Return what others know of a user, and a guess would begin with."""
    return (email, email.partition("@")[0], name, organisation.name, organisation.slug)
