import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from ion.accounts import (
    AccountOptions,
    BadAccessToken,
    BadRefreshToken,
    BadScope,
    Issued,
    Proof,
    Role,
    SecondFactorDue,
    SignInLocked,
    SignInRefused,
    TokenLife,
    User,
)
from ion.accounts.digest import digest_of, system_randomness
from ion.accounts.refresh import RefreshText, new_refresh, successor
from tests.accounts.forging import part
from tests.accounts.opened import GOOD, HOME, OTHER, Opened, counted, opened
from tests.accounts.test_sign_in import with_app


async def issued(here: Opened, user: User) -> Issued:
    return await here.accounts.tokens.issue(user, Proof.PASSWORD, HOME)


async def holds(here: Opened, token: str) -> bool:
    try:
        await here.accounts.caller_of_token(token)
    except BadAccessToken:
        return False
    return True


class TestProving:
    async def test_takes_the_password_and_begins_no_session(self, here: Opened) -> None:
        user = await here.add("mina@example.org")

        assert await here.accounts.sign_in.prove(" Mina@EXAMPLE.org", GOOD, None, HOME) == (user, Proof.PASSWORD)
        assert await here.accounts.sessions.of(user.id) == []

    async def test_needs_the_code_where_there_is_a_second_factor(self, here: Opened) -> None:
        user = await here.add()
        app, codes = await with_app(here, user)
        prove = here.accounts.sign_in.prove

        with pytest.raises(SecondFactorDue):
            await prove(user.email, GOOD, None, HOME)
        with pytest.raises(SignInRefused):
            await prove(user.email, OTHER, app.at(here.clock()), HOME)
        with pytest.raises(SignInRefused):
            await prove(user.email, GOOD, "000000", HOME)
        assert (await prove(user.email, GOOD, app.at(here.clock()), HOME))[1] is Proof.SECOND_FACTOR
        with pytest.raises(SignInRefused):
            await prove(user.email, GOOD, app.at(here.clock()), HOME)
        assert (await prove(user.email, GOOD, codes[0], HOME))[1] is Proof.RECOVERY_CODE

    @pytest.mark.parametrize("password", [OTHER, GOOD], ids=["the password", "the code"])
    async def test_guessing_is_stopped(self, here: Opened, password: str) -> None:
        user = await here.add()
        app, _ = await with_app(here, user)
        for _ in range(5):
            with pytest.raises(SignInRefused):
                await here.accounts.sign_in.prove(user.email, password, "000000", HOME)

        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.prove(user.email, GOOD, app.at(here.clock()), HOME)

    async def test_asking_for_the_code_over_and_over_is_stopped_and_costs_the_network_nothing(
        self, here: Opened
    ) -> None:
        user = await here.add()
        await with_app(here, user)
        for _ in range(5):
            with pytest.raises(SecondFactorDue):
                await here.accounts.sign_in.prove(user.email, GOOD, None, HOME)
        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.prove(user.email, GOOD, None, HOME)

        other = await here.add()
        assert (await here.accounts.sign_in.prove(other.email, GOOD, None, HOME))[0] == other

    async def test_a_code_too_many_does_no_harm(self, here: Opened) -> None:
        user = await here.add()

        assert (await here.accounts.sign_in.prove(user.email, GOOD, "123456", HOME))[1] is Proof.PASSWORD


class TestIssuing:
    async def test_gives_what_was_asked_for(self, here: Opened) -> None:
        user = await here.add(role=Role.MANAGER)

        pair = await here.accounts.tokens.issue(user, Proof.SECOND_FACTOR, HOME, scopes=["analytics.read"])

        assert (pair.expires_in, sorted(pair.scopes)) == (900, ["analytics.read"])
        claims = part(pair.access_token, 1)
        assert (claims["scope"], claims["proof"]) == ("analytics.read", "second_factor")
        assert (await here.accounts.caller_of_token(pair.access_token)).permissions == {"analytics.read"}
        assert (await here.accounts.users.with_email(user.email)).last_seen_at == here.clock()

    async def test_of_more_than_one_may_is_refused_and_leaves_nothing(self, here: Opened) -> None:
        user = await here.add()

        with pytest.raises(BadScope):
            await here.accounts.tokens.issue(user, Proof.PASSWORD, HOME, scopes=["audit.read"])
        assert await counted(here, "token_family") == 0

    async def test_ends_with_the_family(self, tmp_path: Path) -> None:
        life = TokenLife(access=timedelta(minutes=15), idle=timedelta(days=9), absolute=timedelta(minutes=20))
        async with opened(f"sqlite:///{tmp_path / 'a.db'}", options=AccountOptions(tokens=life)) as here:
            pair = await issued(here, await here.add())
            here.clock.move(minutes=12)
            later = await here.accounts.tokens.refresh(pair.refresh_token)

        assert (pair.expires_in, later.expires_in) == (900, 8 * 60)

    async def test_keeps_digests_alone(self, anywhere: Opened) -> None:
        pair = await issued(anywhere, await anywhere.add())
        later = await anywhere.accounts.tokens.refresh(pair.refresh_token)
        async with anywhere.database.reading() as session:
            kept = str([(await session.execute(sql(f"SELECT * FROM {table}"))).all() for table in TABLES])  # noqa: S608

        assert digest_of(later.refresh_token) in kept
        refresh = [each.refresh_token.removeprefix("ion_refresh_") for each in (pair, later)]
        signatures = [each.access_token.rpartition(".")[2] for each in (pair, later)]
        assert [secret for secret in (*refresh, *signatures) if secret in kept or secret in repr((pair, later))] == []


