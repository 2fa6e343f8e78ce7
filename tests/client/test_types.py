"""What a type checker knows of both clients; mypy reads this file, and fails where it knows otherwise."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

import ion.client
from ion.client import (
    Ask,
    AsyncIon,
    AsyncReply,
    BulkProcessed,
    Conversation,
    ConversationPage,
    Counsel,
    Ion,
    Persona,
    Processed,
    Reply,
    Retries,
    Turn,
    TurnFeedback,
)


def of_ion(client: Ion) -> None:
    assert_type(client.process("Hello"), Processed)
    assert_type(client.personas.list(), tuple[Persona, ...])
    assert_type(client.conversations.list(limit=3), ConversationPage)
    assert_type(client.conversations.each(), Iterator[Conversation])
    assert_type(client.messages.stream("c", "Hello"), Reply)
    assert_type(client.messages.stream("c", "Hello").finished(), Turn)
    assert_type(client.bulk_process([Ask("Hello")]), BulkProcessed)
    assert_type(client.multi_persona("Hello"), Counsel)
    assert_type(client.feedback.list("c"), tuple[TurnFeedback, ...])
    client.bulk_process("Hello")  # type: ignore[arg-type] # no list of messages
    client.feedback.give("c", "t", "sideways")  # type: ignore[arg-type] # no thumb
    client.messages.send("c", "Hello", mood="good")  # type: ignore[call-arg] # no such parameter


async def of_async_ion(client: AsyncIon) -> None:
    assert_type(await client.process("Hello"), Processed)
    assert_type(await client.personas.list(), tuple[Persona, ...])
    assert_type(await client.conversations.list(limit=3), ConversationPage)
    assert_type(client.conversations.each(), AsyncIterator[Conversation])
    assert_type(client.messages.stream("c", "Hello"), AsyncReply)
    assert_type(await client.messages.stream("c", "Hello").finished(), Turn)
    assert_type(await client.bulk_process([Ask("Hello")]), BulkProcessed)
    assert_type(await client.multi_persona("Hello"), Counsel)
    assert_type(await client.feedback.list("c"), tuple[TurnFeedback, ...])
    await client.messages.send("c", 7)  # type: ignore[arg-type] # no text


class TestTypes:
    def test_are_published(self) -> None:
        assert (Path(ion.client.__file__).parents[1] / "py.typed").exists()

    def test_are_one_for_all_that_is_asked(self) -> None:
        assert Ion.process.describe is AsyncIon.process.describe
        assert Retries() == Retries(4, 0.5, 30.0)
