"""Every question that is asked the database about requests which may be sent again."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from ion.db import Database
from ion.errors import Conflict, Invalid
from ion.idempotency.models import IdempotencyRow


class InFlight(Conflict):
    """The request that came first with this key is still being answered."""

    code = "idempotency_in_flight"


class KeyMismatch(Invalid):
    """A request's key was used before, for another request."""

    code = "idempotency_mismatch"


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that wants to be answered at `place`: by whom, and when.

    What was claimed before `expired` counts no more, nor what nobody has held since `abandoned` and has no answer.
    """

    place: str
    fingerprint: str
    holder: str
    at: datetime
    expired: datetime
    abandoned: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer that is kept."""

    status: int
    answer: bytes = field(repr=False)


class IdempotencyStore:
    """Requests under their keys, in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, claim: Claim) -> Sealed | None:
        """Return the answer that is kept; None where there is none, and whoever asks has to give it now.

        Raises:
            InFlight: another request with this key is being answered.
            KeyMismatch: the key belongs to another request.
        """
        try:
            async with self._database.transaction() as session:
                row = await session.get(IdempotencyRow, claim.place, with_for_update=True)
                if row is None:
                    # Nothing is locked yet: of those who come now the database lets one in.
                    session.add(_row_of(claim))
                elif row.created_at > claim.expired:
                    kept = _kept(row, claim)
                    if kept is None:
                        row.holder, row.held_at = claim.holder, claim.at
                    return kept
                else:
                    await session.merge(_row_of(claim))
        except IntegrityError:
            # Whoever came with the same key at the same time was faster.
            raise _in_flight() from None
        return None

    async def finish(self, place: str, holder: str, sealed: Sealed) -> None:
        """Keep the answer; of two holders the one who claimed the place last."""
        row = IdempotencyRow
        keep = update(row).where(row.place == place, row.holder == holder)
        async with self._database.transaction() as session:
            await session.execute(keep.values(status=sealed.status, answer=sealed.answer))

    async def release(self, place: str, holder: str) -> None:
        """Give the place up without an answer, so that the request can be sent again."""
        row = IdempotencyRow
        async with self._database.transaction() as session:
            await session.execute(delete(row).where(row.place == place, row.holder == holder, row.status.is_(None)))

    async def hold(self, places: Collection[str], holder: str, *, at: datetime) -> None:
        """Say that these are still being answered."""
        row = IdempotencyRow
        async with self._database.transaction() as session:
            await session.execute(update(row).where(row.place.in_(places), row.holder == holder).values(held_at=at))

    async def purge(self, *, created_before: datetime) -> int:
        """Erase what came before this moment; return how many requests that were."""
        row = IdempotencyRow
        async with self._database.transaction() as session:
            erased = await session.execute(delete(row).where(row.created_at <= created_before).returning(row.place))
            return len(erased.all())


def _kept(row: IdempotencyRow, claim: Claim) -> Sealed | None:
    if row.fingerprint != claim.fingerprint:
        raise key_mismatch()
    if row.status is not None and row.answer is not None:
        return Sealed(row.status, row.answer)
    if row.held_at > claim.abandoned:
        raise _in_flight()
    return None


def _row_of(claim: Claim) -> IdempotencyRow:
    return IdempotencyRow(
        place=claim.place,
        fingerprint=claim.fingerprint,
        holder=claim.holder,
        created_at=claim.at,
        held_at=claim.at,
        status=None,
        answer=None,
    )


def _in_flight() -> InFlight:
    return InFlight("The first request with this Idempotency-Key is still being answered.", field="Idempotency-Key")


def key_mismatch() -> KeyMismatch:
    """Return the error for a key that was used for another request."""
    return KeyMismatch("This Idempotency-Key was used for another request.", field="Idempotency-Key")
