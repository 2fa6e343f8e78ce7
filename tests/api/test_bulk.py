import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from ion.app import create_app
from ion.settings import ServerSettings, Settings
from tests.api.test_messages import another, problem_of
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN, Actor
from tests.mentoring.test_bulk import Together
from tests.mentoring.test_store import prepared

BULK = "/api/v2/bulk-process"
Message = MutableMapping[str, Any]


def items(*texts: str, **more: object) -> dict[str, object]:
    return {"requests": [{"user_input": text} for text in texts], **more}


def with_room(settings: Settings, **room: int) -> Settings:
    return settings.model_copy(update={"server": ServerSettings(**room)})


@pytest.mark.parametrize("parallel", [True, False], ids=["parallel", "in turn"])
class TestBulk:
    async def test_answers_each_as_process_would_in_order(self, client: httpx2.AsyncClient, parallel: bool) -> None:
        headers = {"X-Request-ID": "job-7"}
        body = (await client.post(BULK, json=items(KOREAN, ENGLISH, parallel=parallel), headers=headers)).json()
        alone = [(await client.post("/api/v2/process", json={"user_input": text})).json() for text in (KOREAN, ENGLISH)]
        own = {"request_id", "timestamp", "performance", "index"}

        assert {name: body[name] for name in ("success", "total", "successful", "failed", "errors", "request_id")} == {
            **{"success": True, "total": 2, "successful": 2, "failed": 0, "errors": [], "request_id": "job-7"}
        }
        assert [(result["index"], result["request_id"]) for result in body["results"]] == [
            (0, "job-7-0"),
            (1, "job-7-1"),
        ]
        for result, same in zip(body["results"], alone, strict=True):
            assert set(result) - set(same) == {"index"}
            assert {name: result[name] for name in same if name not in own} == {
                name: value for name, value in same.items() if name not in own
            }

    async def test_one_that_fails_fails_alone(self, client: httpx2.AsyncClient, parallel: bool) -> None:
        requests = [
            {"user_input": ENGLISH},
            {"user_input": " "},
            {"user_input": DANGER},
            {"user_input": "hi", "persona": "zeus"},
            {"user_input": "hi", "resonance_key": "happy"},
            {"user_input": "hi", "conversation_id": "nowhere"},
            {"user_input": "x" * 100_001},
        ]
        response = await client.post(BULK, json={"requests": requests, "parallel": parallel})
        body = response.json()

        assert response.status_code == 200
        assert (body["success"], body["total"], body["successful"], body["failed"]) == (False, 7, 2, 5)
        assert [result["index"] for result in body["results"]] == [0, 2]
        assert body["results"][1]["crisis"]["reason"] == "suicide"
        assert [(error["index"], error["status"], error["error"]["code"]) for error in body["errors"]] == [
            (1, 422, "empty_message"),
            (3, 404, "persona_not_found"),
            (4, 422, "bad_resonance_key"),
            (5, 404, "conversation_not_found"),
            (6, 413, "message_too_long"),
        ]
        assert [error["request_id"] for error in body["errors"]] == [
            f"{body['request_id']}-{error['index']}" for error in body["errors"]
        ]

    async def test_a_fault_of_ions_own_fails_alone_and_is_told_without_its_words(
        self, settings: Settings, parallel: bool
    ) -> None:
        async with client_of(settings, model=Actor((RuntimeError("key-123"),), ("One.",))) as client:
            with capture_logs() as logs:
                response = await client.post(BULK, json=items(ENGLISH, ENGLISH, parallel=parallel))
        body = response.json()

        assert [(error["status"], error["error"]["code"]) for error in body["errors"]] == [(500, "internal")]
        assert [result["content"] for result in body["results"]] == ["One."]
        assert "key-123" not in response.text
        assert [entry["kind"] for entry in logs if entry["event"] == "bulk.item_failed"] == ["RuntimeError"]

    async def test_messages_of_one_conversation_are_kept_once(self, database_url: str, parallel: bool) -> None:
        settings = sealing_settings(await prepared(database_url))
        async with client_of(settings) as client:
            talk = await another(client)
            own = {"conversation_id": talk.path.rpartition("/")[2]}
            requests = [{"user_input": text, **own} for text in (KOREAN, ENGLISH, "그다음은요?")]
            body = (await client.post(BULK, json={"requests": requests, "parallel": parallel})).json()
            kept = await talk.kept()

        said = [turn["message"] for turn in kept]
        assert body["success"] is True
        assert sorted(said) == sorted(item["user_input"] for item in requests)
        assert parallel or said == [KOREAN, ENGLISH, "그다음은요?"]


