import pytest
from sqlalchemy import text

from ion.audit import BadHead, Fault, Finding, Head, acting, head_of, verify
from ion.sealing import NoDataKey
from tests.audit.logs import EMPTY, HOME, JUN, MINA, OpenedLog

# A swap within one statement is refused by a primary key; a swap in three goes round it.
SWAP = [
    "UPDATE audit_entry SET seq = -1 WHERE seq = 2",
    "UPDATE audit_entry SET seq = 2 WHERE seq = 4",
    "UPDATE audit_entry SET seq = 4 WHERE seq = -1",
]
CUT = ["DELETE FROM audit_entry WHERE seq > 3"]
HEAD_TOO = ["UPDATE audit_head SET entries = 3, hash = (SELECT hash FROM audit_entry WHERE seq = 3)"]
JUN_IS_GONE = f"DELETE FROM audit_name WHERE value = '{JUN}'"  # noqa: S608 - no input


async def found(log: OpenedLog) -> Finding | None:
    return (await verify(log.audit)).finding


class TestAWholeLog:
    async def test_of_no_entries(self, log: OpenedLog) -> None:
        done = await verify(log.audit)

        assert (done.entries, done.finding, done.head) == (0, None, Head(0, "0" * 64))

    async def test_of_more_entries_than_are_read_at_once(self, log: OpenedLog, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ion.audit.store.BATCH", 4)
        with acting(HOME):
            await log.add(10)
        told: list[tuple[int, int]] = []

        done = await verify(log.audit, told=lambda *how_far: told.append(how_far))

        assert (done.entries, done.finding) == (10, None)
        assert told == [(4, 10), (8, 10), (10, 10)]

    async def test_goes_on_under_a_rotated_data_key(self, log: OpenedLog) -> None:
        await log.add()
        ring = log.audit._keyring
        await ring.renew([("audit", 1)])
        await log.add()
        log.clock.move(seconds=31)
        await log.add()

        versions = [entry.key_version for entry in await log.audit.store.newest(limit=9)]
        assert versions == [2, 1, 1]
        assert await found(log) is None

    async def test_may_be_longer_than_when_its_head_was_written_down(self, log: OpenedLog) -> None:
        await log.add(2)
        written = await log.audit.store.head()
        await log.add(2)

        assert (await verify(log.audit, written_down=written)).finding is None


class TestTampering:
    @pytest.mark.parametrize(
        ("statements", "finding"),
        [
            (["UPDATE audit_entry SET action = 'member.added' WHERE seq = 2"], Finding(2, Fault.CHANGED)),
            (["UPDATE audit_entry SET at = at + 1 WHERE seq = 5"], Finding(5, Fault.CHANGED)),
            (["UPDATE audit_entry SET key_version = 7 WHERE seq = 1"], Finding(1, Fault.CHANGED)),
            (["DELETE FROM audit_entry WHERE seq = 3"], Finding(3, Fault.MISSING)),
            (["DELETE FROM audit_entry WHERE seq < 3"], Finding(1, Fault.MISSING)),
            (SWAP, Finding(2, Fault.REORDERED, was=4)),
            (["UPDATE audit_entry SET seq = seq - 10 WHERE seq = 1"], Finding(1, Fault.REORDERED, was=1)),
            (CUT, Finding(4, Fault.TRUNCATED)),
            ([*CUT, *HEAD_TOO], Finding(4, Fault.TRUNCATED)),
            (["DELETE FROM audit_entry"], Finding(1, Fault.TRUNCATED)),
            (HEAD_TOO, Finding(4, Fault.TRUNCATED)),
            (["DELETE FROM audit_head"], Finding(5, Fault.HEAD)),
            (["UPDATE audit_name SET value = 'somebody else' WHERE kind = 'user'"], Finding(1, Fault.RENAMED)),
            ([JUN_IS_GONE], Finding(1, Fault.UNNAMED)),
            (["DELETE FROM audit_name WHERE kind = 'network'"], Finding(1, Fault.UNNAMED)),
        ],
        ids=str,
    )
    async def test_is_found_and_where(self, log: OpenedLog, statements: list[str], finding: Finding) -> None:
        with acting(HOME):
            await log.add(5)
        await log.audit.anchor()
        await log.tamper(*statements)

        assert await found(log) == finding

    async def test_names_that_were_exchanged(self, log: OpenedLog) -> None:
        with acting(HOME):
            await log.add()
        await log.tamper(
            "UPDATE audit_name SET value = '-' WHERE kind = 'network'",
            f"UPDATE audit_name SET value = '{MINA}' WHERE value = '{JUN}'",  # noqa: S608 - no input
        )

        assert await found(log) == Finding(1, Fault.RENAMED)

    async def test_a_name_that_no_entry_has(self, log: OpenedLog) -> None:
        await log.tamper("INSERT INTO audit_name VALUES ('a', 'a', 'user', 'u', 1, 'no code')")

        assert await found(log) == Finding(0, Fault.RENAMED)

    async def test_a_head_that_lags_behind_its_entries(self, log: OpenedLog) -> None:
        await log.add(3)
        await log.tamper("UPDATE audit_head SET entries = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)")

        assert await found(log) == Finding(2, Fault.HEAD)

    async def test_a_hash_in_the_head_that_is_not_the_last_entrys(self, log: OpenedLog) -> None:
        await log.add(2)
        await log.tamper("UPDATE audit_head SET hash = 'another'")

        assert await found(log) == Finding(2, Fault.HEAD)

    async def test_an_entry_without_the_log_before_it(self, log: OpenedLog) -> None:
        """An entry of another history of this log, as a backup holds one, is whole by itself."""
        await log.add(3)
        (other,) = [entry for entry in await log.audit.store.newest(limit=3) if entry.seq == 2]
        await log.tamper(
            "DELETE FROM audit_entry WHERE seq > 1",
            "UPDATE audit_head SET entries = 1, hash = (SELECT hash FROM audit_entry WHERE seq = 1)",
        )
        log.clock.move(seconds=5)
        await log.add(2)
        values = ", ".join(f"{name} = '{getattr(other, name)}'" for name in ("hash", "details", "actor", "target"))
        await log.tamper(f"UPDATE audit_entry SET {values}, at = {other.at} WHERE seq = 2")  # noqa: S608 - our own values

        assert await found(log) == Finding(2, Fault.REPLACED)

    async def test_a_history_that_was_written_anew_with_the_key(self, log: OpenedLog) -> None:
        await log.add(3)
        written = await log.audit.store.head()
        await log.tamper(*EMPTY)
        log.clock.move(seconds=5)
        await log.add(4)

        assert await found(log) is None
        assert (await verify(log.audit, written_down=written)).finding == Finding(3, Fault.REPLACED)

    async def test_is_not_undone_by_appending(self, log: OpenedLog) -> None:
        await log.add(5)
        await log.tamper("DELETE FROM audit_entry WHERE seq = 3")
        await log.add()

        assert await found(log) == Finding(3, Fault.MISSING)


class TestWhatCannotBeRead:
    async def test_bytes_that_are_no_text(self, here: OpenedLog) -> None:
        await here.add(4)
        await here.tamper(
            "UPDATE audit_entry SET details = CAST(x'ff' AS TEXT) WHERE seq = 3",
        )

        assert await found(here) == Finding(3, Fault.CHANGED)

    async def test_the_first_of_two_is_told_also_where_the_second_cannot_be_read(self, here: OpenedLog) -> None:
        await here.add(4)
        await here.tamper(
            "UPDATE audit_entry SET details = CAST(x'ff' AS TEXT) WHERE seq = 3",
            "DELETE FROM audit_entry WHERE seq = 2",
        )

        assert await found(here) == Finding(2, Fault.MISSING)


class TestWithoutKeys:
    async def test_entries_cannot_be_checked(self, log: OpenedLog) -> None:
        await log.add()
        await log.audit._keyring.forget_owner("audit")

        with pytest.raises(NoDataKey, match="no key to check the audit log with"):
            await verify(log.audit)


class TestAColumn:
    async def test_that_is_gone_is_a_change_of_every_entry(self, here: OpenedLog) -> None:
        await here.add()
        async with here.database.transaction() as session:
            await session.execute(text("ALTER TABLE audit_entry RENAME COLUMN details TO gone"))

        assert await found(here) == Finding(1, Fault.CHANGED)


class TestHeads:
    async def test_are_written_and_read(self, log: OpenedLog) -> None:
        await log.add(2)
        head = await log.audit.store.head()

        assert head is not None
        assert head_of(f" {head}\n") == head

    @pytest.mark.parametrize(
        "given", ["", "3", "3:", f"x:{'0' * 64}", f"3:{'0' * 63}", f"3:{'G' * 64}", f"²:{'0' * 64}"]
    )
    def test_what_is_none(self, given: str) -> None:
        with pytest.raises(BadHead, match="NUMBER:HASH"):
            head_of(given)
