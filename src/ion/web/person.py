"""Who is signed in, as the pages show it."""

from dataclasses import dataclass, field

from starlette.requests import Request

from ion.accounts import Permission, Proof, User, UserId
from ion.callers import caller_of, require, services_of
from ion.web.landing import home_of


@dataclass(frozen=True, slots=True)
class Person:
    """Whose name is beside the page, and which pages of their own they have."""

    id: UserId
    name: str = field(repr=False)
    home: str
    talks: bool
    has_keys: bool
    sees_members: bool

    @property
    def letter(self) -> str:
        """What stands for the name where there is no room for it."""
        return self.name[:1].upper()


async def person_of(request: Request) -> Person | None:
    """Return who is signed in; None where nobody is asked to, or nobody has."""
    caller = caller_of(request)
    if caller is None or caller.proof is Proof.LOCAL:
        return None
    user = await user_of(request)
    return Person(
        id=user.id,
        name=user.name,
        home=home_of(caller.role),
        talks=caller.may(Permission.CONVERSATIONS_OWN),
        has_keys=caller.may(Permission.KEYS_OWN),
        sees_members=caller.may(Permission.MEMBERS_READ),
    )


async def user_of(request: Request) -> User:
    """Return the account of whoever asks.

    Raises:
        SignInRequired: nobody has signed in.
        UserNotFound: they have gone meanwhile.
    """
    caller = require(request)
    return await services_of(request).accounts.users.with_id(caller.user, organisation=caller.organisation)
