"""The composition root: opens everything once, in order, and closes it in reverse; every door and test uses it."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from ion.accounts import AccountOptions, Accounts, SessionLife, TokenLife, UserId, open_accounts, system_randomness
from ion.audit import AuditLog, open_audit
from ion.clock import Clock, system_clock
from ion.db import Database, open_database
from ion.idempotency import IdempotencyStore, Once
from ion.limits import (
    WINDOW_SECONDS,
    Agreement,
    Allowances,
    Budget,
    Limiter,
    MovingWindow,
    Streams,
    TokenStore,
    open_agreement,
)
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
    Sealer,
    SealingStore,
    TurnStore,
    Writer,
    has_rows,
)
from ion.personas import Catalogue, load_catalogue, tokens_in
from ion.playbooks import Playbooks, TopicFinder, load_topics
from ion.privacy import MaskingModel
from ion.resonance import Embedder, LinearModel, Loading, Reader
from ion.rights import Erasures, ErasureStore, Exports, ExportStore, Stop
from ion.routing import ResonanceRouter
from ion.safety import Screener, load_screener
from ion.sealing import Keyring, MasterSource, data_keys_url, open_keyring, own_key_file
from ion.settings import (
    AccountsSettings,
    LimitsSettings,
    LlmSettings,
    PrivacySettings,
    ResonanceSettings,
    ServerSettings,
    Settings,
)


@dataclass(frozen=True, slots=True)
class Mind:
    """Everything that reads, decides and composes without touching the outside world."""

    catalogue: Catalogue
    router: ResonanceRouter
    reader: Reader
    screener: Screener
    playbooks: Playbooks


@dataclass(frozen=True, slots=True)
class Kept:
    """The database and the keys that open what is sealed in it."""

    database: Database
    keyring: Keyring
    audit: AuditLog
    conversations: ConversationStore
    turns: TurnStore
    sealer: Sealer


@dataclass(frozen=True, slots=True)
class Limits:
    """What callers are counted by."""

    limiter: Limiter
    streams: Streams
    allowances: Allowances
    budget: Budget


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
    erasures: Erasures
    exports: Exports
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
        )


def load_mind(settings: Settings) -> Mind:
    """Load personas, playbooks, rules and weights.

    Raises:
        BadPersona: a persona's folder cannot be used.
    """
    catalogue = load_catalogue(settings.personas.path)
    return Mind(
        catalogue=catalogue,
        router=ResonanceRouter(catalogue),
        reader=load_reader(settings.resonance),
        screener=_screener(),
        playbooks=_playbooks(settings.resonance.model),
    )


def load_reader(settings: ResonanceSettings) -> Reader:
    """Load what reads messages; sentence embeddings begin to load when they are first asked for."""
    return Reader(_linear_model(), embedding_of(settings), patience=settings.patience)


def embedding_of(settings: ResonanceSettings) -> Loading[Embedder] | None:
    """Return what embeds sentences; None where messages are read without."""
    return _embedding() if settings.model == "full" else None


# Seconds after which a server has started.
_SETTLED = 1.0
# What comes with the package does not change while a process lives, however often services are opened in it.
_linear_model = cache(LinearModel.load)
_embedding = cache(lambda: Loading(Embedder))
_screener = cache(load_screener)
_playbooks = cache(lambda kind: Playbooks(load_topics(), TopicFinder.load(_embedding() if kind == "full" else None)))


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


def accounts_in(kept: Kept, settings: AccountsSettings, *, clock: Clock = system_clock) -> Accounts:
    """Return the accounts that are kept.

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
    )
    return open_accounts(
        kept.database,
        options,
        audit=kept.audit,
        clock=clock,
        new_id=_new_id,
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
    return Exports(store, kept.database, kept.keyring, accounts, kept.audit, catalogue, clock, _new_id)


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
            open_audit(database, keyring, clock=clock, new_id=_new_id) as audit,
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
    async with open_kept(settings, clock=clock) as kept, chosen as in_use, _agreement(settings) as agreement:
        limits = _limits(settings.limits, kept.database, agreement, clock)
        services = _services(settings, mind, kept, _masking(in_use, settings.llm), limits, clock)
        try:
            async with _beside(
                services.history.keep_purging(),
                services.accounts.keep_purging(),
                services.audit.keep_anchoring(),
                services.once.keep_on(),
                services.erasures.keep_on(),
                services.exports.keep_on(),
                kept.sealer.seal_in_background(),
            ):
                yield services
        finally:
            await services.pipeline.close()


def _services(
    settings: Settings, mind: Mind, kept: Kept, model: Model | None, limits: Limits, clock: Clock
) -> Services:
    if model is not None:
        model = BudgetedModel(model, limits.budget, tokens_in)
    pipeline = _pipeline(settings, mind, kept, model, clock)
    accounts = accounts_in(kept, settings.accounts, clock=clock)

    async def stop(user: UserId) -> None:
        own = replace(pipeline, store=ConversationStore(kept.database, kept.keyring, OwnerId(user)))
        await History(own).stop_writing()

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
        once=Once(IdempotencyStore(kept.database), clock, _new_id()),
        accounts=accounts,
        audit=kept.audit,
        limits=limits,
        erasures=erasures_in(kept, settings.privacy, clock=clock, stop=stop),
        exports=exports_in(kept, accounts, mind.catalogue, clock=clock),
        clock=clock,
    )


def _agreement(settings: Settings) -> AbstractAsyncContextManager[Agreement | None]:
    redis = settings.redis
    if redis.url is None:
        return nullcontext()
    return open_agreement(
        redis.url.get_secret_value(),
        patience=redis.timeout,
        seconds=WINDOW_SECONDS,
        share=settings.limits.share,
        clock=time.monotonic,
    )


def _limits(settings: LimitsSettings, database: Database, agreement: Agreement | None, clock: Clock) -> Limits:
    window, allowances = MovingWindow(WINDOW_SECONDS, time.monotonic), Allowances(database, time.monotonic)
    return Limits(
        Limiter(settings.per_minute, window, agreement),
        Streams(settings.streams),
        allowances,
        Budget(TokenStore(database), allowances, settings.tokens_a_day, clock),
    )


def _pipeline(settings: Settings, mind: Mind, kept: Kept, model: Model | None, clock: Clock) -> PersonaPipeline:
    return PersonaPipeline(
        screener=mind.screener,
        reader=mind.reader,
        router=mind.router,
        catalogue=mind.catalogue,
        writer=Writer(_engine(mind, model, settings.llm), kept.turns, clock, _new_id, settings.server.replies),
        store=kept.conversations,
        turns=kept.turns,
        contact=HumanContact(settings.safety.contact_name, settings.safety.contact, settings.safety.country),
        clock=clock,
        new_id=_new_id,
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
    return MaskingModel(model) if model is not None and llm.mask else model


def _new_id() -> str:
    return str(uuid.uuid4())
