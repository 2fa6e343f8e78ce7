"""Accounts in the words of the audit log: who is acting, from where, and events about users and their keys."""

from contextlib import AbstractContextManager

from ion.accounts.api_key import ApiKey
from ion.accounts.caller import Caller, Proof
from ion.accounts.lockout import network_of
from ion.accounts.user import User
from ion.audit import ANONYMOUS, Action, Actor, ActorKind, AuditEvent, Origin, Outcome, Target, acting

Details = dict[str, str | int | bool]


def acting_as(caller: Caller | None, *, address: str, request_id: str) -> AbstractContextManager[None]:
    """Record what is done within this block as a caller's, or as nobody's who is known; of the address the network."""
    actor = ANONYMOUS if caller is None else actor_of(caller)
    return acting(Origin(actor, network_of(address), request_id))


def actor_of(caller: Caller) -> Actor:
    """Return a caller as the log names them."""
    # The digest of a session would let whoever reads the log follow somebody's visit.
    key = caller.by if caller.proof is Proof.API_KEY else None
    return Actor(ActorKind.USER, caller.user, caller.proof, key or "")


def person(user: User) -> Target:
    """Return somebody as the target of an event."""
    return Target("user", user.id)


def about(
    user: User, action: Action, details: Details | None = None, *, outcome: Outcome = Outcome.GRANTED
) -> AuditEvent:
    """Return an event about somebody."""
    return AuditEvent(action, user.organisation, outcome, person(user), details or {})


def about_key(
    key: ApiKey, action: Action, details: Details | None = None, *, outcome: Outcome = Outcome.GRANTED
) -> AuditEvent:
    """Return an event about an API key."""
    return AuditEvent(action, key.organisation, outcome, Target("key", key.id), details or {})
