"""Audit logs in real databases, and ways to tamper with them that go round the triggers."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from ion.audit import Action, Actor, ActorKind, AuditEvent, AuditLog, Origin, Outcome, Target, open_audit
from ion.db import Database, make_engine, open_database
from ion.sealing import MasterSource
from tests.accounts.opened import MovableClock
from tests.keyrings import GIVEN, keyring_of

MINA, JUN = "6f1c5a3e-0000-4000-8000-00000000000a", "6f1c5a3e-0000-4000-8000-00000000000b"
HOME = Origin(Actor(ActorKind.USER, MINA, "password"), "203.0.113.0/24", "request-1")
# What whoever owns the database can do about triggers.
_BEHIND_TRIGGERS = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS audit_entry_no_update",
        "DROP TRIGGER IF EXISTS audit_entry_no_delete",
        "DROP TRIGGER IF EXISTS audit_head_no_update",
        "DROP TRIGGER IF EXISTS audit_head_no_delete",
        "DROP TRIGGER IF EXISTS audit_name_no_update",
    ],
    "postgresql": ["SET LOCAL session_replication_role = replica"],
}
EMPTY = [
    "DELETE FROM audit_entry",
    "DELETE FROM audit_name",
    "DELETE FROM audit_head",
    f"INSERT INTO audit_head (id, entries, hash) VALUES (1, 0, '{'0' * 64}')",  # noqa: S608 - no input
]


@dataclass(slots=True)
class OpenedLog:
    audit: AuditLog
    database: Database
    apart: Database
    url: str
    clock: MovableClock

    async def add(self, count: int = 1) -> None:
        for number in range(count):
            await self.audit.record(event(number))

    async def tamper(self, *statements: str) -> None:
        """Do what whoever owns the database can do: go round the triggers, then change what they like."""
        await tamper(self.database, *statements)


async def tamper(database: Database, *statements: str) -> None:
    kind = "sqlite" if database.is_embedded else "postgresql"
    async with database.transaction() as session:
        connection = await session.connection()
        for statement in (*_BEHIND_TRIGGERS[kind], *statements):
            await connection.exec_driver_sql(statement)


def event(number: int = 0) -> AuditEvent:
    return AuditEvent(
        Action.MEMBER_ROLE_CHANGED,
        "blue",
        Outcome.GRANTED,
        Target("user", JUN),
        {"role": "admin", "role_before": "mentee", "count": number},
    )


@asynccontextmanager
async def opened_log(url: str, source: MasterSource = GIVEN) -> AsyncIterator[OpenedLog]:
    """Open a log in a database that has its tables, with the data keys in a database of their own."""
    clock = MovableClock()
    # In a file: of a database in memory everybody has the same connection, and one's end undoes another's work.
    folder = TemporaryDirectory()
    keys = make_engine(f"sqlite:///{folder.name}/keys.db")
    async with open_database(url) as database:
        apart = Database(keys)
        ring = await keyring_of(apart, source)
        async with open_audit(database, ring, clock=clock, new_id=lambda: str(uuid.uuid4())) as audit:
            yield OpenedLog(audit, database, apart, url, clock)
    await keys.dispose()
    folder.cleanup()
