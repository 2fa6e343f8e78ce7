"""Everything, opened once, in order, and closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace

from ion.accounts import Accounts, UserId
from ion.audit import AuditLog
from ion.batches import BatchQueue, BatchStore
from ion.clock import Clock, system_clock
from ion.db import Database
from ion.idempotency import IdempotencyStore, Once
from ion.llm import BudgetedModel, Model, open_model
from ion.mentoring import (
    Bulk,
    ConversationStore,
    Council,
    Engine,
    FeedbackStore,
    History,
    HumanContact,
    OwnerId,
    PersonaPipeline,
    PromptLimits,
    TurnStore,
    Writer,
)
from ion.oidc import IdentityProvider, open_provider
from ion.personas import tokens_in
from ion.privacy import MaskingModel
from ion.rights import Consents, ConsentStore, Erasures, Exports, Retention
from ion.safety import GuardedModel
from ion.sealing import Keyring
from ion.services.kept import Kept, accounts_in, batches_in, erasures_in, exports_in, new_id, open_kept
from ion.services.limits import Limits, open_limits
from ion.services.mind import Mind, embedding_of, load_mind
from ion.services.provider import registration_in
from ion.settings import LlmSettings, ServerSettings, Settings

# Seconds after which a server has started.
_SETTLED = 1.0


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that is open; conversations are those of one owner, of whoever runs ION alone to begin with."""

    settings: Settings
    mind: Mind
    database: Database
    keyring: Keyring
    conversations: ConversationStore
    turns: TurnStore
    pipeline: PersonaPipeline
    council: Council
    history: History
    feedback: FeedbackStore
    bulk: Bulk
    once: Once
    accounts: Accounts
    audit: AuditLog
    limits: Limits
    provider: IdentityProvider | None
    erasures: Erasures
    exports: Exports
    retention: Retention
    consents: Consents
    batches: BatchStore
    batch_queue: BatchQueue
    clock: Clock

    def as_owner(self, owner: OwnerId) -> "Services":
        """Return the same, with this owner's conversations in place of those there were."""
        conversations = ConversationStore(self.database, self.keyring, owner)
        turns = TurnStore(self.database, self.keyring, owner)
        pipeline = replace(self.pipeline, store=conversations, turns=turns)
        return replace(
            self,
            conversations=conversations,
            turns=turns,
            pipeline=pipeline,
            council=Council(pipeline),
            history=History(pipeline),
            feedback=FeedbackStore(self.database, self.keyring, owner),
            bulk=replace(self.bulk, pipeline=pipeline),
            batches=self.batches.of_owner(UserId(owner)),
        )


def configured_model(llm: LlmSettings) -> AbstractAsyncContextManager[Model | None]:
    """Hold the language model the settings ask for; None where they ask for none.

    Raises:
        BadModel: a model's name or key cannot be used.
    """
    names = (llm.model, *llm.fallbacks) if llm.model else ()
    return open_model(
        names,
        base_url=llm.base_url,
        api_key=llm.api_key.get_secret_value() if llm.api_key else None,
        connect_timeout=llm.connect_timeout,
        first_token_timeout=llm.first_token_timeout,
        total_timeout=llm.total_timeout,
        retries=llm.retries,
        breaker_failures=llm.breaker_failures,
        breaker_seconds=llm.breaker_seconds,
    )


