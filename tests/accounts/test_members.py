import asyncio

import pytest

from ion.accounts import (
    Caller,
    EmailTaken,
    InvitationNotFound,
    NotAllowed,
    Proof,
    Role,
    SessionEnded,
    SignInRefused,
    User,
    UserNotFound,
    Weakness,
    WeakPassword,
    caller_of,
)
from tests.accounts.opened import GOOD, HOME, OTHER, Opened, opened
from tests.accounts.test_breaches import listed
from tests.servers.databases import sqlite_at


def acting(user: User) -> Caller:
    return caller_of(user, Proof.PASSWORD)


class TestAdding:
    async def test_without_a_password_nobody_gets_in(self, anywhere: Opened) -> None:
        user = await anywhere.add(password=None)

        assert not user.has_password
        for password in ("", "None", GOOD):
            with pytest.raises(SignInRefused):
                await anywhere.accounts.sign_in.with_password(user.email, password, HOME)

    @pytest.mark.parametrize(
        "password", ["minahan1994", "Mina Park 1994", "blueschool2026", "blue-school", "mina.han@example.org"]
    )
    async def test_a_password_may_not_be_about_its_user(self, here: Opened, password: str) -> None:
        with pytest.raises(WeakPassword) as caught:
            await here.add("mina.han@example.org", password=password)

        assert caught.value.details == {"weakness": Weakness.PERSONAL}
        assert [user.email for user in await here.accounts.users.of(here.school.id)] == []


class TestLeakedPasswords:
    async def test_are_refused_where_a_list_is_given(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("leaked")
        async with opened(sqlite_at(folder / "a.db"), breached=listed(folder, [OTHER, "another"])) as here:
            user = await here.add(password=GOOD)
            with pytest.raises(WeakPassword) as caught:
                await here.accounts.members.set_password(user, OTHER)

        assert caught.value.details == {"weakness": Weakness.BREACHED}


class TestPasswords:
    async def test_that_are_changed_end_every_session(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        accounts = anywhere.accounts
        session = (await accounts.sign_in.with_password(user.email, GOOD, HOME)).session

        await accounts.members.set_password(user, OTHER)

        with pytest.raises(SessionEnded):
            await accounts.caller_of_session(session)
        with pytest.raises(SignInRefused):
            await accounts.sign_in.with_password(user.email, GOOD, HOME)
        assert (await accounts.sign_in.with_password(user.email, OTHER, HOME)).user.id == user.id


class TestInviting:
    async def test_makes_one_account_of_the_role_and_organisation_it_names(self, anywhere: Opened) -> None:
        admin = await anywhere.add(role=Role.ADMIN)
        members = anywhere.accounts.members
        invitation, secret = await members.invite(anywhere.school.id, "New@Example.org", Role.MANAGER, by=acting(admin))
        listed_ones = await anywhere.accounts.invitations.open_of(anywhere.school.id, now=anywhere.clock())

        user = await members.accept(secret, name="새 사람", language="ko", password=GOOD)

        assert listed_ones == [invitation]
        assert invitation.by == admin.id
        assert (user.email, user.name, user.role, user.organisation) == (
            "new@example.org",
            "새 사람",
            Role.MANAGER,
            anywhere.school.id,
        )
        assert (await anywhere.accounts.sign_in.with_password("new@example.org", GOOD, HOME)).user.id == user.id
        assert await anywhere.accounts.invitations.open_of(anywhere.school.id, now=anywhere.clock()) == []

    async def test_works_once(self, anywhere: Opened) -> None:
        members = anywhere.accounts.members
        _, secret = await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)

        results = await asyncio.gather(
            *(members.accept(secret, name="N", language="ko", password=None) for _ in range(4)), return_exceptions=True
        )

        assert len([one for one in results if isinstance(one, User)]) == 1
        assert all(isinstance(one, User | InvitationNotFound | EmailTaken) for one in results)
        with pytest.raises(InvitationNotFound):
            await members.accept(secret, name="N", language="ko", password=None)

    @pytest.mark.parametrize(("days", "holds"), [(6.99, True), (7, False)])
    async def test_ends_after_a_week(self, here: Opened, days: float, holds: bool) -> None:
        members = here.accounts.members
        _, secret = await members.invite(here.school.id, "new@example.org", Role.MENTEE, by=None)
        here.clock.move(days=days)

        if holds:
            assert (await members.accept(secret, name="N", language="ko", password=None)).email == "new@example.org"
        else:
            with pytest.raises(InvitationNotFound):
                await members.accept(secret, name="N", language="ko", password=None)

    async def test_anew_ends_the_one_before(self, anywhere: Opened) -> None:
        members = anywhere.accounts.members
        _, first = await members.invite(anywhere.school.id, "new@example.org", Role.ADMIN, by=None)
        _, second = await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)

        with pytest.raises(InvitationNotFound):
            await members.accept(first, name="N", language="ko", password=None)
        assert (await members.accept(second, name="N", language="ko", password=None)).role is Role.MENTEE

    async def test_is_taken_back_by_the_own_organisation_alone(self, anywhere: Opened) -> None:
        members, invitations = anywhere.accounts.members, anywhere.accounts.invitations
        invitation, secret = await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)

        with pytest.raises(InvitationNotFound):
            await invitations.withdraw(invitation.id, organisation=anywhere.company.id)
        await invitations.withdraw(invitation.id, organisation=anywhere.school.id)

        with pytest.raises(InvitationNotFound):
            await members.accept(secret, name="N", language="ko", password=None)

    async def test_a_weak_password_does_not_use_it_up(self, here: Opened) -> None:
        members = here.accounts.members
        _, secret = await members.invite(here.school.id, "new@example.org", Role.MENTEE, by=None)

        with pytest.raises(WeakPassword):
            await members.accept(secret, name="N", language="ko", password="password123")

        assert (await members.accept(secret, name="N", language="ko", password=GOOD)).has_password

    async def test_who_has_an_account_needs_no_invitation(self, anywhere: Opened) -> None:
        members = anywhere.accounts.members
        _, secret = await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)
        await anywhere.add("new@example.org", organisation=anywhere.company)

        with pytest.raises(EmailTaken):
            await members.accept(secret, name="N", language="ko", password=None)
        with pytest.raises(EmailTaken):
            await members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)
        assert await anywhere.accounts.invitations.open_of(anywhere.school.id, now=anywhere.clock())


