"""Signing in: a password, then the second factor where there is one; out comes a session."""

from dataclasses import dataclass, field, replace

from ion.accounts.audited import about
from ion.accounts.caller import Proof
from ion.accounts.digest import Randomness, digest_of, new_secret
from ion.accounts.failure_store import FailureStore, subject_of
from ion.accounts.identities import not_admitted
from ion.accounts.lockout import PER_NETWORK, PER_USER, SignInLocked, network_of, refuse_for
from ion.accounts.passwords import Hashing
from ion.accounts.second_factor import recovery_digest, step_of
from ion.accounts.session import HALF_LIFE, Session, SessionId, SessionLife, ended, shortened
from ion.accounts.session_store import SessionStore
from ion.accounts.user import BadEmail, User, email_of
from ion.accounts.user_store import Credentials, UserStore
from ion.anomalies import Watch
from ion.audit import ANONYMOUS, Action, Actor, ActorKind, AuditEvent, AuditLog, Outcome
from ion.clock import Clock
from ion.errors import Unauthenticated


class SignInRefused(Unauthenticated):
    """The address, the password or the code is wrong, or there is no such account."""

    code = "sign_in_refused"


class SecondFactorDue(Unauthenticated):
    """The password is right, and the account has a second factor: a code has to come with it."""

    code = "second_factor_due"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody signs in from: the address of the connection, and what the browser says of itself."""

    address: str = field(repr=False)
    user_agent: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was begun. With a `second_factor` it is good for nothing but `with_code`, for five minutes."""

    session: SessionId = field(repr=False)
    user: User
    needs_second_factor: bool


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets people in. Every refusal reads the same and takes as long, whether or not there is such an account."""

    users: UserStore
    sessions: SessionStore
    failures: FailureStore
    hashing: Hashing
    life: SessionLife
    audit: AuditLog
    watch: Watch
    clock: Clock
    randomness: Randomness

    async def with_password(self, email: str, password: str, visit: Visit) -> SignedIn:
        """Begin a session.

        Raises:
            SignInRefused: the address or the password is wrong.
            SignInLocked: there were too many tries.
        """
        address = _written(email)
        credentials = await self._checked(address, password, visit)
        if credentials.totp_secret is not None:
            await self.failures.half_succeeded(network=_network_subject(visit))
            return await self._begin(credentials.user, Proof.HALF, visit)
        await self._succeeded(address, visit)
        return await self._begin(credentials.user, Proof.PASSWORD, visit)

    async def with_code(self, half: SessionId, code: str, visit: Visit) -> SignedIn:
        """Go on with a session that needs a second factor: a code of the app, or a recovery code.

        The session that comes out of it is another one, and the half one is over.

        Raises:
            SessionEnded: the five minutes are over, or it is no such session.
            SignInRefused: the code is wrong, or was used before.
            SignInLocked: there were too many tries.
        """
        digest = digest_of(half)
        found = await self.sessions.find(digest)
        if found is None or found[0].proof is not Proof.HALF or self.clock() >= found[0].expires_at:
            raise ended()
        user = found[1]
        await self._count_try(user.email, visit)
        credentials = await self.users.credentials_of(user.id)
        if credentials is None or user.is_disabled:
            raise await self._refused(user, visit, "disabled")
        proof = await self._proof(credentials, code, visit)
        await self._succeeded(user.email, visit)
        return await self._begin(user, proof, visit, instead_of=digest)

    async def prove(self, email: str, password: str, code: str | None, visit: Visit) -> tuple[User, Proof]:
        """Return who somebody is, who gives password and code at once, and how they proved it; no session begins.

        Raises:
            SignInRefused: the address, the password or the code is wrong.
            SecondFactorDue: the password is right, and there is no code where one is needed.
            SignInLocked: there were too many tries.
        """
        address = _written(email)
        credentials = await self._checked(address, password, visit)
        if credentials.totp_secret is None:
            proof = Proof.PASSWORD
        elif code is None:
            await self.failures.half_succeeded(network=_network_subject(visit))
            await self.audit.note(_by(credentials.user, Action.SIGN_IN_HALF, Proof.HALF, visit))
            raise SecondFactorDue("This account has a second factor: send its code, too.", field="code")
        else:
            proof = await self._proof(credentials, code, visit)
        await self._succeeded(address, visit)
        event = _by(credentials.user, Action.SIGN_IN, proof, visit)
        await self._notice(credentials.user, event)
        await self.audit.record(event)
        return credentials.user, proof

    async def as_user(self, user: User, proof: Proof, visit: Visit) -> SignedIn:
        """Begin a session for somebody whose identity was proven elsewhere: by an invitation, or a session of theirs.

        Raises:
            SessionEnded: they are disabled.
        """
        if user.is_disabled:
            await self._refused(user, visit, "disabled")
            raise ended()
        return await self._begin(user, proof, visit)

    async def with_identity(self, user: User, visit: Visit) -> SignedIn:
        """Begin a session for somebody whom their organisation's provider has proven to be who they are.

        Whoever has a second factor here is asked for it as after a password: it is theirs, and not the provider's.

        Raises:
            NotAdmitted: they are disabled.
        """
        if user.is_disabled:
            await self._refused(user, visit, "disabled")
            raise not_admitted()
        proof = Proof.HALF if user.has_second_factor else Proof.OIDC
        return await self._begin(user, proof, visit, method=Proof.OIDC)

    async def check_password(self, user: User, password: str, visit: Visit) -> None:
        """Ask somebody who is signed in for their password again, before something that cannot be undone.

        Raises:
            SignInRefused: it is wrong.
            SignInLocked: there were too many tries.
        """
        await self._checked(user.email, password, visit)
        await self._succeeded(user.email, visit)
        await self.audit.record(_by(user, Action.SIGN_IN_CONFIRMED, Proof.PASSWORD, visit))

    async def _checked(self, address: str, password: str, visit: Visit) -> Credentials:
        await self._count_try(address, visit)
        credentials = await self.users.credentials(address)
        kept = None if credentials is None or credentials.user.is_disabled else credentials.password_hash
        is_right, newer = await self.hashing.verify(password, kept)
        if not is_right or credentials is None or credentials.password_hash is None:
            user = None if credentials is None else credentials.user
            raise await self._refused(user, visit, "disabled" if user is not None and user.is_disabled else "password")
        if newer is not None:
            await self.users.renew_hash(credentials.user.id, old=credentials.password_hash, new=newer)
        return credentials

    async def _proof(self, credentials: Credentials, code: str, visit: Visit) -> Proof:
        user, now = credentials.user.id, self.clock()
        if credentials.totp_secret is not None:
            step = step_of(code, credentials.totp_secret, now=now, after=credentials.totp_step)
            # Two at once with one code: the database lets one of them have it.
            if step is not None and await self.users.take_step(user, step):
                return Proof.SECOND_FACTOR
        digest = recovery_digest(code, user)
        if digest is not None and await self.users.take_recovery_code(user, digest, at=now):
            return Proof.RECOVERY_CODE
        raise await self._refused(credentials.user, visit, "code")

    async def _begin(
        self,
        user: User,
        proof: Proof,
        visit: Visit,
        *,
        instead_of: str | None = None,
        method: Proof = Proof.PASSWORD,
    ) -> SignedIn:
        now, secret = self.clock(), new_secret(self.randomness)
        is_half = proof is Proof.HALF
        session = Session(
            digest=digest_of(secret),
            user=user.id,
            proof=proof,
            created_at=now,
            last_used_at=now,
            expires_at=now + (HALF_LIFE if is_half else self.life.absolute),
            user_agent=shortened(visit.user_agent),
            network=network_of(visit.address),
        )
        action = Action.SIGN_IN_HALF if is_half else Action.SIGN_IN
        event = _by(user, action, proof, visit)
        if is_half:
            event = replace(event, details={"proof": proof, "method": method})
        else:
            await self._notice(user, event)
        async with self.audit.recording(event):
            await self.sessions.add(session, instead_of=instead_of)
            if not is_half:
                await self.users.seen(user.id, at=now)
        return SignedIn(SessionId(secret), user, is_half)

    async def _count_try(self, email: str, visit: Visit) -> None:
        subjects = {subject_of(email): PER_USER, _network_subject(visit): PER_NETWORK}
        now = self.clock()
        try:
            refuse_for(await self.failures.begin(subjects, now=now))
        except SignInLocked:
            found = await self.users.credentials(email)
            event = _try(None if found is None else found.user, Action.SIGN_IN_LOCKED, visit)
            # One for each lock-out: else whoever is locked out could fill the log.
            if not await self.audit.was_seen(event, since=now - PER_NETWORK.longest):
                await self.audit.note(event)
            raise

    async def _refused(self, user: User | None, visit: Visit, reason: str) -> SignInRefused:
        """Record a refusal, and return the error; of an address that nobody has, nothing is recorded but the try."""
        event = _try(user, Action.SIGN_IN_REFUSED, visit)
        await self.audit.note(replace(event, details={"reason": "no_account" if user is None else reason}))
        await self.watch.refused_sign_in(event)
        return SignInRefused("This did not work: the e-mail address, the password or the code is wrong.")

    async def _notice(self, user: User, event: AuditEvent) -> None:
        # Whoever was never here comes from somewhere new, as everybody does once.
        if user.last_seen_at is not None:
            await self.watch.signed_in(event)

    async def _succeeded(self, email: str, visit: Visit) -> None:
        await self.failures.succeeded(user=subject_of(email), network=_network_subject(visit))


def _written(email: str) -> str:
    """Return an address as it is kept; what is none is counted and refused like one that has no account."""
    try:
        return email_of(email)
    except BadEmail:
        return ""


def _network_subject(visit: Visit) -> str:
    return digest_of(f"network:{network_of(visit.address)}")


def _by(user: User, action: Action, proof: Proof, visit: Visit) -> AuditEvent:
    actor = Actor(ActorKind.USER, user.id, proof)
    return replace(about(user, action, {"proof": proof}), actor=actor, network=network_of(visit.address))


def _try(user: User | None, action: Action, visit: Visit) -> AuditEvent:
    event = AuditEvent(action) if user is None else about(user, action)
    return replace(event, outcome=Outcome.DENIED, actor=ANONYMOUS, network=network_of(visit.address))