TABLES = ("token_family", "spent_refresh", "signing_key")


class TestRefreshing:
    async def test_gives_new_tokens_of_the_same_family(self, anywhere: Opened) -> None:
        pair = await issued(anywhere, await anywhere.add())
        anywhere.clock.move(minutes=14)

        later = await anywhere.accounts.tokens.refresh(pair.refresh_token)

        first, second = part(pair.access_token, 1), part(later.access_token, 1)
        assert (first["sid"], first["sub"], first["scope"]) == (second["sid"], second["sub"], second["scope"])
        assert later.refresh_token != pair.refresh_token
        assert first["jti"] != second["jti"]
        assert await holds(anywhere, later.access_token)

    async def test_goes_on_step_by_step(self, here: Opened) -> None:
        token, seen = (await issued(here, await here.add())).refresh_token, set()
        for _ in range(6):
            here.clock.move(minutes=15)
            seen.add(token)
            token = (await here.accounts.tokens.refresh(token)).refresh_token

        assert len({*seen, token}) == 7

    async def test_again_ends_the_whole_family(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        other = await issued(anywhere, user)
        stolen = await issued(anywhere, user)
        thiefs = await anywhere.accounts.tokens.refresh(stolen.refresh_token)
        anywhere.clock.move(seconds=10)

        with capture_logs() as logs, pytest.raises(BadRefreshToken):
            await anywhere.accounts.tokens.refresh(stolen.refresh_token)

        assert logs == [{"event": "accounts.refresh_token_used_again", "log_level": "warning"}]
        with pytest.raises(BadRefreshToken):
            await anywhere.accounts.tokens.refresh(thiefs.refresh_token)
        held = [await holds(anywhere, pair.access_token) for pair in (stolen, thiefs, other)]
        assert held == [False, False, True]
        assert await counted(anywhere, "spent_refresh") == 0

    async def test_again_at_once_gives_the_same_token(self, anywhere: Opened) -> None:
        """The answer may have been lost on its way."""
        pair = await issued(anywhere, await anywhere.add())
        lost = await anywhere.accounts.tokens.refresh(pair.refresh_token)
        anywhere.clock.move(seconds=9)

        again = await anywhere.accounts.tokens.refresh(pair.refresh_token)

        assert again.refresh_token == lost.refresh_token
        assert await holds(anywhere, again.access_token)
        assert await anywhere.accounts.tokens.refresh(again.refresh_token)

    async def test_again_at_once_with_one_that_others_came_after_ends_the_family(self, here: Opened) -> None:
        pair = await issued(here, await here.add())
        second = await here.accounts.tokens.refresh(pair.refresh_token)
        third = await here.accounts.tokens.refresh(second.refresh_token)

        with pytest.raises(BadRefreshToken):
            await here.accounts.tokens.refresh(pair.refresh_token)
        assert not await holds(here, third.access_token)

    async def test_many_times_at_once_gives_one_token(self, anywhere: Opened) -> None:
        pair = await issued(anywhere, await anywhere.add())

        pairs = await asyncio.gather(*(anywhere.accounts.tokens.refresh(pair.refresh_token) for _ in range(8)))

        (only,) = {each.refresh_token for each in pairs}
        assert await counted(anywhere, "spent_refresh") == 1
        assert await anywhere.accounts.tokens.refresh(only)
        assert [await holds(anywhere, each.access_token) for each in pairs] == [True] * 8

    async def test_shrinks_with_its_user(self, here: Opened) -> None:
        user = await here.add(role=Role.MANAGER)
        pair = await here.accounts.tokens.issue(user, Proof.PASSWORD, HOME, scopes=["analytics.read", "data.own"])
        await here.accounts.members.set_role(user, Role.MENTEE, by=None)

        assert (await here.accounts.caller_of_token(pair.access_token)).permissions == {"data.own"}
        assert (await here.accounts.tokens.refresh(pair.refresh_token)).scopes == {"data.own"}

    @pytest.mark.parametrize(("days", "holds"), [(13.99, True), (14, False)])
    async def test_ends_when_it_is_not_done(self, here: Opened, days: float, holds: bool) -> None:
        pair = await issued(here, await here.add())
        here.clock.move(days=days)

        if holds:
            assert await here.accounts.tokens.refresh(pair.refresh_token)
        else:
            with pytest.raises(BadRefreshToken):
                await here.accounts.tokens.refresh(pair.refresh_token)

    async def test_ends_after_thirty_days_in_any_case(self, here: Opened) -> None:
        token = (await issued(here, await here.add())).refresh_token
        for _ in range(29):
            here.clock.move(days=1)
            token = (await here.accounts.tokens.refresh(token)).refresh_token
        here.clock.move(days=1)

        with pytest.raises(BadRefreshToken):
            await here.accounts.tokens.refresh(token)

    @pytest.mark.parametrize(
        "text", ["", "ion_refresh_", "ion_refresh_" + "A" * 43, "ion_refresh_" + "A" * 42 + "\ud800", "x" * 100_000]
    )
    async def test_with_what_was_never_issued(self, here: Opened, text: str) -> None:
        with pytest.raises(BadRefreshToken) as caught:
            await here.accounts.tokens.refresh(text)

        assert caught.value.message == "This refresh token is not valid; sign in again."


class TestTheNextToken:
    def test_follows_from_the_one_before_and_a_salt(self) -> None:
        first = new_refresh(system_randomness)

        assert successor(first, b"a") == successor(first, b"a")
        assert len({first, successor(first, b"a"), successor(first, b"b"), successor(RefreshText("x"), b"a")}) == 4

    async def test_cannot_be_found_with_an_old_one_and_the_database(self, here: Opened) -> None:
        """Only the last exchange can be done again, and that for ten seconds; the salts before it are gone."""
        pair = await issued(here, await here.add())
        second = await here.accounts.tokens.refresh(pair.refresh_token)
        held = await here.accounts.tokens.store.find(digest_of(second.refresh_token))
        third = await here.accounts.tokens.refresh(second.refresh_token)
        now = await here.accounts.tokens.store.find(digest_of(third.refresh_token))

        assert held is not None
        assert now is not None
        assert held.family.salt != now.family.salt
        assert successor(pair.refresh_token, now.family.salt) not in (second.refresh_token, third.refresh_token)


class TestRevoking:
    @pytest.mark.parametrize("which", ["refresh", "access", "spent"])
    async def test_by_any_of_its_tokens_ends_the_family(self, anywhere: Opened, which: str) -> None:
        user = await anywhere.add()
        first, other = await issued(anywhere, user), await issued(anywhere, user)
        pair = await anywhere.accounts.tokens.refresh(first.refresh_token)
        shown = {"refresh": pair.refresh_token, "access": pair.access_token, "spent": first.refresh_token}[which]

        await anywhere.accounts.tokens.revoke(shown)
        await anywhere.accounts.tokens.revoke(shown)

        assert [await holds(anywhere, each.access_token) for each in (first, pair, other)] == [False, False, True]
        with pytest.raises(BadRefreshToken):
            await anywhere.accounts.tokens.refresh(pair.refresh_token)

    @pytest.mark.parametrize("text", ["", "nothing", "ion_refresh_" + "A" * 43])
    async def test_what_is_no_token_ends_nothing(self, here: Opened, text: str) -> None:
        pair = await issued(here, await here.add())

        await here.accounts.tokens.revoke(text)

        assert await holds(here, pair.access_token)

    @pytest.mark.parametrize("how", ["disabled", "password", "second factor"])
    async def test_comes_with_what_ends_sessions(self, anywhere: Opened, how: str) -> None:
        user, bystander = await anywhere.add(), await anywhere.add()
        pair, other = await issued(anywhere, user), await issued(anywhere, bystander)
        if how == "disabled":
            await anywhere.accounts.members.disable(user, by=None)
            await anywhere.accounts.members.enable(user, by=None)
        elif how == "password":
            await anywhere.accounts.members.set_password(user, OTHER)
        else:
            await anywhere.accounts.members.reset_second_factor(user, by=None)

        assert [await holds(anywhere, each.access_token) for each in (pair, other)] == [False, True]
        with pytest.raises(BadRefreshToken):
            await anywhere.accounts.tokens.refresh(pair.refresh_token)

    async def test_that_outlived_their_user_by_a_moment_do_not_hold(self, here: Opened) -> None:
        """Somebody may sign in while they are being disabled."""
        pair = await issued(here, await here.add())
        async with here.database.transaction() as session:
            await session.execute(sql("UPDATE user SET disabled_at = '2026-03-01 00:00:00.000000'"))

        assert not await holds(here, pair.access_token)
        with pytest.raises(BadRefreshToken):
            await here.accounts.tokens.refresh(pair.refresh_token)


class TestPurging:
    async def test_forgets_families_that_are_over_and_their_tokens(self, anywhere: Opened) -> None:
        unused = await issued(anywhere, await anywhere.add())
        await anywhere.accounts.tokens.refresh(unused.refresh_token)
        anywhere.clock.move(days=10)
        used = await issued(anywhere, await anywhere.add())
        anywhere.clock.move(days=4)
        await anywhere.accounts.purge()

        assert await counted(anywhere, "token_family") == 1
        assert await counted(anywhere, "spent_refresh") == 0
        assert await anywhere.accounts.tokens.refresh(used.refresh_token)
