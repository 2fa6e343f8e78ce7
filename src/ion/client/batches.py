"""Many messages at once, answered in the background."""

from collections.abc import Mapping, Sequence

from ion.client.asks import Ask
from ion.client.batched import Batch, BatchPage, BatchResult
from ion.client.call import Call, Pages, Wait, part
from ion.client.outcomes import Answer, as_a, parsed
from ion.client.verbs import L, Resource, paged, verb, waited

# Seconds between two looks at a batch that is waited for.
_LOOK_EVERY = 2.0


class Batches(Resource[L]):
    """Many messages at once, answered in the background."""

    @verb
    def create(self, asks: Sequence[Ask] | Mapping[str, Ask], *, key: str | None = None) -> Call[Batch]:
        """Have many messages answered, each with a `custom_id` where they are a mapping from that to the message.

        Called again with the same `key`, it is the batch made first.
        """
        named = asks.items() if isinstance(asks, Mapping) else ((None, ask) for ask in asks)
        lines = [ask.as_json() if name is None else {**ask.as_json(), "custom_id": name} for name, ask in named]
        return Call("POST", "/batches", as_a(Batch), lines=lines, keyed=True, key=key)

    @verb
    def list(self, *, limit: int = 50, before: str | None = None) -> Call[BatchPage]:
        """Return the newest batches, or those that follow."""
        return _page(limit, before)

    @paged
    def each(self, *, page_size: int = 50) -> Pages[Batch]:
        """Go through all batches, the newest first."""
        return Pages(_page(page_size, None))

    @verb
    def read(self, batch_id: str) -> Call[Batch]:
        """Return a batch, and how far it is."""
        return _read(batch_id)

    @waited
    def wait(self, batch_id: str, *, every: float = _LOOK_EVERY) -> Wait[Batch]:
        """Return a batch once it has ended, looking at it every so many seconds."""
        return Wait(_read(batch_id), lambda batch: batch.has_ended, every)

    @verb
    def results(self, batch_id: str, *, after: int = 0) -> Call[tuple[BatchResult, ...]]:
        """Return what came of the lines so far, in their order and without a gap: of those after this line."""
        query: dict[str, str | int] = {"after": after}
        return Call("GET", f"{_at(batch_id)}/results", _results, query=query, repeatable=True)

    @verb
    def cancel(self, batch_id: str) -> Call[Batch]:
        """Let nothing more come of a batch; what came of it so far can be fetched."""
        return Call("POST", f"{_at(batch_id)}/cancel", as_a(Batch), repeatable=True)

    @verb
    def delete(self, batch_id: str) -> Call[None]:
        """Erase a batch with all that came of it, for good."""
        return Call("DELETE", _at(batch_id), lambda _: None, repeatable=True)


def _at(batch_id: str) -> str:
    return f"/batches/{part(batch_id)}"


def _read(batch_id: str) -> Call[Batch]:
    return Call("GET", _at(batch_id), as_a(Batch), repeatable=True)


def _page(limit: int, before: str | None) -> Call[BatchPage]:
    query: dict[str, str | int] = {"limit": limit} if before is None else {"limit": limit, "before": before}
    return Call("GET", "/batches", as_a(BatchPage), query=query, repeatable=True)


def _results(answer: Answer) -> tuple[BatchResult, ...]:
    return tuple(parsed(BatchResult, line) for line in answer.body.split(b"\n") if line)