class TestAtOnce:
    @pytest.mark.parametrize(("room", "peak"), [({"bulk": 3}, 3), ({"bulk": 8, "replies": 2}, 2)])
    async def test_are_as_many_as_the_operator_and_the_writer_allow(
        self, settings: Settings, room: dict[str, int], peak: int
    ) -> None:
        model = Together(peak)
        async with client_of(with_room(settings, **room), model=model) as client:
            body = (await client.post(BULK, json=items(*[ENGLISH] * (peak * 2), parallel=True))).json()

        assert (body["success"], model.peak) == (True, peak)

    async def test_are_that_many_over_all_requests(self, settings: Settings) -> None:
        model = Together(2)
        async with client_of(with_room(settings, bulk=2), model=model) as client:
            sent = [client.post(BULK, json=items(*[ENGLISH] * 4, parallel=True)) for _ in range(3)]
            answered = await asyncio.gather(*sent)

        assert [response.json()["success"] for response in answered] == [True] * 3
        assert model.peak == 2

    async def test_is_one_where_nothing_else_is_asked_for(self, settings: Settings) -> None:
        model = Together(1)
        async with client_of(settings, model=model) as client:
            await client.post(BULK, json=items(*[ENGLISH] * 3))

        assert model.peak == 1

    async def test_leave_room_for_whoever_writes_one(self, settings: Settings) -> None:
        gate = asyncio.Event()
        model = Actor((gate, "One."), ("Two.",))
        async with client_of(with_room(settings, bulk=1, replies=2), model=model) as client:
            bulk = asyncio.create_task(client.post(BULK, json=items(*[ENGLISH] * 5, parallel=True)))
            while not model.prompts:
                await client.get("/api/v2/health")
            alone = await client.post("/api/v2/process", json={"user_input": ENGLISH})
            gate.set()
            body = (await bulk).json()

        assert (alone.status_code, alone.json()["content"]) == (200, "Two.")
        assert body["successful"] == 5


class TestRefused:
    async def test_is_nothing(self, client: httpx2.AsyncClient) -> None:
        refused = await client.post(BULK, json={"requests": []})

        assert problem_of(refused) == (422, "invalid_input")
        assert refused.json()["error"]["field"] == "requests"

    async def test_is_more_than_a_hundred(self, settings: Settings) -> None:
        model = Actor(("One.",))
        async with client_of(settings, model=model) as client:
            refused = await client.post(BULK, json=items(*["hi"] * 101))
            taken = await client.post(BULK, json=items(*["hi"] * 100, parallel=True))

        assert problem_of(refused) == (413, "bulk_too_large")
        assert taken.json()["successful"] == len(model.prompts) == 100

    async def test_is_all_of_it_where_one_is_no_request(self, settings: Settings) -> None:
        model = Actor(("One.",))
        async with client_of(settings, model=model) as client:
            refused = await client.post(BULK, json={"requests": [{"user_input": "hi"}, {"text": "hi"}]})

        assert problem_of(refused) == (422, "invalid_input")
        assert refused.json()["error"]["field"].startswith("requests.1.")
        assert model.prompts == []


class Caller:
    """A client that sends a request and goes away when it is told to, on the application's own interface."""

    def __init__(self, app: FastAPI, body: object, headers: dict[str, str]) -> None:
        self.app = app
        self.body = json.dumps(body).encode()
        self.headers = {"host": "127.0.0.1", "content-type": "application/json", **headers}
        self.leaves = asyncio.Event()
        self.sent = False
        self.received: list[Message] = []

    async def call(self) -> None:
        scope = {
            **{"type": "http", "method": "POST", "path": BULK, "raw_path": BULK.encode(), "query_string": b""},
            **{"scheme": "http", "http_version": "1.1", "root_path": "", "server": ("127.0.0.1", 80)},
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
        }
        await self.app(scope, self.receive, self.send)

    async def receive(self) -> Message:
        if not self.sent:
            self.sent = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.received.append(message)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30) as client:
            yield client


class TestLeaving:
    @pytest.mark.parametrize("parallel", [True, False], ids=["parallel", "in turn"])
    async def test_begins_nothing_further(self, settings: Settings, parallel: bool) -> None:
        gate = asyncio.Event()
        model = Actor((gate, "One."))
        app = create_app(with_room(settings, bulk=1), model=model)
        async with running(app) as client:
            caller = Caller(app, items(*[ENGLISH] * 5, parallel=parallel), {})
            call = asyncio.create_task(caller.call())
            while not model.prompts:
                await client.get("/api/v2/health")
            caller.leaves.set()
            await call
            gate.set()
            alone = await client.post(BULK, json=items(KOREAN))

        assert [message["status"] for message in caller.received if "status" in message] == [499]
        assert alone.json()["success"] is True
        assert len(model.prompts) == 2

    async def test_lets_the_same_request_be_sent_again(self, settings: Settings) -> None:
        gate, key = asyncio.Event(), {"idempotency-key": "k-1"}
        model = Actor((gate, "One."), ("Two.",))
        app = create_app(settings, model=model)
        body = items(ENGLISH, ENGLISH)
        async with running(app) as client:
            caller = Caller(app, body, key)
            call = asyncio.create_task(caller.call())
            while not model.prompts:
                await client.get("/api/v2/health")
            caller.leaves.set()
            await call
            again = await client.post(BULK, json=body, headers=key)
            gate.set()

        assert again.status_code == 200
        assert [result["content"] for result in again.json()["results"]] == ["Two."] * 2
