import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from ion.accounts import BadBreachList, Permission, Proof, Role, SessionEnded, SessionId, SessionLife
from ion.accounts.digest import digest_of, is_same, new_secret
from ion.accounts.lockout import PER_USER
from ion.services import open_services
from ion.settings import AccountsSettings, Settings
from tests.accounts.opened import GOOD, HOME, Opened, counted


async def signed_in(here: Opened) -> tuple[str, SessionId]:
    user = await here.add()
    return user.email, (await here.accounts.sign_in.with_password(user.email, GOOD, HOME)).session


class TestLocalCaller:
    async def test_may_do_everything_and_comes_out_of_the_same_tables(self, anywhere: Opened) -> None:
        caller = await anywhere.accounts.local_caller()

        assert (caller.user, caller.organisation, caller.proof) == ("local", "local", Proof.LOCAL)
        assert caller.role is Role.ADMIN
        assert caller.permissions == set(Permission)

    async def test_cannot_be_signed_in_as(self, anywhere: Opened) -> None:
        local = await anywhere.accounts.users.with_email("local@localhost")

        assert not local.has_password


class TestSessions:
    @pytest.mark.parametrize(("hours", "holds"), [(23.99, True), (24, False)])
    async def test_end_when_they_are_not_used(self, anywhere: Opened, hours: float, holds: bool) -> None:
        _, session = await signed_in(anywhere)
        anywhere.clock.move(hours=hours)

        if holds:
            assert (await anywhere.accounts.caller_of_session(session)).proof is Proof.PASSWORD
        else:
            with pytest.raises(SessionEnded):
                await anywhere.accounts.caller_of_session(session)

    async def test_go_on_while_they_are_used_up_to_their_end(self, here: Opened) -> None:
        email, session = await signed_in(here)
        for _ in range(59):
            here.clock.move(hours=12)
            await here.accounts.caller_of_session(session)
        assert (await here.accounts.users.with_email(email)).last_seen_at == here.clock()
        here.clock.move(hours=12)

        with pytest.raises(SessionEnded):
            await here.accounts.caller_of_session(session)

    async def test_their_use_is_written_once_a_minute(self, here: Opened) -> None:
        email, session = await signed_in(here)
        begun = here.clock()
        user = await here.accounts.users.with_email(email)
        written = []
        for seconds in (59, 1, 59):
            here.clock.move(seconds=seconds)
            await here.accounts.caller_of_session(session)
            (kept,) = await here.accounts.sessions.of(user.id)
            written.append((kept.last_used_at - begun).total_seconds())

        assert written == [0, 60, 60]

    async def test_end_by_signing_out(self, anywhere: Opened) -> None:
        _, session = await signed_in(anywhere)
        await anywhere.accounts.sign_out(session)
        await anywhere.accounts.sign_out(session)

        with pytest.raises(SessionEnded):
            await anywhere.accounts.caller_of_session(session)

    async def test_end_one_by_one_or_all_but_this_one(self, anywhere: Opened) -> None:
        user, stranger = await anywhere.add(), await anywhere.add()
        accounts = anywhere.accounts
        held = [(await accounts.sign_in.with_password(user.email, GOOD, HOME)).session for _ in range(4)]

        assert not await accounts.sessions.end(digest_of(held[0]), user=stranger.id)
        assert await accounts.sessions.end(digest_of(held[0]), user=user.id)
        assert await accounts.sessions.end_all(user.id, but=digest_of(held[1])) == 2
        assert (await accounts.caller_of_session(held[1])).user == user.id
        assert await accounts.sessions.end_all(user.id) == 1
        for session in held:
            with pytest.raises(SessionEnded):
                await accounts.caller_of_session(session)

    async def test_that_outlived_their_user_by_a_moment_do_not_hold(self, here: Opened) -> None:
        """Somebody may sign in while they are being disabled."""
        email, session = await signed_in(here)
        await run(here, "UPDATE user SET disabled_at = '2026-03-01 00:00:00.000000'")

        with pytest.raises(SessionEnded):
            await here.accounts.caller_of_session(session)
        assert (await here.accounts.users.with_email(email)).is_disabled

    @pytest.mark.parametrize("session", ["", "made up", "\ud800", "a" * 10_000])
    async def test_that_were_never_begun(self, here: Opened, session: str) -> None:
        with pytest.raises(SessionEnded):
            await here.accounts.caller_of_session(SessionId(session))


