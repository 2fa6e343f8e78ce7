"""Put a configured model together: provider, deadlines, retries, breaker, and the next model behind it."""

import asyncio
import importlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from urllib.parse import urlsplit

from ion.llm.breaker import BreakerModel
from ion.llm.fallback import FallbackModel
from ion.llm.model_name import BadModel, ModelName
from ion.llm.port import Model
from ion.llm.retrying import RetryingModel
from ion.llm.timeouts import TimedModel

# Seconds. A mentee watches an empty page meanwhile, so a provider that wants a longer pause is passed over.
_BASE_DELAY = 0.5
_MAX_DELAY = 8.0


@asynccontextmanager
async def open_model(
    names: Sequence[str],
    *,
    base_url: str | None,
    api_key: str | None,
    connect_timeout: float,
    first_token_timeout: float,
    total_timeout: float,
    retries: int,
    breaker_failures: int,
    breaker_seconds: float,
) -> AsyncIterator[Model | None]:
    """Hold the models `names` as one, in order of preference; None without names. Nothing is asked yet.

    `base_url` and `api_key` belong to the provider of the first name and are given to no other. Times are in seconds.

    Raises:
        BadModel: a name, the address or a key cannot be used.
    """
    asked = [ModelName.parse(name) for name in names]
    _check_address(base_url)
    async with AsyncExitStack() as stack:
        models: list[Model] = []
        for name in asked:
            own = name.provider is asked[0].provider
            # Imported here and in a thread: seconds of work that a server without a model never does.
            sdk = await asyncio.to_thread(importlib.import_module, "ion.llm.provider")
            provider = sdk.open_provider(
                name,
                base_url=base_url if own else None,
                api_key=api_key if own else None,
                connect_timeout=connect_timeout,
            )
            timed = TimedModel(await stack.enter_async_context(provider), first_token_timeout, total_timeout)
            models.append(BreakerModel(_retrying(timed, retries), breaker_failures, breaker_seconds, time.monotonic))
        yield FallbackModel(tuple(models)) if models else None


def _retrying(model: Model, retries: int) -> RetryingModel:
    rng = Random()  # nosec B311  # noqa: S311 - spreads callers out, guards nothing
    return RetryingModel(model, retries, _BASE_DELAY, _MAX_DELAY, rng, asyncio.sleep)


def _check_address(base_url: str | None) -> None:
    if base_url is None:
        return
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadModel(
            "The address of the model server has to read http://HOST or https://HOST, with a path such as /v1.",
            field="ION_LLM__BASE_URL",
        )
