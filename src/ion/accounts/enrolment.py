"""Turning the second factor on: a secret for the app, a code that proves it arrived, and recovery codes."""

from dataclasses import dataclass

from ion.accounts.audited import about
from ion.accounts.digest import Randomness
from ion.accounts.organisation_store import OrganisationStore
from ion.accounts.second_factor import (
    Enrolment,
    SecondFactorOff,
    SecondFactorOn,
    WrongCode,
    enrolment_with,
    new_enrolment,
    new_recovery_codes,
    recovery_digest,
    step_of,
)
from ion.accounts.user import User
from ion.accounts.user_store import UserStore
from ion.audit import Action, AuditLog
from ion.clock import Clock

_PRODUCT = "ION"


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Turns second factors on."""

    organisations: OrganisationStore
    users: UserStore
    audit: AuditLog
    clock: Clock
    randomness: Randomness

    async def begin(self, user: User) -> Enrolment:
        """Draw a secret for somebody's app; nothing is asked for until `confirm`.

        Raises:
            SecondFactorOn: they have a second factor.
        """
        enrolment = new_enrolment(user.email, await self._issuer(user), self.randomness)
        if not await self.users.keep_unconfirmed_secret(user, enrolment.secret):
            raise SecondFactorOn("A second factor is on; turn it off first.")
        return enrolment

    async def pending(self, user: User) -> Enrolment | None:
        """Return what was drawn by `begin` and waits for `confirm`, if anything does."""
        secret = await self.users.unconfirmed_secret(user)
        return None if secret is None else enrolment_with(secret, user.email, await self._issuer(user))

    async def confirm(self, user: User, code: str) -> tuple[str, ...]:
        """Turn the second factor on, and return the recovery codes, which are not kept.

        Raises:
            WrongCode: this is not the app's code, or there is nothing to confirm.
        """
        now, secret = self.clock(), await self.users.unconfirmed_secret(user)
        step = None if secret is None else step_of(code, secret, now=now, after=None)
        if secret is None or step is None:
            raise _wrong()
        codes, digests = self._new_codes(user)
        async with self.audit.recording(about(user, Action.SECOND_FACTOR_ON)):
            if not await self.users.confirm_secret(user, secret=secret, step=step, recovery=digests, at=now):
                raise _wrong()
        return codes

    async def renew_codes(self, user: User) -> tuple[str, ...]:
        """Return new recovery codes, which are not kept; the earlier ones hold no longer.

        Raises:
            SecondFactorOff: there is nothing to recover.
        """
        codes, digests = self._new_codes(user)
        async with self.audit.recording(about(user, Action.RECOVERY_CODES_RENEWED)):
            if not await self.users.renew_recovery_codes(user, digests):
                raise SecondFactorOff("The second factor is off; turn it on first.")
        return codes

    async def turn_off(self, user: User) -> User:
        """Turn off somebody's own second factor, which ends all their sessions.

        Raises:
            UserNotFound: they have gone.
        """
        async with self.audit.recording(about(user, Action.SECOND_FACTOR_OFF)):
            return await self.users.remove_second_factor(user)

    def _new_codes(self, user: User) -> tuple[tuple[str, ...], list[str]]:
        codes = new_recovery_codes(self.randomness)
        return codes, [digest for code in codes if (digest := recovery_digest(code, user.id))]

    async def _issuer(self, user: User) -> str:
        return f"{_PRODUCT} {(await self.organisations.with_id(user.organisation)).name}"


def _wrong() -> WrongCode:
    return WrongCode("This is not the code that the app shows now.", field="code")
