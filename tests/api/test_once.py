import asyncio
from pathlib import Path

import httpx2
import pytest

from ion.errors import Unavailable
from ion.settings import DatabaseSettings, Settings
from tests.api.test_messages import another, problem_of
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.mentoring.speaking import ENGLISH, KOREAN, Actor
from tests.mentoring.test_store import prepared
from tests.servers.databases import sqlite_at

PROCESS, BULK = "/api/v2/process", "/api/v2/bulk-process"
KEY = {"Idempotency-Key": "0b9e-0001"}
BODIES = [(PROCESS, {"user_input": ENGLISH}), (BULK, {"requests": [{"user_input": ENGLISH}, {"user_input": " "}]})]


def all_of(folder: Path) -> bytes:
    return b"".join(part.read_bytes() for part in folder.glob("ion.db*"))


@pytest.mark.parametrize(("path", "body"), BODIES, ids=["process", "bulk"])
class TestEveryRouteThatOptsIn:
    async def test_answers_what_is_sent_twice_alike(
        self, settings: Settings, path: str, body: dict[str, object]
    ) -> None:
        model = Actor(("One.",), ("Two.",))
        async with client_of(settings, model=model) as client:
            first = await client.post(path, json=body, headers=KEY)
            second = await client.post(path, json=body, headers=KEY)

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.content == second.content
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert second.headers["Content-Type"] == "application/json"
        assert len(model.prompts) == 1

    async def test_does_it_twice_without_a_key(self, settings: Settings, path: str, body: dict[str, object]) -> None:
        model = Actor(("One.",))
        async with client_of(settings, model=model) as client:
            for _ in range(2):
                await client.post(path, json=body)

        assert len(model.prompts) == 2

    async def test_refuses_another_body(self, client: httpx2.AsyncClient, path: str, body: dict[str, object]) -> None:
        await client.post(path, json=body, headers=KEY)
        item = {"user_input": KOREAN}
        refused = await client.post(path, json=item if path == PROCESS else {"requests": [item]}, headers=KEY)

        assert problem_of(refused) == (422, "idempotency_mismatch")
        assert refused.json()["error"]["field"] == "Idempotency-Key"

    async def test_refuses_while_the_first_is_being_answered(
        self, settings: Settings, path: str, body: dict[str, object]
    ) -> None:
        gate = asyncio.Event()
        model = Actor((gate, "One."))
        async with client_of(settings, model=model) as client:
            first = asyncio.create_task(client.post(path, json=body, headers=KEY))
            while not model.prompts:
                await client.get("/api/v2/health")
            refused = await client.post(path, json=body, headers=KEY)
            gate.set()
            answered = await first
            again = await client.post(path, json=body, headers=KEY)

        assert problem_of(refused) == (409, "idempotency_in_flight")
        assert (answered.status_code, again.content) == (200, answered.content)

    @pytest.mark.parametrize("key", ["", "x" * 65, "a b"])
    async def test_refuses_what_is_no_key(
        self, client: httpx2.AsyncClient, path: str, body: dict[str, object], key: str
    ) -> None:
        refused = await client.post(path, json=body, headers={"Idempotency-Key": key})

        assert problem_of(refused) == (422, "invalid_input")


class TestKeys:
    async def test_count_at_their_route_alone(self, client: httpx2.AsyncClient) -> None:
        for path, body in BODIES:
            assert (await client.post(path, json=body, headers=KEY)).status_code == 200

    async def test_of_a_request_that_failed_can_be_used_again(self, settings: Settings) -> None:
        model = Actor((Unavailable("Not now."),), ("One.",))
        async with client_of(settings, model=model) as client:
            failed = await client.post(PROCESS, json={"user_input": ENGLISH}, headers=KEY)
            tried = await client.post(PROCESS, json={"user_input": ENGLISH}, headers=KEY)

        assert (failed.status_code, tried.status_code, tried.json()["content"]) == (503, 200, "One.")
        assert "Idempotency-Replayed" not in tried.headers

    async def test_keep_one_message_also_where_the_request_was_cut_off(self, database_url: str) -> None:
        settings = sealing_settings(await prepared(database_url))
        model = Actor((Unavailable("Not now."),), ("One.",))
        async with client_of(settings, model=model) as client:
            talk = await another(client)
            body = {"user_input": ENGLISH, "conversation_id": talk.path.rpartition("/")[2]}
            await client.post(PROCESS, json=body, headers=KEY)
            tried = await client.post(PROCESS, json=body, headers=KEY)
            (kept,) = await talk.kept()

        assert tried.json()["content"] == kept["content"] == "One."


class TestTheFile:
    async def test_holds_no_word_of_request_or_answer(self, tmp_path: Path) -> None:
        file = tmp_path / "ion.db"
        settings = Settings(database=DatabaseSettings(url=sqlite_at(file)))
        async with client_of(settings) as client:
            reply = (await client.post(PROCESS, json={"user_input": KOREAN}, headers=KEY)).json()["content"]
            kept = all_of(tmp_path)

        sentences = [KOREAN, KEY["Idempotency-Key"], *reply.split("\n")]
        assert [text for text in sentences if text and text.encode() in kept] == []
        assert len(kept) > 4_096


class TestConversations:
    async def test_that_are_another_are_refused(self, client: httpx2.AsyncClient) -> None:
        path = "/api/v2/conversations"
        body = {"persona": "Lua", "goals": ["이직"], "language": "ko"}
        first = await client.post(path, json=body, headers=KEY)
        same = await client.post(path, json={**body, "persona": "lua"}, headers=KEY)
        others = [{**body, "persona": "riri"}, {**body, "goals": []}, {**body, "language": "en"}, {"language": "ko"}]
        refused = [problem_of(await client.post(path, json=other, headers=KEY)) for other in others]

        assert (first.status_code, same.status_code, same.json()) == (201, 201, first.json())
        assert refused == [(422, "idempotency_mismatch")] * 4

    async def test_refuse_a_message_for_another_mentor(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        await talk.send(headers=KEY, persona="lua")
        same = await talk.send(headers=KEY, persona="Lua")
        other = await talk.send(headers=KEY, persona="riri")

        assert same.status_code == 200
        assert problem_of(other) == (422, "idempotency_mismatch")
        assert len(await talk.kept()) == 1
