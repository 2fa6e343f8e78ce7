"""Tokens for programs: issued to who proved who they are, refreshed, revoked, and taken for who shows one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from joserfc.jwk import OKPKey

from ion.accounts.access_token import AccessToken, BadAccessToken, kid_of, read, written
from ion.accounts.access_token import refused as access_refused
from ion.accounts.audited import about
from ion.accounts.caller import Caller, Proof, caller_of
from ion.accounts.digest import Randomness, digest_of
from ion.accounts.lockout import network_of
from ion.accounts.permissions import Permission, permissions_of, token_scopes_of
from ion.accounts.refresh import (
    BadRefreshToken,
    Family,
    FamilyId,
    RefreshText,
    TokenLife,
    new_refresh,
    new_salt,
    refresh_of,
    successor,
)
from ion.accounts.refresh import refused as refresh_refused
from ion.accounts.refresh_store import Held, RefreshStore
from ion.accounts.session import shortened
from ion.accounts.sign_in import Visit
from ion.accounts.signing_key import SigningKey
from ion.accounts.signing_keys import REMEMBERED, SigningKeys
from ion.accounts.user import User
from ion.audit import Action, Actor, ActorKind, AuditEvent, AuditLog, Outcome, current_origin
from ion.clock import Clock
from ion.monitoring import log


@dataclass(frozen=True, slots=True)
class Issued:
    """A pair of tokens; `expires_in` are the seconds that the access token holds."""

    access_token: str = field(repr=False)
    refresh_token: RefreshText = field(repr=False)
    expires_in: int
    scopes: frozenset[Permission]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues tokens, and says who shows one. A family that ended takes all its tokens with it, at once."""

    store: RefreshStore
    keys: SigningKeys
    life: TokenLife
    audit: AuditLog
    clock: Clock
    new_id: Callable[[], str]
    randomness: Randomness

    async def issue(self, user: User, proof: Proof, visit: Visit, *, scopes: Iterable[str] | None = None) -> Issued:
        """Begin a family for somebody who proved who they are; without `scopes` it may do all that they may.

        Raises:
            BadScope: a scope is unknown, or more than this user may do.
            NoMasterKey, NoDataKey, BrokenSeal: there is no key to sign with.
        """
        chosen, signer = token_scopes_of(scopes, user.role), await self.keys.signer()
        now, text = self.clock(), new_refresh(self.randomness)
        family = Family(
            id=FamilyId(self.new_id()),
            user=user.id,
            proof=proof,
            scopes=chosen,
            digest=digest_of(text),
            created_at=now,
            last_used_at=now,
            expires_at=now + self.life.absolute,
            user_agent=shortened(visit.user_agent),
            network=network_of(visit.address),
        )
        issued = replace(_by(user, Action.TOKEN_ISSUED, proof), network=family.network)
        async with self.audit.recording(issued):
            await self.store.add(family)
        return self._issued(Held(family, user), text, signer, now=now)

    async def refresh(self, text: str) -> Issued:
        """Exchange a refresh token for new tokens; it does not hold any more.

        One that is sent again within ten seconds gets the same refresh token again. Later, or when others came after
        it, somebody else has it too: the family ends, for the thief and for the user.

        Raises:
            BadRefreshToken: it does not hold.
            NoMasterKey, NoDataKey, BrokenSeal: there is no key to sign with.
        """
        shown, now = refresh_of(text), self.clock()
        held, signer = await self._held(shown, now=now), await self.keys.signer()
        if not held.is_spent:
            salt = new_salt(self.randomness)
            follows = successor(shown, salt)
            if await self.store.exchange(held.family, digest=digest_of(follows), salt=salt, at=now):
                await self._note_network(held)
                return self._issued(held, follows, signer, now=now)
            held = await self._held(shown, now=now)
        again = held.family.sent_twice(shown, now=now)
        if again is None:
            await self.store.end(held.family.id, user=held.user.id)
            await self.audit.note(about(held.user, Action.TOKEN_REUSED, outcome=Outcome.DENIED))
            log.warning("accounts.refresh_token_used_again")
            raise refresh_refused()
        return self._issued(held, again, signer, now=now)

    async def revoke(self, text: str) -> None:
        """End the family that a refresh or an access token is of; what is no token, or does not hold, ends nothing."""
        held = await self._family_of(text)
        if held is not None:
            revoked = replace(_by(held.user, Action.TOKEN_REVOKED, Proof.TOKEN), details={"count": 1})
            async with self.audit.transaction():
                if await self.store.end(held.family.id, user=held.user.id):
                    await self.audit.record(revoked)

    async def of(self, user: User) -> list[Family]:
        """Return the families of somebody that have not ended, the one that was used last first."""
        now = self.clock()
        return [family for family in await self.store.of(user.id) if family.holds(self.life, now=now)]

    async def end(self, user: User, family: FamilyId) -> bool:
        """End one of somebody's families; False where there was none."""
        async with self.audit.transaction():
            is_ended = await self.store.end(family, user=user.id)
            if is_ended:
                await self.audit.record(about(user, Action.TOKEN_REVOKED, {"count": 1}))
            return is_ended

    async def end_all(self, user: User) -> int:
        """End somebody's families; return how many those were."""
        async with self.audit.transaction():
            count = await self.store.end_all(user.id)
            if count:
                await self.audit.record(about(user, Action.TOKEN_REVOKED, {"count": count}))
            return count

    async def caller(self, text: str) -> Caller:
        """Return who shows this access token.

        Their role, and whether they are still let in, is looked up: a token says only what it was narrowed to.

        Raises:
            BadAccessToken: it is none of this ION's, has expired or was revoked, or its user is disabled.
        """
        token = await self._read(text)
        held = await self.store.with_id(token.family)
        if held is None or not self._holds(held, now=self.clock()) or not _is_of(token, held.user):
            raise access_refused()
        caller = caller_of(held.user, Proof.TOKEN, by=held.family.id)
        return replace(caller, permissions=caller.permissions & token.scopes)

    async def purge(self) -> None:
        """Forget families that have ended, and keys that verify nothing any more."""
        now = self.clock()
        await self.store.purge(unused_since=now - self.life.idle, now=now)
        await self.keys.purge()

    async def rotate_key(self, *, at_once: bool = False) -> SigningKey:
        """Make a new key, which signs from now on, and return it.

        What the old one signed is taken until it has expired; with `at_once` no more.

        Raises:
            NoMasterKey: the keyring is not open.
        """
        lasts = timedelta(0) if at_once else self.life.access + REMEMBERED
        made = await self.keys.drawn()
        async with self.audit.recording(AuditEvent(Action.SIGNING_KEY_ROTATED, details={"at_once": at_once})):
            await self.keys.takes_over(made, verify_for=lasts)
        return made

    async def _held(self, shown: RefreshText, *, now: datetime) -> Held:
        held = await self.store.find(digest_of(shown))
        if held is None or not self._holds(held, now=now):
            raise refresh_refused()
        return held

    def _holds(self, held: Held, *, now: datetime) -> bool:
        return held.family.holds(self.life, now=now) and not held.user.is_disabled

    async def _read(self, text: str) -> AccessToken:
        key = await self.keys.verifier(kid_of(text))
        if key is None:
            raise access_refused()
        return read(text, key, issuer=self.life.issuer, now=self.clock())

    async def _family_of(self, text: str) -> Held | None:
        try:
            return await self.store.find(digest_of(refresh_of(text)))
        except BadRefreshToken:
            try:
                return await self.store.with_id((await self._read(text)).family)
            except BadAccessToken:
                return None

    async def _note_network(self, held: Held) -> None:
        """Record that tokens are used from a network that nobody signed in from to get them, once for each."""
        network = current_origin().network
        refreshed = _by(held.user, Action.TOKEN_REFRESHED, Proof.TOKEN)
        if network not in ("", held.family.network) and not await self.audit.was_seen(refreshed):
            await self.audit.note(refreshed)

    def _issued(self, held: Held, refresh: RefreshText, signer: tuple[str, OKPKey], *, now: datetime) -> Issued:
        family, user = held.family, held.user
        # What a family was given may be more than its user may do by now.
        scopes = family.scopes & permissions_of(user.role)
        access = AccessToken(
            id=self.new_id(),
            issuer=self.life.issuer,
            user=user.id,
            organisation=user.organisation,
            family=family.id,
            scopes=scopes,
            proof=family.proof,
            issued_at=now,
            expires_at=min(now + self.life.access, family.expires_at),
        )
        lasts = access.expires_at - now
        return Issued(written(access, *signer), refresh, int(lasts.total_seconds()), scopes)


def _by(user: User, action: Action, proof: Proof) -> AuditEvent:
    """Return an event of somebody who is known by what they show, and not yet to the door."""
    return replace(about(user, action, {"proof": proof}), actor=Actor(ActorKind.USER, user.id, proof))


def _is_of(token: AccessToken, user: User) -> bool:
    return (token.user, token.organisation) == (user.id, user.organisation)
