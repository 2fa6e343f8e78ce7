import json
from collections.abc import AsyncIterator, Iterator

import httpx2
import openai
import pytest

from tests.servers.ion import IonServer, ion_server

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IonServer]:
    with ion_server(tmp_path_factory.mktemp("openai")) as running:
        yield running


@pytest.fixture
async def official(server: IonServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{server.address}/v1", api_key="none", timeout=20) as client:
        yield client


class TestOfficialClient:
    async def test_a_chat_is_answered(self, official: openai.AsyncOpenAI) -> None:
        answer = await official.chat.completions.create(
            model="ion/auto", messages=[{"role": "user", "content": KOREAN}]
        )

        assert answer.object == "chat.completion"
        assert answer.choices[0].finish_reason == "stop"
        assert (answer.choices[0].message.content or "").endswith("?")
        assert answer.usage is not None
        assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 50

    async def test_a_stream_says_the_same_in_pieces_and_ends_with_the_usage(self, official: openai.AsyncOpenAI) -> None:
        whole = await official.chat.completions.create(model="ion/riri", messages=[{"role": "user", "content": KOREAN}])
        stream = await official.chat.completions.create(
            model="ion/riri",
            messages=[{"role": "user", "content": KOREAN}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]

        text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
        assert text == whole.choices[0].message.content
        assert chunks[0].choices[0].delta.role == "assistant"
        assert chunks[-2].choices[0].finish_reason == "stop"
        assert chunks[-1].choices == []
        assert chunks[-1].usage == whole.usage

    async def test_a_conversation_moves_on(self, official: openai.AsyncOpenAI) -> None:
        first = await official.chat.completions.create(model="ion/auto", messages=[{"role": "user", "content": KOREAN}])
        reply = first.choices[0].message.content or ""
        second = await official.chat.completions.create(
            model="ion/auto",
            messages=[
                {"role": "system", "content": "You help a bootcamp."},
                {"role": "user", "content": KOREAN},
                {"role": "assistant", "content": reply},
                {"role": "user", "content": [{"type": "text", "text": "스무 번 중에 세 번 깨졌어요."}]},
            ],
        )

        assert second.choices[0].message.content not in (None, reply)

    async def test_models_are_the_mentors(self, official: openai.AsyncOpenAI) -> None:
        models = [model.id async for model in official.models.list()]

        assert models == ["ion/auto", "ion/lua", "ion/elro", "ion/riri", "ion/nana"]

    async def test_errors_are_the_clients_own(self, official: openai.AsyncOpenAI) -> None:
        with pytest.raises(openai.NotFoundError, match="ion/lua") as caught:
            await official.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": "hi there"}])
        with pytest.raises(openai.UnprocessableEntityError, match="empty"):
            await official.chat.completions.create(model="ion/auto", messages=[{"role": "user", "content": " "}])
        with pytest.raises(openai.UnprocessableEntityError, match="last message"):
            await official.chat.completions.create(model="ion/auto", messages=[{"role": "assistant", "content": "hi"}])

        assert caught.value.code == "model_not_found"


class TestWire:
    async def test_the_last_line_of_a_stream_is_done(self, client: httpx2.AsyncClient) -> None:
        body = {"model": "ion/auto", "messages": [{"role": "user", "content": KOREAN}], "stream": True}
        response = await client.post("/v1/chat/completions", json=body)
        lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]

        assert lines[-1] == "[DONE]"
        assert json.loads(lines[-2])["ion"]["persona"] == "nana"

    async def test_a_crisis_has_no_mentor(self, client: httpx2.AsyncClient) -> None:
        body = {"messages": [{"role": "user", "content": "i keep thinking about killing myself"}]}
        answer = (await client.post("/v1/chat/completions", json=body)).json()

        assert answer["ion"]["crisis"] == "suicide"
        assert answer["ion"]["persona"] is None
        assert "988" in answer["choices"][0]["message"]["content"]

    async def test_pictures_are_refused_clearly(self, client: httpx2.AsyncClient) -> None:
        part = {"type": "image_url", "image_url": {"url": "https://example.org/x.png"}}
        response = await client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": [part]}]})

        assert response.status_code == 422
        assert response.json()["error"]["type"] == "invalid_request_error"
