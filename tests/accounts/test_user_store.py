import asyncio
from dataclasses import replace

import pytest

from ion.accounts import EmailTaken, Role, UserId, UserNotFound
from tests.accounts.opened import NOW, Opened


class TestUsers:
    async def test_are_kept_as_they_were_given(self, anywhere: Opened) -> None:
        user = await anywhere.add("mina@example.org", role=Role.MANAGER)

        assert await anywhere.accounts.users.with_email("mina@example.org") == user
        assert (user.name, user.language, user.role, user.created_at) == ("Mina Park", "ko", Role.MANAGER, NOW)
        assert (user.has_password, user.has_second_factor, user.is_disabled, user.last_seen_at) == (
            True,
            False,
            False,
            None,
        )

    async def test_have_each_an_address_of_their_own_across_organisations(self, anywhere: Opened) -> None:
        await anywhere.add("mina@example.org")

        with pytest.raises(EmailTaken):
            await anywhere.add(" MINA@example.org", organisation=anywhere.company)

    async def test_of_one_organisation_never_see_anothers(self, anywhere: Opened) -> None:
        ours, theirs = await anywhere.add(), await anywhere.add(organisation=anywhere.company)
        users = anywhere.accounts.users

        assert await users.of(anywhere.school.id) == [ours]
        assert await users.of(anywhere.company.id) == [theirs]
        assert await users.with_id(ours.id, organisation=anywhere.school.id) == ours
        with pytest.raises(UserNotFound):
            await users.with_id(theirs.id, organisation=anywhere.school.id)

    async def test_are_all_there_for_the_operator(self, anywhere: Opened) -> None:
        ours, theirs = await anywhere.add(), await anywhere.add(organisation=anywhere.company)

        assert {user.id for user in await anywhere.accounts.users.all()} == {ours.id, theirs.id, "local"}

    async def test_change_their_name_and_language(self, anywhere: Opened) -> None:
        user = await anywhere.add()

        changed = await anywhere.accounts.users.set_profile(user, name="박민아", language="en")

        assert (changed.name, changed.language) == ("박민아", "en")
        assert await anywhere.accounts.users.with_email(user.email) == changed

    async def test_that_have_gone_are_not_changed(self, here: Opened) -> None:
        user = await here.add()
        gone = replace(user, id=UserId("gone"))
        users = here.accounts.users

        for change in (
            users.set_role(gone, Role.ADMIN),
            users.set_profile(gone, name="x", language="en"),
            users.disable(gone, at=NOW),
            users.enable(gone),
            users.remove_second_factor(gone),
        ):
            with pytest.raises(UserNotFound):
                await change
        assert await users.credentials_of(gone.id) is None

    async def test_a_new_hash_of_an_old_password_does_not_undo_a_new_one(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        users = anywhere.accounts.users
        before = await users.credentials(user.email)
        assert before is not None
        assert before.password_hash is not None

        await users.set_password(user, "new")
        await users.renew_hash(user.id, old=before.password_hash, new="renewed")
        kept = await users.credentials(user.email)
        await users.renew_hash(user.id, old="new", new="renewed")
        renewed = await users.credentials(user.email)

        assert kept is not None
        assert renewed is not None
        assert (kept.password_hash, renewed.password_hash) == ("new", "renewed")


class TestSteps:
    async def test_of_many_at_once_with_one_code_one_gets_it(self, anywhere: Opened) -> None:
        user = await anywhere.add()

        taken = await asyncio.gather(*(anywhere.accounts.users.take_step(user.id, 57) for _ in range(8)))

        assert sorted(taken) == [False] * 7 + [True]
        assert await anywhere.accounts.users.take_step(user.id, 58)
        assert not await anywhere.accounts.users.take_step(user.id, 57)
