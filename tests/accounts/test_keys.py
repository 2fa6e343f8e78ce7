from pathlib import Path

import pytest

from ion.accounts import (
    AccountOptions,
    BadApiKey,
    BadKeyLife,
    BadName,
    BadScope,
    KeyText,
    Permission,
    Proof,
    Role,
)
from ion.accounts.key_store import ApiKeyNotFound
from tests.accounts.opened import Opened, opened
from tests.servers.databases import sqlite_at

OWN = Permission.CONVERSATIONS_OWN


class TestMaking:
    async def test_a_key_says_who_asks_and_what_for(self, anywhere: Opened) -> None:
        user = await anywhere.add(role=Role.MANAGER)

        key, text = await anywhere.accounts.keys.make(user, name=" Night build ", scopes=[OWN, "analytics.read"])

        caller = await anywhere.accounts.keys.caller(text)
        assert text.startswith(f"ion_live_{key.prefix}_")
        assert (caller.user, caller.organisation, caller.proof, caller.by) == (
            user.id,
            user.organisation,
            Proof.API_KEY,
            key.id,
        )
        assert caller.permissions == {OWN, Permission.ANALYTICS_READ}
        assert (key.name, (key.expires_at - key.created_at).days) == ("Night build", 90)

    async def test_of_what_does_not_fit_is_refused(self, here: Opened) -> None:
        user = await here.add()
        keys = here.accounts.keys

        with pytest.raises(BadScope):
            await keys.make(user, name="K", scopes=["members.read"])
        with pytest.raises(BadName):
            await keys.make(user, name="", scopes=[OWN])
        with pytest.raises(BadKeyLife):
            await keys.make(user, name="K", scopes=[OWN], days=367)
        assert await keys.store.of_user(user.id) == []


class TestShowing:
    async def test_a_key_shrinks_with_its_user(self, anywhere: Opened) -> None:
        user = await anywhere.add(role=Role.MANAGER)
        _, text = await anywhere.accounts.keys.make(user, name="K", scopes=[OWN, "analytics.read"])

        await anywhere.accounts.members.set_role(user, Role.MENTEE, by=None)

        assert (await anywhere.accounts.keys.caller(text)).permissions == {OWN}

    @pytest.mark.parametrize("how", ["revoked", "expired", "disabled", "another", "unknown", "none"])
    async def test_every_key_that_does_not_hold_is_refused_in_one_way(self, anywhere: Opened, how: str) -> None:
        accounts = anywhere.accounts
        user = await anywhere.add()
        key, text = await accounts.keys.make(user, name="K", scopes=[OWN], days=1)
        shown = text
        if how == "revoked":
            await accounts.keys.store.revoke(key, at=anywhere.clock())
        elif how == "expired":
            anywhere.clock.move(days=1)
        elif how == "disabled":
            await accounts.members.disable(user, by=None)
        elif how == "another":
            shown = KeyText("live", key.prefix, "0" * 43).written()
        elif how == "unknown":
            shown = KeyText("live", "0000000000", "0" * 43).written()
        else:
            shown = "ion_live_"

        with pytest.raises(BadApiKey) as caught:
            await accounts.keys.caller(shown)

        assert caught.value.message == "This API key is not valid; it may have been revoked, or have expired."
        assert (caught.value.field, caught.value.details) == (None, {})

    async def test_of_a_trial_installation_is_none_here(self, tmp_path: Path) -> None:
        async with opened(sqlite_at(tmp_path / "a.db"), options=AccountOptions(environment="test")) as here:
            _, text = await here.accounts.keys.make(await here.add(), name="K", scopes=[OWN])
            shown = KeyText.parse(text)
            assert await here.accounts.keys.caller(text)
            with pytest.raises(BadApiKey):
                await here.accounts.keys.caller(KeyText("live", shown.prefix, shown.secret).written())

    async def test_its_use_is_written_once_a_minute(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        keys = anywhere.accounts.keys
        key, text = await keys.make(user, name="K", scopes=[OWN])
        written = []
        for seconds in (0, 59, 1, 10):
            anywhere.clock.move(seconds=seconds)
            await keys.caller(text)
            written.append((await keys.store.with_prefix(key.prefix)).last_used_at)

        start = key.created_at
        assert [(at - start).total_seconds() for at in written if at is not None] == [0, 0, 60, 60]
        assert (await anywhere.accounts.users.with_email(user.email)).last_seen_at == written[-1]


class TestListing:
    async def test_shows_the_own_organisations_alone(self, anywhere: Opened) -> None:
        ours, theirs = await anywhere.add(), await anywhere.add(organisation=anywhere.company)
        store = anywhere.accounts.keys.store
        first, _ = await anywhere.accounts.keys.make(ours, name="A", scopes=[OWN])
        anywhere.clock.move(seconds=1)
        second, _ = await anywhere.accounts.keys.make(ours, name="B", scopes=[OWN])
        other, _ = await anywhere.accounts.keys.make(theirs, name="C", scopes=[OWN])

        assert await store.of(anywhere.school.id) == await store.of_user(ours.id) == [second, first]
        assert await store.of(anywhere.company.id) == [other]
        assert len(await store.all()) == 3
        assert await store.with_prefix(other.prefix, organisation=anywhere.company.id) == other
        for prefix, organisation in ((other.prefix, anywhere.school.id), ("nothing", None)):
            with pytest.raises(ApiKeyNotFound):
                await store.with_prefix(prefix, organisation=organisation)

    async def test_revoked_twice_was_revoked_the_first_time(self, anywhere: Opened) -> None:
        store = anywhere.accounts.keys.store
        key, _ = await anywhere.accounts.keys.make(await anywhere.add(), name="A", scopes=[OWN])
        first = anywhere.clock()
        await store.revoke(key, at=first)
        anywhere.clock.move(days=1)
        await store.revoke(key, at=anywhere.clock())

        assert (await store.with_prefix(key.prefix)).revoked_at == first
