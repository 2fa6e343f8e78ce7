"""Entries as documents: for people, programs and auditors, with who and where in the place of aliases."""

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from ion.audit.chain import Entry, Name
from ion.audit.log import AuditLog
from ion.audit.moments import moment_of
from ion.audit.store import Wanted

Document = Mapping[str, Any]

COLUMNS = (
    "number",
    "at",
    "action",
    "outcome",
    "organisation",
    "actor_kind",
    "actor",
    "actor_alias",
    "proof",
    "key",
    "target_kind",
    "target",
    "target_alias",
    "network",
    "request_id",
    "details",
    "previous",
    "hash",
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def documents(audit: AuditLog, wanted: Wanted) -> AsyncIterator[list[Document]]:
    """Yield the entries as documents, some at a time."""
    async for batch in audit.store.batches(wanted):
        yield await documents_of(audit, batch)


async def documents_of(audit: AuditLog, entries: Iterable[Entry]) -> list[Document]:
    """Return entries as documents; of somebody who was erased there is the alias alone."""
    kept = list(entries)
    names = await audit.store.names({alias for one in kept for alias in (one.actor, one.target, one.network) if alias})
    return [_document(one, names) for one in kept]


def json_lines(batch: Iterable[Document]) -> str:
    """Return documents as JSON, one a line."""
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in batch)


def csv_head() -> str:
    """Return the first line of a CSV file."""
    return _csv([COLUMNS])


def csv_lines(batch: Iterable[Document]) -> str:
    """Return documents as lines of a CSV file (RFC 4180)."""
    return _csv([[_cell(one[column]) for column in COLUMNS] for one in batch])


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _document(entry: Entry, names: Mapping[str, Name]) -> Document:
    def named(alias: str) -> str | None:
        name = names.get(alias)
        return None if name is None else name.value

    is_person = entry.target_kind == "user"
    return {
        "number": entry.seq,
        "at": moment_of(entry.at).isoformat(timespec="microseconds"),
        "action": entry.action,
        "outcome": entry.outcome,
        "organisation": entry.organisation or None,
        "actor_kind": entry.actor_kind,
        "actor": named(entry.actor),
        "actor_alias": entry.actor or None,
        "proof": entry.proof or None,
        "key": entry.key or None,
        "target_kind": entry.target_kind or None,
        "target": named(entry.target) if is_person else entry.target or None,
        "target_alias": entry.target if is_person else None,
        "network": named(entry.network),
        "request_id": entry.request_id or None,
        "details": json.loads(entry.details),
        "previous": entry.previous,
        "hash": entry.hash,
    }
