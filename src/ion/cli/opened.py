"""The services as a command at a terminal opens them."""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager

from ion.accounts import Accounts
from ion.audit import Actor, ActorKind, Origin, acting
from ion.cli.environment import operator_name
from ion.limits import Allowances
from ion.monitoring import configure_logs
from ion.privacy import mask
from ion.services import accounts_in, open_kept
from ion.settings import Settings, load_settings


def settings_for_a_person() -> Settings:
    """Read the settings, and keep events out of a conversation unless the operator asked for them.

    Raises:
        Misconfigured: a setting cannot be used.
    """
    settings = load_settings()
    level = settings.log.level if "level" in settings.log.model_fields_set else "error"
    configure_logs(level, settings.log.format, mask)
    return settings


@asynccontextmanager
async def opened_allowances() -> AsyncIterator[tuple[Accounts, Allowances]]:
    """Open the accounts and what they may use, in the configured database. Raises what `opened_accounts` raises."""
    settings = settings_for_a_person()
    async with open_kept(settings) as kept:
        with operating():
            yield accounts_in(kept, settings.accounts), Allowances(kept.database, time.monotonic)


@asynccontextmanager
async def opened_accounts() -> AsyncIterator[Accounts]:
    """Open the accounts in the configured database.

    Raises:
        Misconfigured: a setting cannot be used.
        DatabaseUnavailable: the database cannot be opened.
    """
    settings = settings_for_a_person()
    async with open_kept(settings) as kept:
        with operating():
            yield accounts_in(kept, settings.accounts)


def operating() -> AbstractContextManager[None]:
    """Record what is done within this block as done by whoever operates ION at this machine."""
    return acting(Origin(Actor(ActorKind.OPERATOR, operator_name())))