class TestPurging:
    async def test_forgets_what_is_over_and_nothing_else(self, anywhere: Opened) -> None:
        accounts = anywhere.accounts
        await signed_in(anywhere)
        await accounts.members.invite(anywhere.school.id, "old@example.org", Role.MENTEE, by=None)
        await accounts.failures.begin({"old": PER_USER}, now=anywhere.clock())
        anywhere.clock.move(days=38)
        _, session = await signed_in(anywhere)
        _, secret = await accounts.members.invite(anywhere.school.id, "new@example.org", Role.MENTEE, by=None)
        await accounts.failures.begin({"new": PER_USER}, now=anywhere.clock())

        await accounts.purge()

        assert await counted(anywhere, "session") == 1
        assert await counted(anywhere, "invitation") == 1
        assert await counted(anywhere, "sign_in_failure") == 2
        assert await accounts.caller_of_session(session)
        assert await accounts.members.accept(secret, name="N", language="ko", password=None)

    async def test_is_done_at_once_and_goes_on_after_a_failure(self, here: Opened) -> None:
        await here.accounts.failures.begin({"old": PER_USER}, now=here.clock() - timedelta(days=2))
        await run(here, "ALTER TABLE sign_in_failure RENAME TO away")
        watch = WatchedClock(here.clock())
        with capture_logs() as logs:
            purging = asyncio.create_task(replace(here.accounts, clock=watch).keep_purging(every=timedelta(0)))
            await watch.looks(2)
            await run(here, "ALTER TABLE away RENAME TO sign_in_failure")
            await watch.looks(2)
            purging.cancel()
            await asyncio.gather(purging, return_exceptions=True)

        assert {(entry["event"], entry["work"]) for entry in logs} == {("round.failed", "accounts")}
        assert await counted(here, "sign_in_failure") == 0


class WatchedClock:
    """Tells when somebody looks at it; each purge begins with that."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._looked = asyncio.Event()

    def __call__(self) -> datetime:
        self._looked.set()
        return self._now

    async def looks(self, times: int) -> None:
        for _ in range(times):
            self._looked.clear()
            await self._looked.wait()


async def run(here: Opened, statement: str) -> None:
    async with here.database.transaction() as session:
        await session.execute(text(statement))


class TestSecrets:
    def test_are_256_bits_and_kept_as_digests(self) -> None:
        secret = new_secret(lambda size: bytes(range(size)))

        assert len(secret) == 43
        assert is_same(secret, digest_of(secret))
        assert not is_same(f"{secret}.", digest_of(secret))
        assert secret not in digest_of(secret)


class TestServices:
    async def test_hold_the_accounts_as_they_are_set(self, settings: Settings) -> None:
        chosen = AccountsSettings(session_idle_hours=2, session_days=3, key_environment="test")
        async with open_services(settings.model_copy(update={"accounts": chosen})) as services:
            caller = await services.accounts.local_caller()
            local = await services.accounts.users.with_email("local@localhost")
            _, key = await services.accounts.keys.make(local, name="K", scopes=["conversations.own"])

        assert caller.proof is Proof.LOCAL
        assert services.accounts.life == SessionLife(idle=timedelta(hours=2), absolute=timedelta(days=3))
        assert key.startswith("ion_test_")

    async def test_do_not_open_with_a_list_of_leaked_passwords_that_is_none(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        chosen = AccountsSettings(breached_passwords=tmp_path / "nothing.txt")

        with pytest.raises(BadBreachList):
            async with open_services(settings.model_copy(update={"accounts": chosen})):
                pass
