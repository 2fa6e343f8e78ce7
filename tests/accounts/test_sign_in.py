import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from ion.accounts import (
    Hashing,
    HashingCost,
    Proof,
    SessionEnded,
    SessionId,
    SignedIn,
    SignInLocked,
    SignInRefused,
    User,
    Visit,
)
from ion.accounts.session import HALF_LIFE
from tests.accounts.opened import GOOD, HOME, OTHER, Opened, counted, opened
from tests.servers.databases import sqlite_at

ELSEWHERE = Visit("198.51.100.9")


async def guess(here: Opened, email: str, times: int, *, visit: Visit = HOME) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await here.accounts.sign_in.with_password(email, OTHER, visit)


async def with_app(here: Opened, user: User) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """Turn somebody's second factor on; return their app and recovery codes, and leave the clock at a new code."""
    enrolment = await here.accounts.second_factors.begin(user)
    app = pyotp.TOTP(enrolment.secret)
    codes = await here.accounts.second_factors.confirm(user, app.at(here.clock()))
    here.clock.move(seconds=90)
    return app, codes


async def half(here: Opened, user: User) -> SignedIn:
    return await here.accounts.sign_in.with_password(user.email, GOOD, HOME)


class TestPassword:
    async def test_begins_a_session(self, anywhere: Opened) -> None:
        user = await anywhere.add("mina@example.org")

        signed_in = await anywhere.accounts.sign_in.with_password(" Mina@EXAMPLE.org", GOOD, HOME)

        caller = await anywhere.accounts.caller_of_session(signed_in.session)
        assert not signed_in.needs_second_factor
        assert (caller.user, caller.proof) == (user.id, Proof.PASSWORD)
        (session,) = await anywhere.accounts.sessions.of(user.id)
        assert (session.network, session.user_agent) == ("203.0.113.0/24", HOME.user_agent)
        seen = await anywhere.accounts.users.with_email("mina@example.org")
        assert seen.last_seen_at == anywhere.clock()

    async def test_every_refusal_reads_the_same(self, anywhere: Opened) -> None:
        user, disabled, without = await anywhere.add(), await anywhere.add(), await anywhere.add(password=None)
        await anywhere.accounts.members.disable(disabled, by=None)
        refusals = set()

        for email, password in (
            (user.email, OTHER),
            (disabled.email, GOOD),
            (without.email, ""),
            ("nobody@example.org", GOOD),
            ("no address\x00", GOOD),
            ("\ud800", GOOD),
            (user.email, "a" * 100_000),
        ):
            with pytest.raises(SignInRefused) as caught:
                await anywhere.accounts.sign_in.with_password(email, password, HOME)
            refusals.add((caught.value.message, caught.value.field, str(caught.value.details)))

        assert len(refusals) == 1

    async def test_that_was_hashed_more_cheaply_is_hashed_again(self, tmp_path: Path) -> None:
        async with opened(sqlite_at(tmp_path / "a.db")) as here:
            user = await here.add()
            before = await here.accounts.users.credentials(user.email)
            dearer = Hashing(HashingCost(passes=2, kibibytes=16, lanes=1))
            await replace(here.accounts.sign_in, hashing=dearer).with_password(user.email, GOOD, HOME)
            after = await here.accounts.users.credentials(user.email)

        assert before is not None
        assert after is not None
        assert "m=8,t=1" in str(before.password_hash)
        assert "m=16,t=2" in str(after.password_hash)


