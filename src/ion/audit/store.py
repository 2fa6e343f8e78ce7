"""Every question about the audit log that the database is asked."""

import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from ion.audit.actions import Action
from ion.audit.chain import Entry, Head, Name, sealed_entry, sealed_name
from ion.audit.event import ActorKind, AuditEvent, Outcome, Target
from ion.audit.models import EntryRow, HeadRow, NameRow
from ion.audit.moments import EPOCH, microseconds
from ion.audit.origin import Origin
from ion.clock import Clock
from ion.db import Database
from ion.errors import Misconfigured

# What is read at once of a log that may have a million rows.
BATCH = 1000
_USER, _NETWORK = "user", "network"
_NAMED = (ActorKind.USER, ActorKind.OPERATOR)
_COLUMNS = [getattr(EntryRow, name) for name in Entry._fields]
_NAMES = [getattr(NameRow, name) for name in Name._fields]
# Whoever writes into the table behind ION's back may write any number.
_BEFORE_ALL = -(2**63)


class AuditBroken(Misconfigured):
    """The audit log's head is gone, so nothing can be appended."""

    code = "audit_broken"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one organisation, or all; from `since` on and before `until`; all, or what was not granted.

    With `only` these actions alone; with `below` those with smaller numbers.
    """

    organisation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    not_granted: bool = False
    only: frozenset[Action] = frozenset()
    below: int | None = None


EVERYTHING = Wanted()


class AuditStore:
    """The audit log in the database; entries are added, and never changed."""

    def __init__(self, database: Database, clock: Clock, new_id: Callable[[], str]) -> None:
        self.database = database
        self._clock = clock
        self._new_id = new_id

    async def append(self, event: AuditEvent, origin: Origin, keys: Mapping[int, bytes]) -> Head:
        """Add an entry, sealed with the newest key; who does so at the same time waits for this transaction to end.

        Raises:
            AuditBroken: the head is gone.
        """
        async with self.database.transaction() as session:
            # Writing comes first: it locks the head, so that nobody else follows the same entry.
            count = update(HeadRow).values(entries=HeadRow.entries + 1).returning(HeadRow.entries, HeadRow.hash)
            locked = (await session.execute(count)).one_or_none()
            if locked is None:
                raise AuditBroken("The head of the audit log is gone; run `ion audit verify`, and restore a backup.")
            names = _Names(session, keys, self._new_id)
            actor, target, network = await _aliases(event, origin, names)
            who = event.actor or origin.actor
            entry = sealed_entry(
                Entry(
                    seq=locked.entries,
                    at=microseconds(self._clock()),
                    action=event.action,
                    outcome=event.outcome,
                    organisation=event.organisation,
                    actor_kind=who.kind,
                    actor=actor,
                    proof=who.proof,
                    key=who.key,
                    target_kind=event.target.kind,
                    target=target,
                    network=network,
                    request_id=origin.request_id,
                    details=json.dumps(dict(event.details), sort_keys=True, separators=(",", ":")),
                    key_version=max(keys),
                    previous=locked.hash,
                    hash="",
                ),
                keys,
            )
            await session.execute(insert(EntryRow).values(entry._asdict()))
            await session.execute(update(HeadRow).values(hash=entry.hash))
            return Head(entry.seq, entry.hash)

    async def erase(self, user: str, organisation: str, origin: Origin, keys: Mapping[int, bytes]) -> None:
        """Take out who somebody was, and the networks they came from; the entries stay, under an alias of nobody."""
        async with self.database.transaction() as session:
            known = select(NameRow.alias).where(NameRow.kind == _USER, NameRow.value == user)
            alias = await session.scalar(known)
            if alias is None:
                return
            target = Target("alias", alias)
            await self.append(AuditEvent(Action.ERASURE_DONE, organisation, target=target), origin, keys)
            # After the entry: it may have named them once more, as whoever did this themselves.
            await session.execute(delete(NameRow).where(NameRow.person == alias))

    async def was_seen(self, event: AuditEvent, origin: Origin, *, since: datetime | None = None) -> bool:
        """Tell whether the same was done to the same target from the same network before."""
        network = origin.network if event.network is None else event.network
        networks = select(NameRow.alias).where(NameRow.kind == _NETWORK, NameRow.value == network)
        targets: Any = [event.target.id]
        if event.target.kind == _USER:
            targets = select(NameRow.alias).where(NameRow.kind == _USER, NameRow.value == event.target.id)
        query = select(EntryRow.seq).where(
            EntryRow.action == event.action, EntryRow.network.in_(networks), EntryRow.target.in_(targets)
        )
        if since is not None:
            query = query.where(EntryRow.at >= microseconds(since))
        async with self.database.reading() as session:
            return await session.scalar(query.limit(1)) is not None

    async def networks_of(self, user: str) -> int:
        """Return how many networks are known that somebody came from, or was tried from."""
        alias = select(NameRow.alias).where(NameRow.kind == _USER, NameRow.value == user)
        query = select(func.count()).where(NameRow.kind == _NETWORK, NameRow.person.in_(alias))
        async with self.database.reading() as session:
            return await session.scalar(query) or 0

    async def head(self) -> Head | None:
        """Return the head; None where it is gone."""
        async with self.database.reading() as session:
            row = (await session.execute(select(HeadRow.entries, HeadRow.hash))).first()
        return None if row is None else Head(row.entries, row.hash)

    async def newest(self, wanted: Wanted = EVERYTHING, *, limit: int) -> list[Entry]:
        """Return the last entries, the newest first."""
        query = select(*_COLUMNS).where(*_conditions(wanted)).order_by(EntryRow.seq.desc()).limit(limit)
        async with self.database.reading() as session:
            return [Entry(*row) for row in await session.execute(query)]

    async def batches(
        self, wanted: Wanted = EVERYTHING, *, after: int = _BEFORE_ALL, until: int | None = None
    ) -> AsyncIterator[list[Entry]]:
        """Yield the entries with numbers after one and until another in order, some at a time."""
        query = select(*_COLUMNS).where(*_conditions(wanted)).order_by(EntryRow.seq)
        if until is not None:
            query = query.where(EntryRow.seq <= until)
        while entries := await self._batch(query.where(EntryRow.seq > after)):
            yield entries
            after = entries[-1].seq

    async def _batch(self, query: Select[Any]) -> list[Entry]:
        async with self.database.reading() as session:
            return [Entry(*row) for row in await session.execute(query.limit(BATCH))]

    async def unreadable(self, *, after: int = _BEFORE_ALL) -> int | None:
        """Return the number of the first entry after one that the database cannot read; None where it reads them all.

        SQLite keeps any bytes where text belongs, and fails when it is asked for them.

        Raises:
            DatabaseUnavailable: it is the database that does not answer.
        """
        await self.database.ping()
        while (seq := await self._next(after)) is not None:
            async with self.database.reading() as session:
                try:
                    await session.execute(select(*_COLUMNS).where(EntryRow.seq == seq))
                except DBAPIError:
                    return seq
            after = seq
        return None

    async def _next(self, after: int) -> int | None:
        query = select(func.min(EntryRow.seq)).where(EntryRow.seq > after)
        async with self.database.reading() as session:
            seq: int | None = await session.scalar(query)
        return seq

    async def last_seq(self) -> int:
        """Return the number of the last entry; 0 where there is none."""
        async with self.database.reading() as session:
            return await session.scalar(select(func.max(EntryRow.seq))) or 0

    async def names(self, aliases: Collection[str]) -> dict[str, Name]:
        """Return whom and what these aliases stand for; those that were erased are left out."""
        async with self.database.reading() as session:
            rows = await session.execute(select(*_NAMES).where(NameRow.alias.in_(aliases)))
            return {row.alias: Name(*row) for row in rows}

    async def name_batches(self) -> AsyncIterator[list[Name]]:
        """Yield all names, some at a time."""
        query, after = select(*_NAMES).order_by(NameRow.alias).limit(BATCH), ""
        while True:
            async with self.database.reading() as session:
                names = [Name(*row) for row in await session.execute(query.where(NameRow.alias > after))]
            if not names:
                return
            yield names
            after = names[-1].alias

    async def first_with(self, alias: str) -> int:
        """Return the number of the first entry that has an alias; 0 where none has."""
        query = select(func.min(EntryRow.seq)).where(
            (EntryRow.actor == alias) | (EntryRow.target == alias) | (EntryRow.network == alias)
        )
        async with self.database.reading() as session:
            return await session.scalar(query) or 0

    async def first_unnamed(self) -> int | None:
        """Return the number of the first entry whose alias stands for nobody although nobody erased them."""
        erased = select(EntryRow.target).where(EntryRow.action == Action.ERASURE_DONE)
        known = select(NameRow.alias)
        unnamed: Sequence[tuple[ColumnElement[bool], ...]] = (
            (EntryRow.actor != "", EntryRow.actor.not_in(known), EntryRow.actor.not_in(erased)),
            (EntryRow.target_kind == _USER, EntryRow.target.not_in(known), EntryRow.target.not_in(erased)),
            (
                EntryRow.network != "",
                EntryRow.network.not_in(known),
                EntryRow.actor.not_in(erased),
                EntryRow.target.not_in(erased),
            ),
        )
        async with self.database.reading() as session:
            found = [await session.scalar(select(func.min(EntryRow.seq)).where(*which)) for which in unnamed]
        return min((seq for seq in found if seq is not None), default=None)

    async def counts(self, wanted: Wanted) -> list[tuple[str, str, int]]:
        """Return how often each action came to which outcome."""
        query = select(EntryRow.action, EntryRow.outcome, func.count()).where(*_conditions(wanted))
        query = query.group_by(EntryRow.action, EntryRow.outcome).order_by(EntryRow.action, EntryRow.outcome)
        async with self.database.reading() as session:
            return [(action, outcome, count) for action, outcome, count in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class _Names:
    """Finds aliases, and makes those that are not there; only whoever holds the head's lock may."""

    session: AsyncSession
    keys: Mapping[int, bytes]
    new_id: Callable[[], str]

    async def of_people(self, people: Sequence[tuple[str, str]]) -> list[str]:
        """Return the aliases of people, each a kind and a value."""
        query = select(NameRow.kind, NameRow.value, NameRow.alias).where(
            NameRow.kind.in_(_NAMED), NameRow.value.in_([value for _, value in people])
        )
        known = {(kind, value): alias for kind, value, alias in await self.session.execute(query)}
        for kind, value in people:
            if value and (kind, value) not in known:
                known[kind, value] = await self._add("", kind, value)
        return [known.get(person, "") for person in people]

    async def of_network(self, network: str, person: str) -> str:
        """Return the alias of a network that a person came from."""
        which = (NameRow.kind == _NETWORK, NameRow.value == network, NameRow.person == person)
        alias: str | None = await self.session.scalar(select(NameRow.alias).where(*which))
        if alias is None and network:
            alias = await self._add(person, _NETWORK, network)
        return alias or ""

    async def _add(self, person: str, kind: str, value: str) -> str:
        alias = self.new_id()
        name = Name(alias, person if kind == _NETWORK else alias, kind, value, max(self.keys), "")
        await self.session.execute(insert(NameRow).values(sealed_name(name, self.keys)._asdict()))
        return alias


async def _aliases(event: AuditEvent, origin: Origin, names: _Names) -> tuple[str, str, str]:
    """Return what stands for the actor, the target and the network; who is unknown takes as many looks as who is."""
    actor, network = event.actor or origin.actor, origin.network if event.network is None else event.network
    is_person = event.target.kind == _USER
    people = [(str(actor.kind), actor.id), (_USER, event.target.id if is_person else "")]
    who, whom = await names.of_people(people)
    # The network that somebody tried an account from goes with the account: it may well be its owner's.
    return who, whom if is_person else event.target.id, await names.of_network(network, who or whom)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    given = (
        (wanted.organisation is not None, EntryRow.organisation == wanted.organisation),
        (wanted.since is not None, EntryRow.at >= microseconds(wanted.since or EPOCH)),
        (wanted.until is not None, EntryRow.at < microseconds(wanted.until or EPOCH)),
        (wanted.not_granted, EntryRow.outcome != Outcome.GRANTED),
        (bool(wanted.only), EntryRow.action.in_(sorted(wanted.only))),
        (wanted.below is not None, EntryRow.seq < (wanted.below or 0)),
    )
    return [condition for is_given, condition in given if is_given]
