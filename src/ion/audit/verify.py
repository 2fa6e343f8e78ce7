"""Whether the log is as it was written: every entry, their order, the end, and whom aliases stand for."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from ion.audit.chain import GENESIS, Entry, Head, is_named, is_whole, own_number
from ion.audit.log import AuditLog
from ion.errors import Invalid
from ion.sealing import NoDataKey


class BadHead(Invalid):
    """This is no head of an audit log."""

    code = "bad_audit_head"


class Fault(StrEnum):
    """What is wrong with a log.

    `replaced`: the entries up to here are not those that were here when the head was written down. `head`: the head
    in the database is not the last entry's. `renamed` and `unnamed`: an alias stands for somebody else, or for nobody
    although nobody was erased.
    """

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REPLACED = "replaced"
    HEAD = "head"
    RENAMED = "renamed"
    UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first entry that is wrong, by its number, and what is wrong. A reordered one was written as number `was`."""

    number: int
    fault: Fault
    was: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it: how many entries were looked at, and the first thing that is wrong."""

    entries: int
    head: Head | None
    finding: Finding | None


class Walk:
    """Goes through entries in order and says what is wrong with one; `marks` are heads as they were written down."""

    def __init__(self, keys: Mapping[int, bytes], marks: Mapping[Head, Fault]) -> None:
        self._keys = keys
        self._marks = marks
        self.last = Head(0, GENESIS)

    def check(self, entry: Entry) -> Finding | None:
        """Return what is wrong with the next entry; None where nothing is."""
        expected = self.last.entries + 1
        if isinstance(entry.seq, int) and entry.seq > expected:
            return Finding(expected, Fault.MISSING)
        if not is_whole(entry, self._keys):
            return Finding(expected, Fault.CHANGED)
        if entry.seq != expected or entry.previous != self.last.hash:
            # Whole, and it does not follow: the one before it is another's, put in its place.
            return Finding(self.last.entries or expected, Fault.REPLACED)
        self.last = Head(entry.seq, entry.hash)
        for mark, fault in self._marks.items():
            if mark.entries == entry.seq and mark.hash != entry.hash:
                return Finding(entry.seq, fault)
        return None

    def end(self) -> Finding | None:
        """Return what is missing at the end; None where nothing is."""
        most = max((mark.entries for mark in self._marks), default=0)
        return Finding(self.last.entries + 1, Fault.TRUNCATED) if most > self.last.entries else None


def head_of(text: str) -> Head:
    """Return a head that was written down as `NUMBER:HASH`.

    Raises:
        BadHead: it is none.
    """
    number, _, written = text.strip().partition(":")
    is_hash = len(written) == len(GENESIS) and all(char in "0123456789abcdef" for char in written)
    if not (number.isascii() and number.isdigit() and len(number) < 20 and is_hash):
        raise BadHead("A head of the audit log is NUMBER:HASH, as `ion audit head` prints it.", field="head")
    return Head(int(number), written)


async def verify(
    audit: AuditLog, *, written_down: Head | None = None, told: Callable[[int, int], None] = lambda _, __: None
) -> Verified:
    """Go through the whole log and stop at the first thing that is wrong; `told` hears how many of how many are done.

    `written_down` is a head that was kept elsewhere.

    Raises:
        NoDataKey: there are entries, and no key to check them with.
        DatabaseUnavailable: the database does not answer.
    """
    # In this order: what is appended meanwhile is later than all of them.
    anchor, last = await audit.anchors.get(), await audit.store.last_seq()
    head, keys = await audit.store.head(), await audit.keys()
    if not keys and (last or anchor):
        raise NoDataKey("There is no key to check the audit log with: the data keys are those of another database.")
    walk = Walk(keys, _marks(anchor, written_down, head))
    finding = await _walked(audit, walk, head, told)
    if finding is None and (head is None or last > head.entries):
        finding = Finding(walk.last.entries, Fault.HEAD)
    return Verified(walk.last.entries, head, finding or await _misnamed(audit, keys))


def _marks(anchor: Head | None, written_down: Head | None, head: Head | None) -> dict[Head, Fault]:
    """Return the heads that the log has to go through; what is known from elsewhere tells more than its own head."""
    known = ((anchor, Fault.REPLACED), (written_down, Fault.REPLACED), (head, Fault.HEAD))
    marks: dict[Head, Fault] = {}
    for mark, fault in known:
        if mark is not None:
            marks.setdefault(mark, fault)
    return marks


async def _walked(audit: AuditLog, walk: Walk, head: Head | None, told: Callable[[int, int], None]) -> Finding | None:
    most = None if head is None else head.entries
    try:
        async for batch in audit.store.batches(until=most):
            for entry in batch:
                if (finding := walk.check(entry)) is not None:
                    return await _explained(entry, finding, await audit.keys(), most or walk.last.entries)
            told(walk.last.entries, most or walk.last.entries)
    except DBAPIError as error:
        return await _before_unreadable(audit, walk, error)
    return walk.end()


async def _explained(entry: Entry, finding: Finding, keys: Mapping[int, bytes], most: int) -> Finding:
    """Tell an entry that stands in another's place from one that was changed."""
    if finding.fault is not Fault.CHANGED:
        return finding
    was = await asyncio.to_thread(own_number, entry, keys, most=most)
    return finding if was is None else Finding(finding.number, Fault.REORDERED, was)


async def _before_unreadable(audit: AuditLog, walk: Walk, error: DBAPIError) -> Finding | None:
    """Find what is wrong in a batch that the database could not read to its end."""
    unreadable = await audit.store.unreadable(after=walk.last.entries)
    if unreadable is None:
        raise error
    if unreadable > walk.last.entries + 1:
        async for batch in audit.store.batches(after=walk.last.entries, until=unreadable - 1):
            for entry in batch:
                if (finding := walk.check(entry)) is not None:
                    return finding
    expected = walk.last.entries + 1
    return Finding(expected, Fault.CHANGED if unreadable == expected else Fault.MISSING)


async def _misnamed(audit: AuditLog, keys: Mapping[int, bytes]) -> Finding | None:
    async for names in audit.store.name_batches():
        for name in names:
            if not is_named(name, keys):
                return Finding(await audit.store.first_with(name.alias), Fault.RENAMED)
    unnamed = await audit.store.first_unnamed()
    return None if unnamed is None else Finding(unnamed, Fault.UNNAMED)
