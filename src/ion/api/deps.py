"""What a route may ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request

from ion.accounts import Accounts, Permission
from ion.api.authentication import needs
from ion.batches import BatchStore, BatchWorker
from ion.callers import services_of
from ion.mentoring import Bulk, ConversationStore, Council, FeedbackStore, History, PersonaPipeline, TurnStore
from ion.monitoring import Recent
from ion.rights import Erasures, Exports
from ion.services import Mind, Services


def _mind(request: Request) -> Mind:
    return services_of(request).mind


def _pipeline(request: Request) -> PersonaPipeline:
    return services_of(request).pipeline


def _council(request: Request) -> Council:
    return services_of(request).council


def _conversations(request: Request) -> ConversationStore:
    return services_of(request).conversations


def _turns(request: Request) -> TurnStore:
    return services_of(request).turns


def _history(request: Request) -> History:
    return services_of(request).history


def _feedback(request: Request) -> FeedbackStore:
    return services_of(request).feedback


def _bulk(request: Request) -> Bulk:
    return services_of(request).bulk


def _accounts(request: Request) -> Accounts:
    return services_of(request).accounts


def _erasures(request: Request) -> Erasures:
    return services_of(request).erasures


def _exports(request: Request) -> Exports:
    return services_of(request).exports


def _batches(request: Request) -> BatchStore:
    return services_of(request).batches


def _batch_worker(request: Request) -> BatchWorker:
    return cast(BatchWorker, request.app.state.batch_worker)


def _recent(request: Request) -> Recent:
    return cast(Recent, request.app.state.recent)


# What a route asks of its caller: every route has one of these, or is open to everybody.
TALKS = needs(Permission.CONVERSATIONS_OWN)
OPERATES = needs(Permission.SYSTEM_OPERATE)
SIGNED_IN = needs(None)

ServicesDep = Annotated[Services, Depends(services_of)]
MindDep = Annotated[Mind, Depends(_mind)]
PipelineDep = Annotated[PersonaPipeline, Depends(_pipeline)]
CouncilDep = Annotated[Council, Depends(_council)]
ConversationsDep = Annotated[ConversationStore, Depends(_conversations)]
HistoryDep = Annotated[History, Depends(_history)]
TurnsDep = Annotated[TurnStore, Depends(_turns)]
FeedbackDep = Annotated[FeedbackStore, Depends(_feedback)]
BulkDep = Annotated[Bulk, Depends(_bulk)]
AccountsDep = Annotated[Accounts, Depends(_accounts)]
ErasuresDep = Annotated[Erasures, Depends(_erasures)]
ExportsDep = Annotated[Exports, Depends(_exports)]
BatchesDep = Annotated[BatchStore, Depends(_batches)]
BatchWorkerDep = Annotated[BatchWorker, Depends(_batch_worker)]
RecentDep = Annotated[Recent, Depends(_recent)]
