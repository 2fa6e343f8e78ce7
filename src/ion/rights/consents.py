"""Giving consent and taking it back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ion.accounts import OrganisationId, UserId
from ion.audit import Action, Actor, AuditEvent, AuditLog, Target, current_origin
from ion.clock import Clock
from ion.language import Language
from ion.rights.consent import VERSIONS, Consent, ConsentOutdated, NoticeNotAcknowledged, Purpose
from ion.rights.consent_store import ConsentStore


@dataclass(frozen=True, slots=True)
class Choice:
    """A yes or no to a version of a text."""

    purpose: Purpose
    version: int
    is_given: bool


@dataclass(frozen=True, slots=True)
class Consents:
    """What people agree to. A yes holds for the text that it was said to, until it is taken back."""

    store: ConsentStore
    audit: AuditLog
    clock: Clock
    new_id: Callable[[], str]

    async def of(self, user: UserId) -> Mapping[Purpose, Consent]:
        """Return what somebody last said yes to, for each purpose; it may have been taken back."""
        return {consent.purpose: consent for consent in await self.store.of(user)}

    async def allows(self, user: UserId, purpose: Purpose) -> bool:
        """Tell whether somebody agrees to this now; whatever uses what they keep for it has to ask."""
        last = (await self.of(user)).get(purpose)
        return last is not None and last.holds

    async def choose(
        self,
        user: UserId,
        organisation: OrganisationId,
        choices: Iterable[Choice],
        *,
        language: Language,
        actor: Actor | None = None,
    ) -> None:
        """Take somebody's choices, who read the texts in this language: all of them, or none.

        `actor` is who they are, where the door does not know it yet.

        Raises:
            ConsentOutdated: it is no yes to the text that is asked about now.
            NoticeNotAcknowledged: the notice is not taken back.
        """
        wanted = list(choices)
        for choice in wanted:
            check(choice)
        async with self.audit.transaction():
            for choice in wanted:
                if await self._take(user, choice, language):
                    await self.audit.record(_about(user, organisation, choice, actor))

    async def _take(self, user: UserId, choice: Choice, language: Language) -> bool:
        now = self.clock()
        if not choice.is_given:
            return await self.store.withdraw(user, choice.purpose, at=now)
        given = Consent(choice.purpose, choice.version, language, current_origin().network, now)
        return await self.store.add(user, given, new_id=self.new_id())


def check(choice: Choice) -> None:
    """Refuse what cannot be chosen.

    Raises:
        ConsentOutdated: it is no yes to the text that is asked about now.
        NoticeNotAcknowledged: the notice is not taken back.
    """
    if choice.is_given and choice.version != VERSIONS[choice.purpose]:
        raise ConsentOutdated("The text has changed; read it and choose again.", field=choice.purpose)
    if choice.purpose is Purpose.NOTICE and not choice.is_given:
        raise NoticeNotAcknowledged("The notice that AI writes the replies cannot be declined.", field="notice")


def _about(user: UserId, organisation: OrganisationId, choice: Choice, actor: Actor | None) -> AuditEvent:
    action = Action.CONSENT_GIVEN if choice.is_given else Action.CONSENT_WITHDRAWN
    details: dict[str, str | int] = {"purpose": str(choice.purpose), "version": choice.version}
    return AuditEvent(action, organisation, target=Target("user", user), details=details, actor=actor)
