"""How people come into an organisation, and what becomes of them there."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ion.accounts.audited import about, person
from ion.accounts.caller import Caller, NotAllowed, Proof
from ion.accounts.digest import Randomness, digest_of, new_secret
from ion.accounts.invitation import LASTS, Invitation, InvitationId
from ion.accounts.invitation_store import InvitationStore
from ion.accounts.organisation_store import OrganisationStore
from ion.accounts.password_rules import PasswordRules, known_of
from ion.accounts.passwords import Hashing
from ion.accounts.permissions import Permission, Role, may_grant
from ion.accounts.user import Organisation, OrganisationId, User, UserId, email_of, name_of, slug_of
from ion.accounts.user_store import UserNotFound, UserStore, email_taken
from ion.audit import NOTHING, Action, Actor, ActorKind, AuditEvent, AuditLog, Outcome, Target
from ion.clock import Clock
from ion.language import Language


@dataclass(frozen=True, slots=True)
class Members:
    """Adds, invites and changes people. `by` is who does it; None is the operator at the command line."""

    organisations: OrganisationStore
    users: UserStore
    invitations: InvitationStore
    rules: PasswordRules
    hashing: Hashing
    audit: AuditLog
    clock: Clock
    new_id: Callable[[], str]
    randomness: Randomness

    async def add_organisation(self, name: str, slug: str) -> Organisation:
        """Add an organisation.

        Raises:
            BadName, BadSlug: it cannot be called so.
            SlugTaken: another is.
        """
        made = Organisation(OrganisationId(self.new_id()), name_of(name), slug_of(slug), self.clock())
        async with self.audit.recording(_about_organisation(made.id, Action.ORGANISATION_ADDED)):
            await self.organisations.add(made)
        return made

    async def rename_organisation(self, slug: str, name: str) -> Organisation:
        """Give an organisation another name.

        Raises:
            BadName: it cannot be called so.
            OrganisationNotFound: there is none with this short name.
        """
        async with self.audit.transaction():
            renamed = await self.organisations.rename(slug, name_of(name))
            await self.audit.record(_about_organisation(renamed.id, Action.ORGANISATION_RENAMED))
            return renamed

    async def keep_conversations(self, slug: str, days: int | None) -> Organisation:
        """Let an organisation's conversations be erased so many days after their last message; None for never.

        Raises:
            BadRetention: these are no days that can be asked for.
            OrganisationNotFound: there is none with this short name.
        """
        details: dict[str, str | int] = {"setting": "keep_conversations", **({} if days is None else {"days": days})}
        async with self.audit.transaction():
            changed = await self.organisations.keep_conversations(slug, days)
            await self.audit.record(replace(_about_organisation(changed.id, Action.SETTINGS_CHANGED), details=details))
            return changed

    async def add(
        self,
        organisation: Organisation,
        *,
        email: str,
        name: str,
        language: Language,
        role: Role,
        password: str | None = None,
    ) -> User:
        """Add somebody; without a password they cannot sign in until they are given one.

        Raises:
            BadEmail, BadName, WeakPassword: something cannot be used.
            EmailTaken: there is an account with this address.
        """
        user = self._new(organisation.id, email_of(email), name_of(name), language, role)
        hashed = await self._hashed(password, user, organisation)
        async with self.audit.recording(about(user, Action.MEMBER_ADDED, {"role": role})):
            await self.users.add(user, hashed)
        return replace(user, has_password=password is not None)

    async def set_password(self, user: User, password: str) -> None:
        """Give somebody another password; they have to sign in again, everywhere.

        Raises:
            WeakPassword: it is too easy to guess.
        """
        organisation = await self.organisations.with_id(user.organisation)
        hashed = await self._hashed(password, user, organisation)
        assert hashed is not None
        async with self.audit.recording(about(user, Action.PASSWORD_CHANGED)):
            await self.users.set_password(user, hashed)

    async def invite(
        self, organisation: OrganisationId, email: str, role: Role, *, by: Caller | None
    ) -> tuple[Invitation, str]:
        """Make an invitation; the text beside it is its secret, which is not kept.

        Raises:
            BadEmail: this is no address.
            NotAllowed: whoever invites may not give this role.
            EmailTaken: there is an account with this address.
        """
        await self._check(by, role)
        address = email_of(email)
        if await self.users.credentials(address) is not None:
            raise email_taken()
        now, secret = self.clock(), new_secret(self.randomness)
        giver = None if by is None else by.user
        invitation = Invitation(InvitationId(self.new_id()), organisation, address, role, now, now + LASTS, giver)
        async with self.audit.recording(_about_invitation(invitation, Action.INVITATION_MADE)):
            await self.invitations.add(invitation, digest=digest_of(secret))
        return invitation, secret

    async def withdraw(self, invitation_id: InvitationId, *, organisation: OrganisationId) -> None:
        """Let an invitation hold no longer.

        Raises:
            InvitationNotFound: there is none such in this organisation.
        """
        target = Target("invitation", invitation_id)
        async with self.audit.recording(AuditEvent(Action.INVITATION_WITHDRAWN, organisation, target=target)):
            await self.invitations.withdraw(invitation_id, organisation=organisation)

    async def accept(self, secret: str, *, name: str, language: Language, password: str | None) -> User:
        """Make the account that somebody was invited to; without a password they sign in by other means.

        Raises:
            InvitationNotFound: the invitation does not hold.
            BadName, WeakPassword: something cannot be used.
            EmailTaken: there is an account with this address.
        """
        invitation = await self.invitations.find(digest_of(secret), now=self.clock())
        organisation = await self.organisations.with_id(invitation.organisation)
        user = self._new(organisation.id, invitation.email, name_of(name), language, invitation.role)
        hashed = await self._hashed(password, user, organisation)
        event = _about_invitation(invitation, Action.INVITATION_ACCEPTED)
        actor = Actor(ActorKind.USER, user.id, Proof.INVITATION)
        async with self.audit.recording(replace(event, actor=actor)):
            await self.invitations.accept(invitation, user, hashed, now=self.clock())
        return replace(user, has_password=hashed is not None)

    async def set_role(self, user: User, role: Role, *, by: Caller | None) -> User:
        """Change what somebody is.

        Raises:
            NotAllowed: whoever asks may not give this role, or not to somebody of the present one, or it is themselves:
                so the last admin stays one.
            UserNotFound: they are of another organisation, or have gone.
        """
        await self._check(by, role, user)
        if by is not None and by.owns(user.id):
            raise NotAllowed("You cannot change your own role.")
        details = {"role": role, "role_before": user.role}
        async with self.audit.recording(about(user, Action.MEMBER_ROLE_CHANGED, {**details})):
            return await self.users.set_role(user, role)

    async def disable(self, user: User, *, by: Caller | None) -> User:
        """Keep somebody out from now on.

        Raises:
            NotAllowed: whoever asks may not, or it is themselves.
            UserNotFound: they are of another organisation, or have gone.
        """
        await self._check(by, user.role, user)
        if by is not None and by.owns(user.id):
            raise NotAllowed("You cannot disable your own account.")
        async with self.audit.recording(about(user, Action.MEMBER_DISABLED)):
            return await self.users.disable(user, at=self.clock())

    async def enable(self, user: User, *, by: Caller | None) -> User:
        """Let somebody in again.

        Raises:
            NotAllowed: whoever asks may not.
            UserNotFound: they are of another organisation, or have gone.
        """
        await self._check(by, user.role, user)
        async with self.audit.recording(about(user, Action.MEMBER_ENABLED)):
            return await self.users.enable(user)

    async def reset_second_factor(self, user: User, *, by: Caller | None) -> User:
        """Turn somebody's second factor off, who has lost it and the recovery codes.

        Raises:
            NotAllowed: whoever asks may not.
            UserNotFound: they are of another organisation, or have gone.
        """
        await self._check(by, user.role, user)
        async with self.audit.recording(about(user, Action.SECOND_FACTOR_RESET)):
            return await self.users.remove_second_factor(user)

    async def _check(self, by: Caller | None, role: Role, user: User | None = None) -> None:
        """Let whoever asks pass, who may give this role, and reaches this user; who may not is recorded."""
        try:
            if user is not None:
                _check_reach(by, user)
            _check_grant(by, role, held=None if user is None else user.role)
        except (NotAllowed, UserNotFound):
            assert by is not None
            target = NOTHING if user is None else person(user)
            details = {"permission": Permission.MEMBERS_MANAGE, "role": role}
            event = AuditEvent(Action.PERMISSION_DENIED, by.organisation, Outcome.DENIED, target, {**details})
            await self.audit.note(event)
            raise

    def _new(self, organisation: OrganisationId, email: str, name: str, language: Language, role: Role) -> User:
        return User(UserId(self.new_id()), organisation, email, name, language, role, self.clock())

    async def _hashed(self, password: str | None, user: User, organisation: Organisation) -> str | None:
        if password is None:
            return None
        await self.rules.check(password, about=known_of(user.email, user.name, organisation))
        return await self.hashing.hash(password)


def _about_organisation(organisation: OrganisationId, action: Action) -> AuditEvent:
    return AuditEvent(action, organisation, target=Target("organisation", organisation))


def _about_invitation(invitation: Invitation, action: Action) -> AuditEvent:
    target = Target("invitation", invitation.id)
    return AuditEvent(action, invitation.organisation, target=target, details={"role": invitation.role})


def _check_reach(by: Caller | None, user: User) -> None:
    """Somebody of another organisation is not there at all."""
    if by is not None and by.organisation != user.organisation:
        raise UserNotFound("There is no such user.", field="user")


def _check_grant(by: Caller | None, role: Role, *, held: Role | None = None) -> None:
    if by is not None and not may_grant(by.role, role, held=held):
        raise NotAllowed(f"The role {by.role} cannot do this for the role {role if held is None else held}.")
