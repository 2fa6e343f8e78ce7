"""Open a provider, if there is one."""

import asyncio
import importlib
import logging
import ssl

from ion.clock import Clock
from ion.oidc.port import IdentityProvider, Registration

# At DEBUG they write down whole requests, and with them codes and tokens.
_TALKATIVE = ("authlib", "httpx2", "httpcore2")


async def open_provider(registration: Registration | None, clock: Clock) -> IdentityProvider | None:
    """Return the provider that ION is registered at; None where there is none. Nothing is asked of it yet."""
    if registration is None:
        return None
    for logger in _TALKATIVE:
        logging.getLogger(logger).setLevel(logging.WARNING)
    # Imported here, and in a thread: a quarter of a second that an ION without a provider never spends.
    module = await asyncio.to_thread(importlib.import_module, "ion.oidc.provider")
    certificates = await asyncio.to_thread(ssl.create_default_context)
    provider: IdentityProvider = module.Provider(registration, certificates, clock)
    return provider
