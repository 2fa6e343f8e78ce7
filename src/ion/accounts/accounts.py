"""Everything about accounts, open; and who is asking."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ion.accounts.api_key import Environment
from ion.accounts.audited import about
from ion.accounts.breaches import BreachedPasswords
from ion.accounts.caller import Caller, Proof, caller_of
from ion.accounts.digest import Randomness, digest_of
from ion.accounts.enrolment import SecondFactors
from ion.accounts.failure_store import FailureStore
from ion.accounts.identities import Identities
from ion.accounts.identity_store import IdentityStore
from ion.accounts.invitation_store import InvitationStore
from ion.accounts.key_store import KeyStore
from ion.accounts.keys import Keys
from ion.accounts.members import Members
from ion.accounts.organisation_store import OrganisationStore
from ion.accounts.password_rules import PasswordRules
from ion.accounts.passwords import OWASP, Hashing, HashingCost
from ion.accounts.refresh import TokenLife
from ion.accounts.refresh_store import RefreshStore
from ion.accounts.session import SessionId, SessionLife, ended
from ion.accounts.session_store import SessionStore
from ion.accounts.sign_in import SignIn
from ion.accounts.signing_keys import SigningKeys
from ion.accounts.signing_store import SigningStore
from ion.accounts.tokens import Tokens
from ion.accounts.user import LOCAL_ORGANISATION, LOCAL_USER, User
from ion.accounts.user_store import UserStore
from ion.anomalies import Lately, Thresholds, Watch
from ion.audit import Action, AuditLog
from ion.clock import Clock
from ion.db import Database
from ion.rounds import go_round
from ion.sealing import Keyring

# Whoever was invited can be told for so long that the invitation was used or is too old.
_INVITATIONS_KEPT = timedelta(days=30)
_BETWEEN_PURGES = timedelta(hours=1)
_TOKEN_LIFE = TokenLife()
_LIFE = SessionLife(idle=timedelta(hours=24), absolute=timedelta(days=30))


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """What an operator can choose. `breached` is a file of leaked passwords; `cost` that of one password's hash."""

    environment: Environment = "live"
    life: SessionLife = _LIFE
    tokens: TokenLife = _TOKEN_LIFE
    breached: Path | None = None
    cost: HashingCost = OWASP
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who is asking, and all that can be done about accounts."""

    organisations: OrganisationStore
    users: UserStore
    invitations: InvitationStore
    sessions: SessionStore
    failures: FailureStore
    members: Members
    sign_in: SignIn
    second_factors: SecondFactors
    identities: Identities
    keys: Keys
    tokens: Tokens
    audit: AuditLog
    watch: Watch
    life: SessionLife
    clock: Clock

    async def local_caller(self) -> Caller:
        """Return whoever runs ION alone on their own machine.

        Raises:
            UserNotFound: somebody took them out of the database.
        """
        return caller_of(await self.users.with_id(LOCAL_USER, organisation=LOCAL_ORGANISATION), Proof.LOCAL)

    async def caller_of_session(self, session_id: SessionId) -> Caller:
        """Return whose session this is.

        Raises:
            SessionEnded: it has ended, still lacks the second factor, or its user is disabled.
        """
        now, found = self.clock(), await self.sessions.find(digest_of(session_id))
        if found is None or found[0].proof is Proof.HALF or not found[0].holds(self.life, now=now):
            raise ended()
        session, user = found
        if user.is_disabled:
            raise ended()
        if session.is_use_due(now=now):
            await self.sessions.used(session, at=now)
        return caller_of(user, session.proof, by=session.digest)

    async def caller_of_token(self, text: str) -> Caller:
        """Return who shows this access token.

        Raises:
            BadAccessToken: it is none of this ION's, has expired or was revoked, or its user is disabled.
        """
        return await self.tokens.caller(text)

    async def sign_out(self, session_id: SessionId) -> None:
        """End a session; one that has ended stays so."""
        digest = digest_of(session_id)
        found = await self.sessions.find(digest)
        if found is not None:
            await self.end_session(found[1], digest)

    async def end_session(self, user: User, digest: str) -> bool:
        """End one of somebody's sessions; False where there was none."""
        async with self.audit.transaction():
            is_ended = await self.sessions.end(digest, user=user.id)
            if is_ended:
                await self.audit.record(about(user, Action.SESSION_ENDED, {"count": 1}))
            return is_ended

    async def end_sessions(self, user: User, *, but: str | None = None) -> int:
        """End somebody's sessions, all but the one with this digest; return how many those were."""
        async with self.audit.transaction():
            count = await self.sessions.end_all(user.id, but=but)
            if count:
                await self.audit.record(about(user, Action.SESSION_ENDED, {"count": count}))
            return count

    async def sign_out_everywhere(self, user: User, *, but: str | None = None) -> None:
        """End somebody's sessions, all but the one with this digest, and all their tokens."""
        async with self.audit.transaction():
            await self.end_sessions(user, but=but)
            await self.tokens.end_all(user)

    async def purge(self) -> None:
        """Forget sessions, tokens, invitations and failures that no longer count."""
        now = self.clock()
        await self.sessions.purge(unused_since=now - self.life.idle, now=now)
        await self.tokens.purge()
        await self.invitations.purge(over_since=now - _INVITATIONS_KEPT)
        await self.failures.purge(now=now)

    async def keep_purging(self, *, every: timedelta = _BETWEEN_PURGES) -> None:
        """Purge now and from time to time, until cancelled; what fails is tried again the next time."""
        await go_round(self.purge, every=every, name="accounts")


def open_accounts(
    database: Database,
    options: AccountOptions,
    *,
    audit: AuditLog,
    clock: Clock,
    new_id: Callable[[], str],
    randomness: Randomness,
    keyring: Keyring,
) -> Accounts:
    """Return accounts in an open database; the keyring seals what has to be read again.

    Raises:
        BadBreachList: the file of leaked passwords cannot be used.
    """
    organisations, users = OrganisationStore(database), UserStore(database, keyring)
    invitations, sessions, failures = InvitationStore(database), SessionStore(database), FailureStore(database)
    hashing = Hashing(options.cost)
    watch = Watch(audit, Lately(time.monotonic, randomness(16)), options.thresholds, clock)
    signing = SigningKeys(SigningStore(database), keyring, clock)
    rules = PasswordRules(None if options.breached is None else BreachedPasswords(options.breached))
    return Accounts(
        organisations=organisations,
        users=users,
        invitations=invitations,
        sessions=sessions,
        failures=failures,
        members=Members(organisations, users, invitations, rules, hashing, audit, clock, new_id, randomness),
        sign_in=SignIn(users, sessions, failures, hashing, options.life, audit, watch, clock, randomness),
        second_factors=SecondFactors(organisations, users, audit, clock, randomness),
        identities=Identities(IdentityStore(database), organisations, users, invitations, audit, clock, new_id),
        keys=Keys(KeyStore(database), options.environment, audit, clock, new_id, randomness),
        tokens=Tokens(RefreshStore(database), signing, options.tokens, audit, clock, new_id, randomness),
        audit=audit,
        watch=watch,
        life=options.life,
        clock=clock,
    )
