"""Erasing people: when, step by step, cut off anywhere, by two at once, and up to the last byte of the files."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from ion.accounts import LOCAL_ORGANISATION, LOCAL_USER, SessionEnded, SessionId, UserNotFound
from ion.db import DatabaseUnavailable
from ion.mentoring import ConversationNotFound, EngineUsed, TurnId
from ion.rights import ErasureBegun, ErasureNotFound, Erasures
from ion.sealing import NoDataKey
from ion.settings import DatabaseSettings, Settings
from tests.keyrings import sealing_settings
from tests.mentoring.test_store import prepared
from tests.rights.living import SAID, Here, Life, living, somebody, talk
from tests.servers.postgres import Postgres

EVERYTHING = {
    "accounts": 1,
    "api_keys": 1,
    "batches": 1,
    "consents": 1,
    "conversations": 1,
    "corrections": 1,
    "data_keys": 1,
    "exports": 0,
    "feedback": 1,
    "identities": 1,
    "invitations": 1,
    "recovery_codes": 0,
    "sessions": 1,
    "sign_in_failures": 1,
    "tokens": 1,
    "turns": 1,
}
NAMED = (
    *("user", "conversation", "turn", "corrections", "feedback", "session", "api_key", "token_family", "invitation"),
    "identity",
    "consent",
)


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Here]:
    async with living(sealing_settings(await prepared(database_url))) as opened:
        yield opened


async def is_there(here: Here, life: Life) -> bool:
    conversations, _, _ = here.stores(life.user)
    try:
        await conversations.with_id(life.conversation)
        await here.accounts.users.with_id(life.user.id, organisation=life.user.organisation)
    except (ConversationNotFound, UserNotFound):
        return False
    return True


class TestAsking:
    async def test_erases_nothing_before_the_grace_period_is_over(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures()
        asked = await erasures.ask(life.user.id, life.user.organisation)
        here.clock.move(days=6.9)

        assert await erasures.round() == 0
        assert await is_there(here, life)
        assert await erasures.of(life.user.id) == asked
        assert asked.due_at - asked.asked_at == timedelta(days=7)
        assert (await erasures.receipt(asked.receipt)).erased == {}

    async def test_twice_is_as_once(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures()
        asked = await erasures.ask(life.user.id, life.user.organisation)
        here.clock.move(days=1)

        assert await erasures.ask(life.user.id, life.user.organisation) == asked

    async def test_can_be_taken_back_until_it_is_due(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures()
        asked = await erasures.ask(life.user.id, life.user.organisation)
        await erasures.cancel(life.user.id)
        here.clock.move(days=30)
        await erasures.round()

        assert await is_there(here, life)
        assert await erasures.of(life.user.id) is None
        with pytest.raises(ErasureNotFound):
            await erasures.receipt(asked.receipt)
        with pytest.raises(ErasureNotFound):
            await erasures.cancel(life.user.id)

    async def test_cannot_be_taken_back_once_it_is(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures()
        await erasures.ask(life.user.id, life.user.organisation)
        here.clock.move(days=7)

        with pytest.raises(ErasureBegun):
            await erasures.cancel(life.user.id)

    async def test_shows_the_receipt_in_no_repr(self, here: Here) -> None:
        life = await somebody(here)
        asked = await here.erasures().ask(life.user.id, life.user.organisation)

        assert asked.receipt not in repr(asked)


async def until_done(erasures: Erasures, receipt: str) -> None:
    for _ in range(1000):
        if (await erasures.receipt(receipt)).done_at is not None:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


class TestAudit:
    async def test_keeps_what_was_done_and_forgets_who_it_was(self, here: Here) -> None:
        life, erasures, audit = await somebody(here), here.erasures(days=0), here.kept.audit
        await erasures.ask(life.user.id, life.user.organisation)
        before = await here.count("audit_name")
        await erasures.round()
        entries = await audit.store.newest(limit=3)

        assert entries[0].action == "erasure.done"
        assert "erasure.asked" in [entry.action for entry in entries]
        assert await here.count("audit_name") < before
        async with here.kept.database.reading() as session:
            named = await session.scalar(
                text("SELECT count(*) FROM audit_name WHERE value = :user"), {"user": life.user.id}
            )
        assert named == 0

    async def test_says_that_it_was_taken_back(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures()
        await erasures.ask(life.user.id, life.user.organisation)
        await erasures.cancel(life.user.id)

        (entry,) = await here.kept.audit.store.newest(limit=1)
        assert entry.action == "erasure.cancelled"


class TestErasing:
    async def test_takes_everything_of_one_and_nothing_of_others(self, here: Here) -> None:
        life, other, erasures = await somebody(here), await somebody(here), here.erasures()
        before = {name: await here.count(name) for name in NAMED}
        asked = await erasures.ask(life.user.id, life.user.organisation)
        here.clock.move(days=7)
        ended = await erasures.round()
        receipt = await erasures.receipt(asked.receipt)

        assert ended == 1
        assert not await is_there(here, life)
        assert await is_there(here, other)
        assert (await here.stores(other.user)[1].of(other.conversation))[0].message == SAID
        assert receipt.erased == EVERYTHING
        assert await here.kept.keyring.store.of(life.user.id) == []
        assert receipt.done_at == here.clock()
        after = {name: await here.count(name) for name in NAMED}
        assert after == {name: number - 1 for name, number in before.items()}
        assert await erasures.round() == 0

    async def test_with_no_grace_period_is_done_by_the_loop_at_once(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures(days=0)
        session = SessionId(life.session)
        assert (await here.accounts.caller_of_session(session)).user == life.user.id
        task = asyncio.create_task(erasures.keep_on(every=timedelta(hours=1)))
        try:
            await asyncio.sleep(0)
            asked = await erasures.ask(life.user.id, life.user.organisation)
            await until_done(erasures, asked.receipt)
        finally:
            task.cancel()

        assert not await is_there(here, life)
        with pytest.raises(SessionEnded):
            await here.accounts.caller_of_session(session)

    async def test_that_fails_keeps_nobody_else_waiting(self, here: Here) -> None:
        first, second = await somebody(here), await somebody(here)

        async def refuse(user: str) -> None:
            if user == first.user.id:
                raise ConnectionError

        erasures = replace(here.erasures(days=0), stop=refuse)
        for life in (first, second):
            await erasures.ask(life.user.id, life.user.organisation)

        assert await erasures.round() == 1
        assert not await is_there(here, second)
        assert await erasures.of(first.user.id) is not None
        assert await here.erasures().round() == 1

    async def test_of_a_loop_goes_on_after_a_failure(self, here: Here) -> None:
        life, erasures = await somebody(here), here.erasures(days=0)
        asked = await erasures.ask(life.user.id, life.user.organisation)
        with cut_at(1) as cut:
            task = asyncio.create_task(erasures.keep_on(every=timedelta(milliseconds=10)))
            await asyncio.sleep(0.05)
            await until_done(erasures, asked.receipt)
        task.cancel()

        assert cut.happened
        assert not await is_there(here, life)

    async def test_leaves_whoever_runs_ion_alone_able_to_go_on(self, here: Here) -> None:
        local, erasures = (await here.accounts.local_caller()).user, here.erasures(days=0)
        user = await here.accounts.users.with_id(local, organisation=LOCAL_ORGANISATION)
        await here.accounts.users.set_profile(user, name="Wanda", language="ko")
        conversation = await talk(here, user)
        await erasures.ask(local, LOCAL_ORGANISATION)
        await erasures.round()
        again = await talk(here, user)
        kept = await here.accounts.users.with_id(LOCAL_USER, organisation=LOCAL_ORGANISATION)
        conversations, turns, _ = here.stores(user)

        assert (kept.name, kept.email, kept.is_disabled) == ("Local", "local@localhost", False)
        assert [each.id for each in await conversations.latest(limit=10)] == [again]
        assert (await turns.of(again))[0].message == SAID
        assert await turns.of(conversation) == []
        assert (await erasures.ask(local, LOCAL_ORGANISATION)).user == local

    async def test_lets_two_at_once_do_it_together(self, database_url: str) -> None:
        settings = sealing_settings(await prepared(database_url))
        async with living(settings) as here, living(settings) as there:
            lives = [await somebody(here) for _ in range(3)]
            receipts = [
                (await here.erasures(days=0).ask(life.user.id, life.user.organisation)).receipt for life in lives
            ]
            rounds = await asyncio.gather(here.erasures().round(), there.erasures().round(), return_exceptions=True)
            # One may be writing while the other wants the files for itself, which then waits for its next round.
            assert all(isinstance(each, int | DatabaseUnavailable) for each in rounds)
            await here.erasures().round()
            told = [await there.erasures().receipt(receipt) for receipt in receipts]

        assert [each.erased for each in told] == [EVERYTHING] * 3
        assert all(each.done_at is not None for each in told)

    async def test_stops_what_is_being_written_for_good(self, here: Here) -> None:
        life = await somebody(here)
        _, turns, _ = here.stores(life.user)
        await here.erasures().erase_now(life.user.id, life.user.organisation)

        await turns.finish(TurnId(life.conversation), reply="Too late", engine=EngineUsed("playbooks"), at=here.clock())
        assert await here.count("turn") == 0


class Cut(Exception):
    """The power went."""


class Cutter:
    def __init__(self, at: int) -> None:
        self.left = at
        self.happened = False

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.happened = True
            raise Cut


@contextmanager
def cut_at(number: int) -> Iterator[Cutter]:
    """Cut everything off before its so-many-th commit to a database, whichever it is."""
    cutter = Cutter(number)
    event.listen(Engine, "commit", cutter)
    try:
        yield cutter
    finally:
        event.remove(Engine, "commit", cutter)


class TestCutOff:
    async def test_before_any_commit_it_is_ended_by_the_next_round(self, settings: Settings) -> None:
        async with living(settings) as here:
            await self.cut_everywhere(here)

    async def cut_everywhere(self, here: Here) -> None:
        erasures, number, was_cut = here.erasures(days=0), 0, True
        while was_cut:
            number += 1
            life = await somebody(here)
            asked = await erasures.ask(life.user.id, life.user.organisation)
            with cut_at(number) as cut, suppress(Cut):
                await erasures.round()
            was_cut = cut.happened
            await erasures.round()
            receipt = await erasures.receipt(asked.receipt)

            assert receipt.done_at is not None, number
            assert receipt.erased == EVERYTHING, number
            assert not await is_there(here, life), number
            assert await here.count("conversation") == await here.count("turn") == 0, number
        # One to each step: access, account, conversations twice, the number of keys, the keys, the name, the end.
        assert number > 8


ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def found_in(folder: Path, words: list[str], *, but: str = "") -> set[str]:
    """Return the words that are in any file of a folder, in any encoding; `but` is a folder that is left out."""
    wanted = {(word, encoding): word.encode(encoding) for word in words for encoding in ENCODINGS}
    found = set()
    for path, folders, names in os.walk(folder):
        if but in folders:
            folders.remove(but)
        for name in names:
            file = Path(path) / name
            content = file.read_bytes() if file.is_file() else b""
            found |= {word for (word, _), value in wanted.items() if value in content}
    return found


class TestFiles:
    async def test_of_sqlite_hold_nothing_that_tells_of_somebody(self, tmp_path: Path) -> None:
        async with living(Settings(database=DatabaseSettings(url=f"sqlite:///{tmp_path / 'ion.db'}"))) as here:
            life, other = await somebody(here), await somebody(here)
            before = found_in(tmp_path, life.tells)
            erasures = here.erasures(days=0)
            asked = await erasures.ask(life.user.id, life.user.organisation)
            await erasures.round()
            words = [*life.tells, asked.receipt]
            opened = found_in(tmp_path, words)
            others = found_in(tmp_path, other.tells)
        closed = found_in(tmp_path, words)

        # What is not sealed was found before, and is of the other.
        assert before == {life.user.email, life.subject, life.user.name, life.user.id, life.key_prefix}
        assert others == {other.user.email, other.subject, other.user.name, other.user.id, other.key_prefix}
        assert opened == closed == set()

    async def test_of_postgresql_hold_nothing_that_tells_of_somebody(self, own_postgres: Postgres) -> None:
        url, folder = await prepared(own_postgres.fresh_database()), Path(own_postgres.server.pgdata)
        async with living(sealing_settings(url)) as here:
            life, other = await somebody(here), await somebody(here)
            own_postgres.server.psql("CHECKPOINT;")
            before = found_in(folder, life.tells, but="pg_wal")
            erasures = here.erasures(days=0)
            asked = await erasures.ask(life.user.id, life.user.organisation)
            await erasures.round()
        own_postgres.server.psql("CHECKPOINT;")

        assert before == {life.user.email, life.subject, life.user.name, life.user.id, life.key_prefix}
        # Its log of changes is left out: it goes with time.
        assert found_in(folder, [*life.tells, asked.receipt], but="pg_wal") == set()
        assert other.user.email in found_in(folder, other.tells, but="pg_wal")


class TestABackup:
    async def test_made_before_opens_nothing_beside_the_newest_keys(self, tmp_path: Path) -> None:
        file = tmp_path / "ion.db"
        settings = Settings(database=DatabaseSettings(url=f"sqlite:///{file}"))
        async with living(settings) as here:
            life, other = await somebody(here), await somebody(here)
        shutil.copy(file, tmp_path / "before.db")
        async with living(settings) as here:
            await here.erasures(days=0).ask(life.user.id, life.user.organisation)
            await here.erasures().round()
        shutil.copy(tmp_path / "before.db", file)

        async with living(settings) as here:
            conversations, turns, _ = here.stores(life.user)
            with pytest.raises(NoDataKey):
                await conversations.with_id(life.conversation)
            with pytest.raises(NoDataKey):
                await turns.of(life.conversation)
            assert (await here.stores(other.user)[1].of(other.conversation))[0].message == SAID