@asynccontextmanager
async def open_services(
    settings: Settings, *, model: Model | None = None, clock: Clock = system_clock
) -> AsyncIterator[Services]:
    """Open everything; `model` stands in for the configured one.

    Raises:
        Misconfigured: a setting, persona or topic cannot be used.
        DatabaseUnavailable: the database cannot be opened.
    """
    mind = await asyncio.to_thread(load_mind, settings)
    # In the background, once the doors are open: loading would hold up the start.
    if embedding := embedding_of(settings.resonance):
        asyncio.get_running_loop().call_later(_SETTLED, embedding.start)
    chosen: AbstractAsyncContextManager[Model | None] = nullcontext(model) if model else configured_model(settings.llm)
    async with (
        open_kept(settings, clock=clock) as kept,
        chosen as in_use,
        open_limits(settings, kept.database, clock) as limits,
    ):
        provider = await open_provider(registration_in(settings.oidc), clock)
        services = _services(settings, mind, kept, _masking(in_use, settings.llm), limits, provider, clock)
        try:
            async with _beside(
                services.history.keep_purging(),
                services.accounts.keep_purging(),
                services.audit.keep_anchoring(),
                services.once.keep_on(),
                services.erasures.keep_on(),
                services.exports.keep_on(),
                services.retention.keep_on(),
                kept.sealer.seal_in_background(),
            ):
                yield services
        finally:
            await services.pipeline.close()


def _services(
    settings: Settings,
    mind: Mind,
    kept: Kept,
    model: Model | None,
    limits: Limits,
    provider: IdentityProvider | None,
    clock: Clock,
) -> Services:
    if model is not None:
        model = BudgetedModel(model, limits.budget, tokens_in)
    pipeline = _pipeline(settings, mind, kept, model, clock)
    accounts = accounts_in(kept, settings.accounts, abuse=settings.abuse, clock=clock)
    return Services(
        settings=settings,
        mind=mind,
        database=kept.database,
        keyring=kept.keyring,
        conversations=kept.conversations,
        turns=kept.turns,
        pipeline=pipeline,
        council=Council(pipeline),
        history=History(pipeline),
        feedback=FeedbackStore(kept.database, kept.keyring),
        bulk=Bulk(pipeline, _bulk_slots(settings.server)),
        once=Once(IdempotencyStore(kept.database), clock, new_id()),
        accounts=accounts,
        audit=kept.audit,
        limits=limits,
        provider=provider,
        erasures=erasures_in(kept, settings.privacy, clock=clock, stop=_stopping(pipeline, kept)),
        exports=exports_in(kept, accounts, mind.catalogue, clock=clock),
        consents=Consents(ConsentStore(kept.database), kept.audit, clock, new_id),
        retention=Retention(kept.database, accounts, kept.audit, clock),
        batches=batches_in(kept, settings.batches, clock=clock),
        batch_queue=BatchQueue(kept.database, kept.keyring),
        clock=clock,
    )


def _stopping(pipeline: PersonaPipeline, kept: Kept) -> Callable[[UserId], Awaitable[None]]:
    async def stop(user: UserId) -> None:
        own = replace(pipeline, store=ConversationStore(kept.database, kept.keyring, OwnerId(user)))
        await History(own).stop_writing()

    return stop


def _pipeline(settings: Settings, mind: Mind, kept: Kept, model: Model | None, clock: Clock) -> PersonaPipeline:
    return PersonaPipeline(
        screener=mind.screener,
        reader=mind.reader,
        router=mind.router,
        catalogue=mind.catalogue,
        writer=Writer(_engine(mind, model, settings.llm), kept.turns, clock, new_id, settings.server.replies),
        store=kept.conversations,
        turns=kept.turns,
        contact=HumanContact(settings.safety.contact_name, settings.safety.contact, settings.safety.country),
        clock=clock,
        new_id=new_id,
    )


@asynccontextmanager
async def _beside(*work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Let this work go on until the block ends."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _bulk_slots(server: ServerSettings) -> asyncio.Semaphore:
    return asyncio.Semaphore(min(server.bulk, server.replies))


def _engine(mind: Mind, model: Model | None, llm: LlmSettings) -> Engine:
    return Engine(mind.playbooks, model, PromptLimits(llm.history_tokens, llm.max_output_tokens, llm.compact))


def _masking(model: Model | None, llm: LlmSettings) -> Model | None:
    if model is None:
        return None
    # The guard is nearer to the model: an address with a placeholder in it is gone before the value comes back.
    guarded = GuardedModel(model)
    return MaskingModel(guarded) if llm.mask else guarded