class TestChanging:
    async def test_a_role_holds_from_the_next_request_on(self, anywhere: Opened) -> None:
        admin, user = await anywhere.add(role=Role.ADMIN), await anywhere.add()
        accounts = anywhere.accounts
        session = (await accounts.sign_in.with_password(user.email, GOOD, HOME)).session

        await accounts.members.set_role(user, Role.AUDITOR, by=acting(admin))

        assert (await accounts.caller_of_session(session)).role is Role.AUDITOR

    async def test_being_disabled_ends_everything_at_once_and_for_as_long(self, anywhere: Opened) -> None:
        admin, user = await anywhere.add(role=Role.ADMIN), await anywhere.add()
        accounts = anywhere.accounts
        session = (await accounts.sign_in.with_password(user.email, GOOD, HOME)).session

        disabled = await accounts.members.disable(user, by=acting(admin))

        assert disabled.disabled_at == anywhere.clock()
        with pytest.raises(SessionEnded):
            await accounts.caller_of_session(session)
        with pytest.raises(SignInRefused):
            await accounts.sign_in.with_password(user.email, GOOD, HOME)
        with pytest.raises(SessionEnded):
            await accounts.sign_in.as_user(disabled, Proof.OIDC, HOME)
        enabled = await accounts.members.enable(disabled, by=acting(admin))
        assert not enabled.is_disabled
        assert (await accounts.sign_in.with_password(user.email, GOOD, HOME)).user.id == user.id

    async def test_disabled_twice_stays_disabled_since_the_first(self, here: Opened) -> None:
        user = await here.add()
        first = await here.accounts.members.disable(user, by=None)
        here.clock.move(days=1)

        assert (await here.accounts.members.disable(first, by=None)).disabled_at == first.disabled_at


async def attempts(here: Opened, by: Caller, user: User) -> list[object]:
    members = here.accounts.members
    tried = await asyncio.gather(
        members.set_role(user, Role.MENTEE, by=by),
        members.disable(user, by=by),
        members.enable(user, by=by),
        members.reset_second_factor(user, by=by),
        return_exceptions=True,
    )
    return list(tried)


class TestReach:
    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
    async def test_only_admins_change_people(self, here: Opened, role: Role) -> None:
        actor, user = await here.add(role=role), await here.add()

        assert {type(one) for one in await attempts(here, acting(actor), user)} == {NotAllowed}
        with pytest.raises(NotAllowed):
            await here.accounts.members.invite(here.school.id, "new@example.org", Role.MENTEE, by=acting(actor))

    async def test_somebody_of_another_organisation_is_not_there(self, here: Opened) -> None:
        admin, stranger = await here.add(role=Role.ADMIN), await here.add(organisation=here.company)

        assert {type(one) for one in await attempts(here, acting(admin), stranger)} == {UserNotFound}

    async def test_operators_are_out_of_an_admins_reach(self, here: Opened) -> None:
        admin, operator = await here.add(role=Role.ADMIN), await here.add(role=Role.OPERATOR)

        assert {type(one) for one in await attempts(here, acting(admin), operator)} == {NotAllowed}
        with pytest.raises(NotAllowed, match="for the role mentee"):
            await here.accounts.members.set_role(await here.add(), Role.OPERATOR, by=acting(admin))

    async def test_nobody_locks_themselves_out(self, here: Opened) -> None:
        admin = await here.add(role=Role.ADMIN)

        with pytest.raises(NotAllowed, match="own account"):
            await here.accounts.members.disable(admin, by=acting(admin))
        with pytest.raises(NotAllowed, match="own role"):
            await here.accounts.members.set_role(admin, Role.MENTEE, by=acting(admin))
