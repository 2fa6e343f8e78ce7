"""API keys: made, and taken for whoever shows one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ion.accounts.api_key import ApiKey, Environment, KeyId, KeyText, key_end, refused
from ion.accounts.audited import about_key, actor_of
from ion.accounts.caller import Caller, Proof, caller_of
from ion.accounts.digest import Randomness, is_same
from ion.accounts.key_store import KeyStore
from ion.accounts.permissions import scopes_of
from ion.accounts.user import User, name_of
from ion.audit import Action, AuditLog, Outcome, current_origin
from ion.clock import Clock

# What the key that somebody shows is compared with where there is none of its prefix: no text has this digest.
_NOBODYS = "0" * 64
DEFAULT_DAYS = 90
# A program with an old key asks on and on; an entry each time would fill the log, and hold up whoever else is in it.
_TOLD_ONCE_IN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes API keys, and says who shows one."""

    store: KeyStore
    environment: Environment
    audit: AuditLog
    clock: Clock
    new_id: Callable[[], str]
    randomness: Randomness

    async def make(
        self, user: User, *, name: str, scopes: Iterable[str], days: int = DEFAULT_DAYS
    ) -> tuple[ApiKey, str]:
        """Make a key for somebody; the text beside it is the key in full, which is not kept.

        Raises:
            BadName: it cannot be called so.
            BadScope: a scope is unknown, or more than a key of this user may have.
            BadKeyLife: it cannot last so long.
        """
        text, now = KeyText.new(self.environment, self.randomness), self.clock()
        key = ApiKey(
            id=KeyId(self.new_id()),
            organisation=user.organisation,
            user=user.id,
            name=name_of(name),
            prefix=text.prefix,
            digest=text.digest,
            scopes=scopes_of(scopes, user.role),
            created_at=now,
            expires_at=key_end(days, now=now),
        )
        scopes_given = " ".join(sorted(key.scopes))
        async with self.audit.recording(about_key(key, Action.KEY_MADE, {"scopes": scopes_given, "days": days})):
            await self.store.add(key)
        return key, text.written()

    async def revoke(self, key: ApiKey) -> None:
        """Let a key hold no longer; when it was first revoked stays."""
        if key.revoked_at is None:
            async with self.audit.recording(about_key(key, Action.KEY_REVOKED)):
                await self.store.revoke(key, at=self.clock())

    async def caller(self, text: str) -> Caller:
        """Return who shows this key.

        Raises:
            BadApiKey: it is none, of another environment, revoked or expired, or its user is disabled.
        """
        shown, now = KeyText.parse(text), self.clock()
        if shown.environment != self.environment:
            raise refused()
        found = await self.store.find(shown.prefix)
        is_right = is_same(text, _NOBODYS if found is None else found[0].digest)
        if found is None or not is_right or not found[0].holds(now=now) or found[1].is_disabled:
            if found is not None:
                await self._note_refusal(found[0], now=now)
            raise refused()
        key, user = found
        caller = caller_of(user, Proof.API_KEY, by=key.id, scopes=key.scopes)
        if key.is_use_due(now=now):
            await self.store.used(key.id, user.id, at=now)
            await self._note_network(key, caller)
        return caller

    async def _note_refusal(self, key: ApiKey, *, now: datetime) -> None:
        denied = about_key(key, Action.KEY_REFUSED, outcome=Outcome.DENIED)
        if not await self.audit.was_seen(denied, since=now - _TOLD_ONCE_IN):
            await self.audit.note(denied)

    async def _note_network(self, key: ApiKey, caller: Caller) -> None:
        used = replace(about_key(key, Action.KEY_USED), actor=actor_of(caller))
        if current_origin().network and not await self.audit.was_seen(used):
            await self.audit.note(used)
