import json
from collections.abc import AsyncGenerator

import pytest

from ion.errors import IonError
from ion.llm import Chunk, Delta, Prompt
from ion.settings import Settings
from tests.conftest import client_of
from tests.servers.sse import events_of

MESSAGE = "We have a release tomorrow and the tests fail at random. Where do I start?"
SECRET = "key-123 at /home/someone"


class Told(IonError):
    """A failure that has words for the reader."""

    code = "told"


class Failing:
    """A model whose failure is none that a fallback is meant for."""

    name = "test:failing"

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Chunk, None]:
        yield Delta("Half a ")
        raise self.failure


FAILURES = [
    pytest.param(RuntimeError(SECRET), "internal", "Something went wrong on our side.", id="unexpected"),
    pytest.param(Told("Please come back later."), "told", "Please come back later.", id="told"),
]


@pytest.mark.parametrize(("failure", "code", "message"), FAILURES)
async def test_an_openai_stream_ends_with_an_error_and_without_done(
    settings: Settings, failure: Exception, code: str, message: str
) -> None:
    body = {"messages": [{"role": "user", "content": MESSAGE}], "stream": True}
    async with client_of(settings, model=Failing(failure)) as client:
        response = await client.post("/v1/chat/completions", json=body)

    last = json.loads(response.text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert (last["error"]["code"], last["error"]["message"]) == (code, message)
    assert "Half a " in response.text
    assert "[DONE]" not in response.text
    assert SECRET not in response.text


@pytest.mark.parametrize(("failure", "code", "message"), FAILURES)
async def test_a_conversations_stream_ends_with_an_error_and_the_message_is_kept(
    settings: Settings, failure: Exception, code: str, message: str
) -> None:
    async with client_of(settings, model=Failing(failure)) as client:
        conversation = (await client.post("/api/v2/conversations", json={})).json()["id"]
        path = f"/api/v2/conversations/{conversation}/messages"
        accept = {"Accept": "text/event-stream"}
        async with client.stream("POST", path, json={"content": MESSAGE}, headers=accept) as response:
            events = [event async for event in events_of(response)]
        kept = (await client.get(path)).json()["items"]

    assert [name for name, _ in events] == ["started", "delta", "error"]
    assert events[-1][1] == {"code": code, "message": message}
    assert [turn["message"] for turn in kept] == [MESSAGE]
