"""What is kept: the database, the keys to it, and what is done with nothing else."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from ion.accounts import AccountOptions, Accounts, SessionLife, TokenLife, UserId, open_accounts, system_randomness
from ion.anomalies import Thresholds
from ion.audit import AuditLog, open_audit
from ion.batches import BatchStore
from ion.clock import Clock, system_clock
from ion.db import Database, open_database
from ion.mentoring import LOCAL, ConversationStore, Sealer, SealingStore, TurnStore, has_rows
from ion.personas import Catalogue
from ion.rights import Erasures, ErasureStore, Exports, ExportStore, Stop
from ion.sealing import Keyring, MasterSource, data_keys_url, open_keyring, own_key_file
from ion.settings import AbuseSettings, AccountsSettings, BatchesSettings, PrivacySettings, Settings


@dataclass(frozen=True, slots=True)
class Kept:
    """The database and the keys that open what is sealed in it."""

    database: Database
    keyring: Keyring
    audit: AuditLog
    conversations: ConversationStore
    turns: TurnStore
    sealer: Sealer


def accounts_in(
    kept: Kept, settings: AccountsSettings, *, abuse: AbuseSettings | None = None, clock: Clock = system_clock
) -> Accounts:
    """Return the accounts that are kept; with `abuse` other than usual thresholds for what is out of the ordinary.

    Raises:
        BadBreachList: the file of leaked passwords cannot be used.
    """
    options = AccountOptions(
        environment=settings.key_environment,
        life=SessionLife(timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days)),
        tokens=TokenLife(
            access=timedelta(minutes=settings.access_minutes),
            idle=timedelta(days=settings.refresh_idle_days),
            absolute=timedelta(days=settings.refresh_days),
            issuer=settings.issuer,
        ),
        breached=settings.breached_passwords,
        thresholds=Thresholds() if abuse is None else Thresholds(**abuse.model_dump()),
    )
    return open_accounts(
        kept.database,
        options,
        audit=kept.audit,
        clock=clock,
        new_id=new_id,
        randomness=system_randomness,
        keyring=kept.keyring,
    )


async def _nothing_runs(_: UserId) -> None:
    """Stop no reply: a command writes none, and what a server writes is not kept without its conversation."""


def erasures_in(
    kept: Kept, settings: PrivacySettings, *, clock: Clock = system_clock, stop: Stop = _nothing_runs
) -> Erasures:
    """Return the erasures of an open database; `stop` stops the replies that are being written to somebody here."""
    return Erasures(
        store=ErasureStore(kept.database),
        database=kept.database,
        keyring=kept.keyring,
        audit=kept.audit,
        stop=stop,
        clock=clock,
        randomness=system_randomness,
        grace=timedelta(days=settings.grace_days),
    )


def exports_in(kept: Kept, accounts: Accounts, catalogue: Catalogue, *, clock: Clock = system_clock) -> Exports:
    """Return the exports of an open database."""
    store = ExportStore(kept.database, kept.keyring)
    return Exports(store, kept.database, kept.keyring, accounts, kept.audit, catalogue, clock, new_id)


def batches_in(kept: Kept, settings: BatchesSettings, *, clock: Clock = system_clock) -> BatchStore:
    """Return the batches of whoever runs ION alone, in an open database."""
    return BatchStore(kept.database, kept.keyring, UserId(LOCAL), clock, most_open=settings.open)


@asynccontextmanager
async def open_kept(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Kept]:
    """Open what is kept, and nothing else.

    Raises:
        Misconfigured: the database, or the keys to it, cannot be used.
        DatabaseUnavailable: the database cannot be opened.
    """
    async with open_database(settings.database.url) as database:
        has_sealed = await has_rows(database, is_sealed=True)
        source, keys_url = master_source(settings), _data_keys(settings)
        async with (
            open_keyring(keys_url, source, clock, has_sealed=has_sealed) as keyring,
            open_audit(database, keyring, clock=clock, new_id=new_id) as audit,
        ):
            sealer = Sealer(SealingStore(database, keyring), keyring, clock)
            await sealer.prepare()
            conversations, turns = ConversationStore(database, keyring), TurnStore(database, keyring)
            yield Kept(database, keyring, audit, conversations, turns, sealer)


def master_source(settings: Settings) -> MasterSource:
    """Return where the master key is."""
    given = settings.encryption
    return MasterSource(
        key=None if given.key is None else given.key.get_secret_value(),
        previous=tuple(key.get_secret_value() for key in given.previous),
        file=given.key_file,
        command=given.key_command,
        command_seconds=given.key_command_seconds,
        own_file=own_key_file(settings.database.url),
    )


def _data_keys(settings: Settings) -> str:
    return settings.encryption.data_keys or data_keys_url(settings.database.url)


def new_id() -> str:
    """Return an id that nothing has."""
    return str(uuid.uuid4())
