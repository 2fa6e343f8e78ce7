"""Whose account a provider's identity is."""

import asyncio
from dataclasses import replace

import pytest

from ion.accounts import (
    LOCAL_USER,
    Admission,
    EmailUnverified,
    InvitationNotFound,
    NotAdmitted,
    OrganisationNotFound,
    Proof,
    Role,
    User,
)
from ion.oidc import Identity
from tests.accounts.opened import HOME, Opened, counted

MINA = Identity("https://login.example.org", "subject-1", "mina@example.org", "Mina Park")
SCHOOL = Admission("blue-school", frozenset({"school.example.org"}))


async def user_of(here: Opened, identity: Identity = MINA, admission: Admission = SCHOOL) -> User:
    return await here.accounts.identities.user_of(identity, admission, language="ko")


class TestMember:
    async def test_is_found_by_a_verified_address_and_from_then_on_by_subject(self, anywhere: Opened) -> None:
        user = await anywhere.add("mina@example.org")
        first = await user_of(anywhere, replace(MINA, verified_email="Mina@EXAMPLE.org"))
        anywhere.clock.move(days=1)
        again = await user_of(anywhere, replace(MINA, verified_email=""))

        (link,) = await anywhere.accounts.identities.store.of(user.id)
        assert first.id == again.id == user.id
        assert (link.issuer, link.subject) == (MINA.issuer, MINA.subject)
        assert link.last_used_at == anywhere.clock() > link.created_at
        assert "subject-1" not in repr(link)

    @pytest.mark.parametrize("address", ["", "no address"])
    async def test_is_not_found_by_an_address_that_is_not_verified(self, here: Opened, address: str) -> None:
        await here.add("mina@example.org")

        with pytest.raises(EmailUnverified):
            await user_of(here, replace(MINA, verified_email=address))
        assert await counted(here, "identity") == 0

    async def test_of_another_organisation_is_nobody_here(self, here: Opened) -> None:
        await here.add("mina@example.org", organisation=here.company)
        with pytest.raises(NotAdmitted):
            await user_of(here)
        await user_of(here, admission=Admission("company"))

        with pytest.raises(NotAdmitted):
            await user_of(here)

    async def test_whose_address_somebody_else_has_now_keeps_the_account(self, anywhere: Opened) -> None:
        await anywhere.add("mina@example.org")
        await user_of(anywhere)

        with pytest.raises(NotAdmitted):
            await user_of(anywhere, replace(MINA, subject="subject-2"))

    async def test_can_be_unlinked_and_is_signed_out_by_it(self, anywhere: Opened) -> None:
        user = await anywhere.add("mina@example.org")
        await user_of(anywhere)
        await anywhere.accounts.sign_in.with_identity(user, HOME)

        assert await anywhere.accounts.identities.unlink(user) == 1
        assert await anywhere.accounts.identities.unlink(user) == 0
        assert await anywhere.accounts.sessions.of(user.id) == []
        assert (await user_of(anywhere, replace(MINA, subject="subject-2"))).id == user.id

    async def test_who_is_disabled_is_not_linked_and_not_let_in(self, here: Opened) -> None:
        await here.accounts.members.disable(await here.add("mina@example.org"), by=None)
        user = await user_of(here)

        with pytest.raises(NotAdmitted):
            await here.accounts.sign_in.with_identity(user, HOME)
        assert await counted(here, "identity") == 0
        assert await counted(here, "session") == 0

    async def test_is_never_whoever_runs_ion_alone(self, here: Opened) -> None:
        local = replace(MINA, verified_email="local@localhost")
        with pytest.raises(NotAdmitted):
            await user_of(here, local, Admission("local"))
        assert (await here.accounts.identities.store.of(LOCAL_USER)) == []


class TestStranger:
    async def test_is_not_let_in(self, here: Opened) -> None:
        with pytest.raises(NotAdmitted):
            await user_of(here)
        with pytest.raises(NotAdmitted):
            await user_of(here, replace(MINA, verified_email="mina@sub.school.example.org"))
        with pytest.raises(OrganisationNotFound):
            await user_of(here, admission=Admission("nowhere"))

    async def test_of_a_listed_domain_becomes_a_mentee(self, anywhere: Opened) -> None:
        user = await user_of(anywhere, replace(MINA, verified_email="mina@school.example.org"))

        assert (user.role, user.name, user.language) == (Role.MENTEE, "Mina Park", "ko")
        assert user.organisation == anywhere.school.id
        assert not user.has_password

    async def test_without_a_name_is_called_by_the_address(self, here: Opened) -> None:
        user = await user_of(here, replace(MINA, verified_email="mina@school.example.org", name="\n"))

        assert user.name == "mina"

    async def test_who_is_invited_gets_the_role_and_uses_the_invitation_up(self, anywhere: Opened) -> None:
        invitation, secret = await anywhere.accounts.members.invite(
            anywhere.school.id, MINA.verified_email, Role.MANAGER, by=None
        )
        user = await user_of(anywhere)

        assert (user.role, user.email) == (Role.MANAGER, invitation.email)
        with pytest.raises(InvitationNotFound):
            await anywhere.accounts.members.accept(secret, name="Mina", language="ko", password=None)

    async def test_who_comes_twice_at_once_is_added_once(self, anywhere: Opened) -> None:
        new = replace(MINA, verified_email="mina@school.example.org")
        first, second = await asyncio.gather(user_of(anywhere, new), user_of(anywhere, new), return_exceptions=True)
        came = [each.id for each in (first, second, await user_of(anywhere, new)) if isinstance(each, User)]

        assert len(set(came)) == 1
        assert len(came) == 3
        assert await counted(anywhere, "identity") == 1


class TestSecondFactor:
    async def test_is_asked_for_after_the_provider(self, here: Opened) -> None:
        user = await here.add("mina@example.org")
        plain = await here.accounts.sign_in.with_identity(user, HOME)
        half = await here.accounts.sign_in.with_identity(replace(user, has_second_factor=True), HOME)

        assert not plain.needs_second_factor
        assert (await here.accounts.caller_of_session(plain.session)).proof is Proof.OIDC
        assert half.needs_second_factor
