"""Whose account it is that an organisation's provider has proven to be somebody's, and who gets a new one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ion.accounts.audited import about
from ion.accounts.caller import Proof
from ion.accounts.identity_store import IdentityStore, IdentityTaken
from ion.accounts.invitation import Invitation, InvitationNotFound
from ion.accounts.invitation_store import InvitationStore
from ion.accounts.organisation_store import OrganisationStore
from ion.accounts.permissions import Role
from ion.accounts.user import LOCAL_USER, BadEmail, BadName, Organisation, User, UserId, email_of, name_of
from ion.accounts.user_store import EmailTaken, UserStore
from ion.audit import ANONYMOUS, Action, Actor, ActorKind, AuditEvent, AuditLog, Outcome, Target
from ion.clock import Clock
from ion.errors import Forbidden
from ion.language import Language
from ion.oidc import Identity

_MAX_NAME = 80
# The account may be made by another request meanwhile, and then the link.
_TRIES = 3


class NotAdmitted(Forbidden):
    """The provider says who it is, and they have no account here that they can sign in to."""

    code = "not_admitted"


class EmailUnverified(Forbidden):
    """An account is found by the address first, and the provider does not say that it has verified it."""

    code = "email_unverified"


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is let in through a provider.

    People of the organisation with this short name, those who are invited to it and, as mentees, whoever has a verified
    address in one of these domains.
    """

    organisation: str
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identities:
    """Links users with providers' accounts: by the provider's own id, and the first time by a verified address."""

    store: IdentityStore
    organisations: OrganisationStore
    users: UserStore
    invitations: InvitationStore
    audit: AuditLog
    clock: Clock
    new_id: Callable[[], str]

    async def user_of(self, identity: Identity, admission: Admission, *, language: Language) -> User:
        """Return whose account it is; whoever is new and let in gets one, spoken to in `language`.

        Raises:
            NotAdmitted: it is nobody's, and they are not let in.
            EmailUnverified: nobody is linked yet, and the address is not verified.
            OrganisationNotFound: there is no such organisation.
        """
        organisation = await self.organisations.with_slug(admission.organisation)
        for _ in range(_TRIES):
            try:
                return await self._found(identity, organisation, admission, language)
            except (EmailTaken, IdentityTaken, InvitationNotFound):
                # Two at once of somebody new: the second one finds what the first one made.
                continue
        # Else whoever is given a former member's address at the provider would be given their account, too.
        raise await self._refused(organisation, "linked_elsewhere")

    async def _found(
        self, identity: Identity, organisation: Organisation, admission: Admission, language: Language
    ) -> User:
        linked = await self._linked(identity, organisation)
        if linked is not None:
            await self.store.used(identity.issuer, identity.subject, at=self.clock())
            return linked
        try:
            email = email_of(identity.verified_email)
        except BadEmail:
            await self._refused(organisation, "email_unverified")
            raise EmailUnverified("The identity provider does not say that it has verified your address.") from None
        credentials = await self.users.credentials(email)
        if credentials is not None:
            user = credentials.user
            # Whoever runs ION alone is nobody's member.
            if user.organisation != organisation.id or user.id == LOCAL_USER:
                raise await self._refused(organisation, "no_account")
        else:
            user = await self._added(identity, email, organisation, admission, language)
        await self._link(identity, user)
        return user

    async def unlink(self, user: User) -> int:
        """Forget whom providers know somebody as, and end their sessions; return how many links there were."""
        async with self.audit.transaction():
            count = await self.store.remove_all(user.id)
            if count:
                await self.audit.record(about(user, Action.IDENTITY_UNLINKED, {"count": count}))
            return count

    async def _linked(self, identity: Identity, organisation: Organisation) -> User | None:
        user = await self.store.find(identity.issuer, identity.subject)
        if user is not None and user.organisation != organisation.id:
            raise await self._refused(organisation, "no_account")
        return user

    async def _link(self, identity: Identity, user: User) -> None:
        if user.is_disabled:
            # Signing in refuses them; until they are let in again nothing about them changes.
            return
        async with self.audit.recording(_by_themselves(about(user, Action.IDENTITY_LINKED), user)):
            await self.store.add(identity.issuer, identity.subject, user.id, at=self.clock())

    async def _added(
        self, identity: Identity, email: str, organisation: Organisation, admission: Admission, language: Language
    ) -> User:
        now = self.clock()
        invitation = await self.invitations.open_for(email, organisation=organisation.id, now=now)
        if invitation is None and email.rpartition("@")[2] not in admission.domains:
            raise await self._refused(organisation, "no_account")
        role = Role.MENTEE if invitation is None else invitation.role
        name = _name_of(identity, email)
        user = User(UserId(self.new_id()), organisation.id, email, name, language, role, now)
        if invitation is None:
            event = about(user, Action.MEMBER_ADDED, {"role": role})
            async with self.audit.recording(_by_themselves(event, user)):
                await self.users.add(user)
        else:
            async with self.audit.recording(_by_themselves(_accepted(invitation), user)):
                await self.invitations.accept(invitation, user, None, now=now)
        return user

    async def _refused(self, organisation: Organisation, reason: str) -> NotAdmitted:
        """Record a refusal, and return the error."""
        await self.audit.note(
            AuditEvent(
                Action.SIGN_IN_REFUSED,
                organisation.id,
                Outcome.DENIED,
                details={"reason": reason, "proof": Proof.OIDC},
                actor=ANONYMOUS,
            )
        )
        return not_admitted()


def not_admitted() -> NotAdmitted:
    """Return the error for everybody whom a provider knows and who is not let in, whyever not."""
    return NotAdmitted("You have no account here. Ask whoever runs ION for your organisation.")


def _name_of(identity: Identity, email: str) -> str:
    """Return what somebody is called until they say otherwise: the provider's name for them, or what is before @."""
    try:
        return name_of(identity.name[:_MAX_NAME])
    except BadName:
        return name_of(email.partition("@")[0])


def _by_themselves(event: AuditEvent, user: User) -> AuditEvent:
    return replace(event, actor=Actor(ActorKind.USER, user.id, Proof.OIDC))


def _accepted(invitation: Invitation) -> AuditEvent:
    target, details = Target("invitation", invitation.id), {"role": invitation.role}
    return AuditEvent(Action.INVITATION_ACCEPTED, invitation.organisation, target=target, details={**details})