class TestLockOut:
    @pytest.mark.parametrize("exists", [True, False])
    async def test_is_the_same_whether_or_not_there_is_such_a_user(self, anywhere: Opened, exists: bool) -> None:
        await anywhere.add("mina@example.org" if exists else "other@example.org")

        await guess(anywhere, "mina@example.org", 5)
        with pytest.raises(SignInLocked) as caught:
            await anywhere.accounts.sign_in.with_password("mina@example.org", GOOD, HOME)

        assert caught.value.retry_after == 60
        assert caught.value.message == "Too many tries to sign in; come back in 60 seconds."

    async def test_is_over_after_the_wait_and_success_forgets_it(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        await guess(anywhere, user.email, 5)
        anywhere.clock.move(seconds=60)

        await anywhere.accounts.sign_in.with_password(user.email, GOOD, HOME)

        await guess(anywhere, user.email, 5)

    async def test_doubles(self, here: Opened) -> None:
        user = await here.add()
        await guess(here, user.email, 5)
        waits = []
        for _ in range(5):
            with pytest.raises(SignInLocked) as caught:
                await here.accounts.sign_in.with_password(user.email, OTHER, HOME)
            waits.append(caught.value.retry_after)
            here.clock.move(seconds=caught.value.retry_after)
            await guess(here, user.email, 1)

        assert waits == [60, 120, 240, 480, 900]

    async def test_waiting_does_not_count_as_trying(self, here: Opened) -> None:
        user = await here.add()
        await guess(here, user.email, 5)
        for _ in range(50):
            with pytest.raises(SignInLocked):
                await here.accounts.sign_in.with_password(user.email, OTHER, HOME)
        here.clock.move(seconds=60)

        assert (await here.accounts.sign_in.with_password(user.email, GOOD, HOME)).user.id == user.id

    async def test_is_one_users_and_nobody_elses(self, here: Opened) -> None:
        user, other = await here.add(), await here.add()
        await guess(here, user.email, 5)

        assert (await here.accounts.sign_in.with_password(other.email, GOOD, HOME)).user.id == other.id

    async def test_of_a_network_meets_whoever_tries_many_users_from_it(self, here: Opened) -> None:
        user = await here.add()
        for number in range(30):
            await guess(here, f"guess{number}@example.org", 1)

        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.with_password(user.email, GOOD, Visit("203.0.113.250"))
        assert (await here.accounts.sign_in.with_password(user.email, GOOD, ELSEWHERE)).user.id == user.id

    async def test_of_a_network_is_not_cleared_by_one_good_account(self, here: Opened) -> None:
        user = await here.add()
        for number in range(29):
            await guess(here, f"guess{number}@example.org", 1)
        await here.accounts.sign_in.with_password(user.email, GOOD, HOME)
        await guess(here, "guess30@example.org", 1)

        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.with_password(user.email, GOOD, HOME)

    async def test_many_at_once_do_not_slip_through_together(self, anywhere: Opened) -> None:
        user = await anywhere.add()

        results = await asyncio.gather(
            *(anywhere.accounts.sign_in.with_password(user.email, OTHER, HOME) for _ in range(20)),
            return_exceptions=True,
        )

        kinds = [type(one) for one in results]
        assert (kinds.count(SignInRefused), kinds.count(SignInLocked)) == (5, 15)

    async def test_leaves_nothing_behind_for_addresses_tried_meanwhile(self, anywhere: Opened) -> None:
        for number in range(30):
            await guess(anywhere, f"guess{number}@example.org", 1)
        before = await counted(anywhere, "sign_in_failure")
        for number in range(10):
            with pytest.raises(SignInLocked):
                await anywhere.accounts.sign_in.with_password(f"more{number}@example.org", OTHER, HOME)

        assert await counted(anywhere, "sign_in_failure") == before == 31

    async def test_is_forgotten_after_a_day(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        await guess(anywhere, user.email, 5)
        anywhere.clock.move(hours=24)

        await guess(anywhere, user.email, 5)


class TestSecondFactor:
    async def test_is_due_after_the_password_and_begins_another_session(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        app, _ = await with_app(anywhere, user)

        first = await half(anywhere, user)
        with pytest.raises(SessionEnded):
            await anywhere.accounts.caller_of_session(first.session)
        second = await anywhere.accounts.sign_in.with_code(first.session, app.at(anywhere.clock()), HOME)

        assert (first.needs_second_factor, second.needs_second_factor) == (True, False)
        caller = await anywhere.accounts.caller_of_session(second.session)
        assert (caller.user, caller.proof) == (user.id, Proof.SECOND_FACTOR)
        assert len(await anywhere.accounts.sessions.of(user.id)) == 1
        with pytest.raises(SessionEnded):
            await anywhere.accounts.sign_in.with_code(first.session, app.at(anywhere.clock()), HOME)

    async def test_a_code_works_once(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        app, _ = await with_app(anywhere, user)
        code = app.at(anywhere.clock())
        halves = [await half(anywhere, user) for _ in range(2)]

        results = await asyncio.gather(
            *(anywhere.accounts.sign_in.with_code(one.session, code, HOME) for one in halves), return_exceptions=True
        )

        assert sorted(type(one).__name__ for one in results) == ["SignInRefused", "SignedIn"]

    async def test_the_code_that_turned_it_on_does_not_work_again(self, here: Opened) -> None:
        user = await here.add()
        app = pyotp.TOTP((await here.accounts.second_factors.begin(user)).secret)
        code = app.at(here.clock())
        await here.accounts.second_factors.confirm(user, code)

        with pytest.raises(SignInRefused):
            await here.accounts.sign_in.with_code((await half(here, user)).session, code, HOME)

    async def test_a_recovery_code_works_once(self, anywhere: Opened) -> None:
        user = await anywhere.add()
        _, codes = await with_app(anywhere, user)
        signed_in = await anywhere.accounts.sign_in.with_code(
            (await half(anywhere, user)).session, codes[3].lower(), HOME
        )

        assert (await anywhere.accounts.caller_of_session(signed_in.session)).proof is Proof.RECOVERY_CODE
        assert await anywhere.accounts.users.recovery_codes_left(user) == 9
        with pytest.raises(SignInRefused):
            await anywhere.accounts.sign_in.with_code((await half(anywhere, user)).session, codes[3], HOME)

    async def test_an_office_full_of_apps_does_not_lock_itself_out(self, here: Opened) -> None:
        user = await here.add()
        app, _ = await with_app(here, user)

        for _ in range(35):
            here.clock.move(seconds=30)
            first = await half(here, user)
            await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)

        for number in range(29):
            await guess(here, f"guess{number}@example.org", 1)

    async def test_somebody_elses_recovery_code_is_none(self, here: Opened) -> None:
        user, other = await here.add(), await here.add()
        await with_app(here, user)
        _, codes = await with_app(here, other)

        with pytest.raises(SignInRefused):
            await here.accounts.sign_in.with_code((await half(here, user)).session, codes[0], HOME)

    async def test_guessing_is_stopped_though_the_password_is_known(self, here: Opened) -> None:
        user = await here.add()
        app, _ = await with_app(here, user)
        first = await half(here, user)
        for _ in range(4):
            with pytest.raises(SignInRefused):
                await here.accounts.sign_in.with_code(first.session, "000000", HOME)

        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)
        with pytest.raises(SignInLocked):
            await half(here, user)

    @pytest.mark.parametrize(("off", "holds"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
    async def test_has_to_come_within_five_minutes(self, here: Opened, off: timedelta, holds: bool) -> None:
        user = await here.add()
        app, _ = await with_app(here, user)
        first = await half(here, user)
        here.clock.now += HALF_LIFE + off

        if holds:
            assert await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)
        else:
            with pytest.raises(SessionEnded):
                await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)

    async def test_needs_a_password_before_it(self, here: Opened) -> None:
        user, other = await here.add(), await here.add()
        app, _ = await with_app(here, user)
        whole = await half(here, other)

        for session in (SessionId("made up"), whole.session):
            with pytest.raises(SessionEnded):
                await here.accounts.sign_in.with_code(session, app.at(here.clock()), HOME)

    async def test_who_is_disabled_between_the_two_is_out(self, here: Opened) -> None:
        user = await here.add()
        app, _ = await with_app(here, user)
        first = await half(here, user)
        await here.accounts.members.disable(user, by=None)

        with pytest.raises(SessionEnded):
            await here.accounts.sign_in.with_code(first.session, app.at(here.clock()), HOME)


class TestAskingAgain:
    async def test_takes_the_password_and_counts_like_signing_in(self, here: Opened) -> None:
        user = await here.add()
        await here.accounts.sign_in.check_password(user, GOOD, HOME)
        for _ in range(5):
            with pytest.raises(SignInRefused):
                await here.accounts.sign_in.check_password(user, OTHER, HOME)

        with pytest.raises(SignInLocked):
            await here.accounts.sign_in.check_password(user, GOOD, HOME)
        here.clock.move(minutes=1)
        await here.accounts.sign_in.check_password(user, GOOD, HOME)
        await guess(here, user.email, 5)
        assert await here.accounts.sessions.of(user.id) == []


class TestOtherProofs:
    @pytest.mark.parametrize("proof", [Proof.OIDC, Proof.INVITATION])
    async def test_begin_a_session_too(self, here: Opened, proof: Proof) -> None:
        user = await here.add()

        signed_in = await here.accounts.sign_in.as_user(user, proof, Visit("::1", "a\nb" + "c" * 500))

        assert (await here.accounts.caller_of_session(signed_in.session)).proof is proof
        (session,) = await here.accounts.sessions.of(user.id)
        assert session.user_agent == "a b" + "c" * 197
