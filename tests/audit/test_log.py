import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ion.audit import (
    SYSTEM,
    Action,
    Actor,
    ActorKind,
    AuditBroken,
    AuditEvent,
    Document,
    Fault,
    Finding,
    Origin,
    Outcome,
    Target,
    Wanted,
    acting,
    current_origin,
    denial,
    documents,
    verify,
)
from ion.monitoring import configure_logs
from ion.privacy import mask
from ion.services import open_kept
from tests.audit.logs import HOME, JUN, MINA, OpenedLog, event
from tests.keyrings import sealing_settings

OPERATOR = Origin(Actor(ActorKind.OPERATOR, "root"))


async def all_of(log: OpenedLog, wanted: Wanted | None = None) -> list[Document]:
    return [one async for batch in documents(log.audit, wanted or Wanted()) for one in batch]


class TestRecord:
    async def test_who_what_when_and_from_where(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.audit.record(event(3))

        (kept,) = await all_of(log)
        assert {name: kept[name] for name in ("number", "at", "action", "outcome", "organisation")} == {
            "number": 1,
            "at": "2026-03-01T09:30:00.000000+00:00",
            "action": "member.role_changed",
            "outcome": "granted",
            "organisation": "blue",
        }
        assert (kept["actor_kind"], kept["actor"], kept["proof"], kept["key"]) == ("user", MINA, "password", None)
        assert (kept["target_kind"], kept["target"]) == ("user", JUN)
        assert (kept["network"], kept["request_id"]) == ("203.0.113.0/24", "request-1")
        assert kept["details"] == {"count": 3, "role": "admin", "role_before": "mentee"}

    async def test_what_the_event_says_goes_before_the_origin(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.audit.record(AuditEvent(Action.KEY_USED, actor=SYSTEM, network="198.51.100.0/24"))

        (kept,) = await all_of(log)
        assert (kept["actor_kind"], kept["actor"], kept["network"]) == ("system", None, "198.51.100.0/24")

    async def test_nobody_named_is_ion_itself(self, log: OpenedLog) -> None:
        await log.add()

        assert (await all_of(log))[0]["actor_kind"] == "system"

    async def test_keeps_aliases_in_the_rows_the_same_for_the_same(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add(2)
        with acting(Origin(Actor(ActorKind.USER, JUN, "password"), HOME.network)):
            await log.add()

        entries = (await log.audit.store.newest(limit=3))[::-1]
        assert not {MINA, JUN, HOME.network} & {value for entry in entries for value in entry}
        assert entries[0].actor == entries[1].actor != entries[2].actor == entries[0].target
        # A network is each person's own, so that it can go with them.
        assert entries[0].network == entries[1].network != entries[2].network

    async def test_a_target_that_is_no_person_is_kept_as_it_is(self, log: OpenedLog) -> None:
        await log.audit.record(AuditEvent(Action.KEY_REVOKED, "blue", target=Target("key", "k-1")))

        assert (await all_of(log))[0]["target"] == "k-1"


class TestEvents:
    @pytest.mark.parametrize(
        "details",
        [{"words": "x"}, {"reason": "mina@example.org"}, {"reason": "안녕"}, {"reason": "a\nb"}, {"reason": "a" * 401}],
    )
    def test_take_no_words(self, details: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="no detail"):
            AuditEvent(Action.SIGN_IN, details=details)

    def test_of_a_denial(self) -> None:
        denied = denial("audit.read", route="GET /api/v2/members/{user_id}", organisation="blue")

        assert (denied.action, denied.outcome) == (Action.PERMISSION_DENIED, Outcome.DENIED)
        assert denied.details == {"permission": "audit.read", "route": "GET /api/v2/members/{user_id}"}


class TestOrigin:
    async def test_is_inherited_by_tasks_and_ends_with_its_block(self) -> None:
        async def seen() -> Origin:
            return current_origin()

        with acting(HOME):
            inside = await asyncio.create_task(seen())
            with acting(OPERATOR):
                nested = current_origin()
        assert (inside, nested, current_origin()) == (HOME, OPERATOR, Origin())

    def test_shows_nothing_personal(self) -> None:
        assert MINA not in repr(HOME)
        assert "203.0" not in repr(HOME)


class TestTogether:
    async def test_a_change_that_fails_is_not_recorded(self, log: OpenedLog) -> None:
        with pytest.raises(RuntimeError, match="no"):
            async with log.audit.recording(event()):
                raise RuntimeError("no")

        assert await all_of(log) == []
        assert (await verify(log.audit)).finding is None

    async def test_a_change_that_cannot_be_recorded_is_not_made(self, log: OpenedLog) -> None:
        await log.tamper("DELETE FROM audit_head")

        with pytest.raises(AuditBroken, match="`ion audit verify`"):
            async with log.audit.recording(event()), log.database.transaction() as session:
                await session.execute(text("UPDATE organisation SET name = 'Changed'"))

        async with log.database.reading() as session:
            assert await session.scalar(text("SELECT name FROM organisation")) == "Local"

    async def test_what_is_only_noted_is_said_to_be_lost(
        self, log: OpenedLog, capfd: pytest.CaptureFixture[str]
    ) -> None:
        configure_logs("info", "json", mask)
        await log.tamper("DELETE FROM audit_head")

        await log.audit.note(denial("audit.read", route="GET /audit"))

        written = capfd.readouterr()
        assert "audit.lost" in written.out + written.err
        assert "permission.denied" in written.out + written.err


class TestTheDatabase:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entry SET outcome = 'denied'",
            "DELETE FROM audit_entry",
            "UPDATE audit_head SET entries = 0",
            "DELETE FROM audit_head",
            "UPDATE audit_name SET value = 'another'",
        ],
    )
    async def test_refuses_to_change_what_is_kept(self, log: OpenedLog, statement: str) -> None:
        with acting(HOME):
            await log.add()

        with pytest.raises(DBAPIError, match="only added to"):
            async with log.database.transaction() as session:
                await session.execute(text(statement))

    async def test_refuses_to_empty_a_table(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add()
        tables = ("audit_entry", "audit_head", "audit_name")
        # SQLite has no TRUNCATE; there a DELETE of all rows is the same.
        emptied = ["DELETE FROM audit_entry"] if log.database.is_embedded else [f"TRUNCATE {name}" for name in tables]
        for statement in emptied:
            with pytest.raises(DBAPIError, match="only added to"):
                async with log.database.transaction() as session:
                    await session.execute(text(statement))


class TestErase:
    async def test_leaves_the_entries_and_nobody_in_them(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add(2)
        with acting(OPERATOR):
            await log.audit.erase(MINA, organisation="blue")

        first, _, erased = await all_of(log)
        async with log.database.reading() as session:
            names = set(await session.scalars(text("SELECT value FROM audit_name")))
        assert names == {JUN, "root"}
        assert (first["actor"], first["network"], first["target"]) == (None, None, JUN)
        assert (erased["action"], erased["actor"]) == ("erasure.done", "root")
        assert erased["target"] == first["actor_alias"]
        assert (await verify(log.audit)).finding is None

    async def test_by_themselves_leaves_nothing_of_that_either(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add()
            await log.audit.erase(MINA, organisation="blue")

        async with log.database.reading() as session:
            assert list(await session.scalars(text("SELECT value FROM audit_name"))) == [JUN]
        assert (await verify(log.audit)).finding is None

    async def test_of_somebody_unknown_changes_nothing(self, log: OpenedLog) -> None:
        await log.audit.erase(MINA, organisation="blue")

        assert await all_of(log) == []

    async def test_is_no_cover_for_other_names_that_go(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add()
        with acting(OPERATOR):
            await log.audit.erase(JUN, organisation="blue")
        await log.tamper("DELETE FROM audit_name WHERE kind = 'operator'")

        assert (await verify(log.audit)).finding == Finding(2, Fault.UNNAMED)


class TestWasSeen:
    async def test_the_same_from_the_same_network(self, log: OpenedLog) -> None:
        used = AuditEvent(Action.KEY_USED, "blue", target=Target("key", "k-1"))
        elsewhere = AuditEvent(Action.KEY_USED, "blue", target=Target("key", "k-1"), network="198.51.100.0/24")
        with acting(HOME):
            before = await log.audit.was_seen(used)
            await log.audit.record(used)

            assert not before
            assert await log.audit.was_seen(used)
            assert not await log.audit.was_seen(elsewhere)
            assert not await log.audit.was_seen(AuditEvent(Action.KEY_USED, "blue", target=Target("key", "k-2")))
            log.clock.move(minutes=20)
            assert not await log.audit.was_seen(used, since=log.clock())


class TestTheAnchor:
    async def test_is_kept_apart_when_the_log_is_closed(self, log: OpenedLog) -> None:
        await log.add(2)
        before = await log.audit.anchors.get()
        await log.audit.anchor()
        first = await log.audit.anchors.get()
        await log.add()
        await log.audit.anchor()

        assert before is None
        assert first is not None
        assert (first.entries, await log.audit.anchors.get()) == (2, await log.audit.store.head())

    async def test_never_goes_back(self, log: OpenedLog) -> None:
        await log.add(3)
        await log.audit.anchor()
        after = await log.audit.anchors.get()
        await log.audit.anchors.advance((await verify(log.audit)).head._replace(entries=1))  # type: ignore[union-attr]  # there is one

        assert await log.audit.anchors.get() == after

    async def test_is_kept_from_time_to_time(self, here: OpenedLog) -> None:
        await here.add()
        task = asyncio.create_task(here.audit.keep_anchoring(every=timedelta(milliseconds=10)))
        while await here.audit.anchors.get() is None:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert await here.audit.anchors.get() == await here.audit.store.head()

    async def test_that_cannot_be_kept_is_said_and_tried_again(
        self, here: OpenedLog, capfd: pytest.CaptureFixture[str]
    ) -> None:
        configure_logs("info", "json", mask)
        await here.add()
        async with here.apart.transaction() as session:
            await session.execute(text("ALTER TABLE audit_anchor RENAME TO elsewhere"))
        await here.audit.anchor()
        written = capfd.readouterr()
        async with here.apart.transaction() as session:
            await session.execute(text("ALTER TABLE elsewhere RENAME TO audit_anchor"))
        await here.audit.anchor()

        assert "audit.anchor_failed" in written.out + written.err
        assert await here.audit.anchors.get() == await here.audit.store.head()


WRITER = """
import asyncio, sys
from datetime import timedelta
from tests.audit.logs import event
from ion.services import open_kept
from tests.keyrings import sealing_settings

async def main(url, count):
    async with open_kept(sealing_settings(url)) as kept:
        for number in range(count):
            await kept.audit.record(event(number))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


class TestManyAtOnce:
    async def test_tasks_of_one_process(self, log: OpenedLog) -> None:
        await asyncio.gather(*(log.audit.record(event(number)) for number in range(20)))

        done = await verify(log.audit)
        assert (done.entries, done.finding) == (20, None)
        assert sorted(one["details"]["count"] for one in await all_of(log)) == list(range(20))

    def test_processes(self, url: str) -> None:
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, url, "15"], stderr=subprocess.PIPE) for _ in range(2)
        ]
        errors = [writer.communicate(timeout=60)[1] for writer in writers]

        assert errors == [b"", b""]
        assert asyncio.run(_checked(url)) == (30, None)


async def _checked(url: str) -> tuple[int, Finding | None]:
    async with open_kept(sealing_settings(url)) as kept:
        done = await verify(kept.audit)
        return done.entries, done.finding
