"""What is asked of ION, as plain values: described once, sent by either client."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

from ion.client.outcomes import Answer

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A request, and how its answer is read.

    What is `repeatable` may arrive twice and be done once: it changes nothing, or the same to the same. A `keyed` call
    is made so by an `Idempotency-Key`: `key`, or a new one. `fine` are the statuses that are an answer. An answer with
    several `replies` in it may take that many times as long. An `anonymous` call does not say who asks. It has a
    `body`, or several as `lines`.
    """

    method: str
    path: str
    parse: Callable[[Answer], T_co] = field(repr=False)
    query: Mapping[str, str | int] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    lines: Sequence[Mapping[str, object]] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = False
    keyed: bool = False
    key: str | None = None
    fine: frozenset[int] = frozenset({200, 201, 202, 204})
    replies: int = 1
    anonymous: bool = False

    def with_headers(self, headers: Mapping[str, str]) -> "Call[T_co]":
        """Return the call with these headers too."""
        return replace(self, headers={**self.headers, **headers})

    def ready(self, new_key: Callable[[], str]) -> "Call[T_co]":
        """Return the call as it is sent, each time: one that is keyed has its key."""
        if not self.keyed:
            return self
        key = new_key() if self.key is None else plain("key", self.key)
        return replace(self.with_headers({"Idempotency-Key": key}), key=key, repeatable=True)

    @property
    def content(self) -> bytes | None:
        """The body as it is sent; in ASCII, so that half of a surrogate pair arrives, and ION says what is wrong."""
        if self.lines is not None:
            return b"".join(_ascii(line) + b"\n" for line in self.lines)
        return None if self.body is None else _ascii(self.body)

    @property
    def media_type(self) -> str:
        """What the body is."""
        return "application/json" if self.lines is None else "application/jsonl"


class Page(Protocol[T_co]):
    """A part of a list, and what leads to the next one."""

    @property
    def items(self) -> tuple[T_co, ...]:
        """What is on this page."""

    @property
    def next(self) -> str | None:
        """What to give as `before`; None where nothing follows."""


@dataclass(frozen=True, slots=True)
class Pages(Generic[T]):
    """A list in parts."""

    first: Call[Page[T]]

    def after(self, page: Page[T]) -> Call[Page[T]] | None:
        """Return the call for what follows a page; None where nothing does."""
        return None if page.next is None else replace(self.first, query={**self.first.query, "before": page.next})


@dataclass(frozen=True, slots=True)
class Wait(Generic[T]):
    """Something to wait for: the call that tells how it is, whether that is the end, and how often to ask (seconds)."""

    first: Call[T]
    is_over: Callable[[T], bool]
    every: float


@dataclass(frozen=True, slots=True)
class Watch:
    """A reply to follow: the call that begins it, and where it is followed from once its turn is known."""

    first: Call[object]
    conversation_id: str
    turn_id: str | None = None
    after: str | None = None

    def resumed(self, turn_id: str, last: str | None) -> Call[object]:
        """Return the call that tells what came after event `last`, or all of it."""
        return events_of(self.conversation_id, turn_id, last)


def _ascii(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, allow_nan=False).encode("ascii")


def events_of(conversation_id: str, turn_id: str, last: str | None) -> Call[object]:
    """Return the call that follows a turn's reply from after event `last`, or from its beginning."""
    headers = {} if last is None else {"Last-Event-ID": plain("after", last)}
    return streamed(
        Call("GET", f"{turn_at(conversation_id, turn_id)}/events", lambda _: None, headers=headers, repeatable=True)
    )


def streamed(call: Call[T]) -> Call[T]:
    """Return the call with its answer as a stream."""
    return call.with_headers({"Accept": EVENT_STREAM})


def at_once(call: Call[T]) -> Call[T]:
    """Return the call answered before its work is done."""
    return call.with_headers({"Prefer": "respond-async"})


def given(**fields: object) -> Mapping[str, object]:
    """Return the fields that have a value; ION takes a missing one and null for the same."""
    return {name: value for name, value in fields.items() if value is not None}


def part(name: str) -> str:
    """Return an id or a name as one part of a path.

    Raises:
        ValueError: it would lead to another address.
    """
    if name in ("", ".", ".."):
        message = f"{name!r} is no id or name."
        raise ValueError(message)
    return quote(name, safe="")


def conversation_at(conversation_id: str) -> str:
    """Return where a conversation is."""
    return f"/conversations/{part(conversation_id)}"


def turn_at(conversation_id: str, turn_id: str) -> str:
    """Return where a turn is."""
    return f"{conversation_at(conversation_id)}/messages/{part(turn_id)}"


def plain(name: str, value: str) -> str:
    """Return what goes into a header; the value is not repeated in errors, since it may be secret.

    Raises:
        ValueError: it has a character that no header may hold.
    """
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        message = f"{name} has to be visible ASCII characters."
        raise ValueError(message)
    return value
