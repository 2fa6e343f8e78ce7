"""Accounts in a real database, with a clock that the test moves."""

import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from ion.accounts import (
    AccountOptions,
    Accounts,
    HashingCost,
    Organisation,
    Role,
    User,
    Visit,
    open_accounts,
    system_randomness,
)
from ion.audit import AuditLog, open_audit
from ion.db import Database, make_engine, open_database, upgrade
from tests.keyrings import keyring_of

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
# As little as Argon2 can do: these tests are about what is done with hashes, not about their cost.
CHEAP = HashingCost(passes=1, kibibytes=8, lanes=1)
GOOD = "glass tomato orbit"
OTHER = "초록 문어가 점심을 먹었다"
HOME = Visit("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64)")
_numbers = itertools.count()


@dataclass(slots=True)
class MovableClock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(slots=True)
class Opened:
    accounts: Accounts
    database: Database
    clock: MovableClock
    school: Organisation
    company: Organisation
    made: list[User] = field(default_factory=list)

    async def add(
        self,
        email: str = "",
        *,
        role: Role = Role.MENTEE,
        password: str | None = GOOD,
        organisation: Organisation | None = None,
    ) -> User:
        user = await self.accounts.members.add(
            organisation or self.school,
            email=email or f"person{next(_numbers)}@example.org",
            name="Mina Park",
            language="ko",
            role=role,
            password=password,
        )
        self.made.append(user)
        return user


async def prepared(url: str) -> str:
    """Make the tables; PostgreSQL is not brought up to date by opening it."""
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    return url


@asynccontextmanager
async def opened(
    url: str, *, breached: Path | None = None, cost: HashingCost = CHEAP, options: AccountOptions | None = None
) -> AsyncIterator[Opened]:
    clock = MovableClock()
    chosen = replace(options or AccountOptions(), breached=breached, cost=cost)
    async with open_database(await prepared(url)) as database, audit_in(database, clock) as audit:
        accounts = open_accounts(
            database,
            chosen,
            audit=audit,
            clock=clock,
            new_id=_new_id,
            randomness=system_randomness,
            keyring=await keyring_of(database, clock=clock),
        )
        school = await accounts.members.add_organisation("Blue School", "blue-school")
        company = await accounts.members.add_organisation("푸른회사", "company")
        yield Opened(accounts, database, clock, school, company)


@asynccontextmanager
async def audit_in(database: Database, clock: MovableClock) -> AsyncIterator[AuditLog]:
    """The audit log of a database, with the data keys in it, too."""
    ring = await keyring_of(database)
    async with open_audit(database, ring, clock=clock, new_id=_new_id) as audit:
        yield audit


def _new_id() -> str:
    return str(uuid.uuid4())


async def counted(here: Opened, table: str) -> int:
    async with here.database.reading() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608 - a table of ours
