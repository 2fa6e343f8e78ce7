"""The services as a command at a terminal opens them."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager

from ion.accounts import Accounts
from ion.audit import Actor, ActorKind, Origin, acting
from ion.cli.environment import operator_name
from ion.monitoring import configure_logs
from ion.services import accounts_in, open_kept
from ion.settings import Settings, load_settings


def settings_for_a_person() -> Settings:
    """Read the settings, and keep events out of a conversation unless the operator asked for them.

    Raises:
        Misconfigured: a setting cannot be used.
    """
    settings = load_settings()
    level = settings.log.level if "level" in settings.log.model_fields_set else "error"
    configure_logs(level, settings.log.format)
    return settings


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
