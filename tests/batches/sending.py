"""Batches of anybody in an open database, without a door in front of it."""

import uuid

from ion.accounts import LOCAL_ORGANISATION, OrganisationId, UserId
from ion.batches import Batch, BatchId, BatchQueue, BatchStore, Claimed, Line, new_batch
from ion.clock import Clock
from ion.services import Kept, Services

QUESTION, ANSWER = "발표에서 손이 떨리면 어떡하죠?", '{"line": 1, "said": "숨을 한 번 크게 쉬어 봐요."}'


def store_of(kept: Kept | Services, owner: UserId, clock: Clock, *, most_open: int = 10) -> BatchStore:
    return BatchStore(kept.database, kept.keyring, owner, clock, most_open=most_open)


def queue_of(kept: Kept | Services) -> BatchQueue:
    return BatchQueue(kept.database, kept.keyring)


async def keep_batch(
    kept: Kept | Services, owner: UserId, clock: Clock, lines: int, *, organisation: OrganisationId = LOCAL_ORGANISATION
) -> Batch:
    """Keep a batch of lines that are left to do."""
    asked = [Line(number, f"{QUESTION} ({number})") for number in range(1, lines + 1)]
    batch = new_batch(BatchId(str(uuid.uuid4())), owner, organisation, asked, at=clock())
    return await store_of(kept, owner, clock).add(batch, asked)


def place_of(claimed: Claimed | None) -> tuple[str, int] | None:
    return None if claimed is None else (claimed.owner, claimed.number)
