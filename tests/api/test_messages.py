import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from ion.settings import ServerSettings
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN, Actor
from tests.mentoring.test_store import prepared
from tests.servers.sse import events_of

ASYNC = {"Prefer": "respond-async"}
HOSTILE_IDS = ["%00", "a%00b", "%ff", "a%20b", "'%3B--", "x" * 37, "..%2f..", "%F0%9F%99%83", "%ED%A0%80"]

NO_PLACES = [
    *("", "-", "1", "none", "-1", "0-0", "other-1", "other--1", "other-99999999999", "other-x", "other-\u00b2"),
    *("'; drop table turn; --", "x" * 5_000),
]


class Talk:
    """A conversation over HTTP."""

    def __init__(self, client: httpx2.AsyncClient, conversation: str) -> None:
        self.client = client
        self.path = f"/api/v2/conversations/{conversation}"

    async def send(
        self, content: str = ENGLISH, *, headers: Mapping[str, str] | None = None, **more: object
    ) -> httpx2.Response:
        body = {"content": content, **more}
        return await self.client.post(f"{self.path}/messages", json=body, headers=dict(headers or {}))

    async def post(self, turn: object, act: str, **body: object) -> httpx2.Response:
        return await self.client.post(f"{self.path}/messages/{turn}/{act}", json=body)

    async def events(self, turn: object, *, last: str | None = None) -> list[tuple[str, dict[str, Any]]]:
        headers = {} if last is None else {"Last-Event-ID": last}
        async with self.client.stream("GET", f"{self.path}/messages/{turn}/events", headers=headers) as response:
            assert response.status_code == 200
            assert response.headers["content-type"].startswith("text/event-stream")
            return [event async for event in events_of(response)]

    async def kept(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.client.get(f"{self.path}/messages")).json()["items"]
        return items


@asynccontextmanager
async def talk_at(url: str, *, model: Actor | None = None, replies: int = 32) -> AsyncIterator[Talk]:
    settings = sealing_settings(await prepared(url)).model_copy(update={"server": ServerSettings(replies=replies)})
    async with client_of(settings, model=model) as client:
        yield await another(client)


async def another(client: httpx2.AsyncClient) -> Talk:
    return Talk(client, (await client.post("/api/v2/conversations", json={})).json()["id"])


def requests_of(name: str, *turns: str) -> Iterator[tuple[str, str, object]]:
    """Yield method, path and body of all that can be asked of a conversation and of turns."""
    root = "/api/v2/conversations"
    yield "GET", f"{root}/{name}", None
    yield "GET", f"{root}/{name}/messages", None
    yield "POST", f"{root}/{name}/messages", {"content": ENGLISH}
    for turn in turns:
        yield "GET", f"{root}/{turn}/events", None
        yield "POST", f"{root}/{turn}/stop", None
        yield "POST", f"{root}/{turn}/redo", {}
        yield "POST", f"{root}/{turn}/again", {"persona": "lua"}
        yield "POST", f"{root}/{turn}/reading", {"tone": "calm"}


def names_in(stream: str) -> list[str]:
    return [line.removeprefix("event: ") for line in stream.splitlines() if line.startswith("event: ")]


def problem_of(response: httpx2.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    return response.status_code, response.json()["error"]["code"]


class TestAnsweringAtOnce:
    @pytest.mark.parametrize("prefer", ["respond-async", "wait=10, Respond-Async", "respond-async,handling=lenient"])
    async def test_gives_the_turn_before_its_reply_which_is_followed(self, database_url: str, prefer: str) -> None:
        gate = asyncio.Event()
        async with talk_at(database_url, model=Actor(("One ", gate, "two?"))) as talk:
            sent = await talk.send(headers={"Prefer": prefer})
            turn = sent.json()
            gate.set()
            events = await talk.events(turn["id"])
            (kept,) = await talk.kept()

        assert (sent.status_code, sent.headers["Preference-Applied"]) == (202, "respond-async")
        assert (turn["content"], turn["finished_at"], turn["persona_used"]) == ("", None, "Nana")
        assert [name for name, _ in events if name != "delta"] == ["started", "done"]
        assert "".join(data["text"] for name, data in events if name == "delta") == "One two?"
        assert events[-1][1] == kept

    @pytest.mark.parametrize("prefer", ["", "wait=10", "x-respond-async-later"])
    async def test_is_not_done_unless_it_is_asked_for(self, client: httpx2.AsyncClient, prefer: str) -> None:
        sent = await (await another(client)).send(headers={"Prefer": prefer})

        assert sent.status_code == 200
        assert sent.json()["content"]

    async def test_gives_help_lines_complete(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        sent = await talk.send(DANGER, headers=ASYNC)
        events = await talk.events(sent.json()["id"])

        assert sent.status_code == 202
        assert "109" in sent.json()["content"]
        assert [name for name, _ in events] == ["started", "delta", "done"]
        assert events[-1][1] == sent.json()


class TestIdempotencyKey:
    async def test_makes_one_turn_of_many_sendings(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            sent = await asyncio.gather(*(talk.send(headers={"Idempotency-Key": "k1"}) for _ in range(8)))
            kept = await talk.kept()

        assert {response.status_code for response in sent} == {200}
        assert [response.json() for response in sent] == kept * 8

    async def test_with_other_words_is_refused(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            await talk.send(headers={"Idempotency-Key": "k1"})
            refused = await talk.send(KOREAN, headers={"Idempotency-Key": "k1"})
            elsewhere = await (await another(talk.client)).send(KOREAN, headers={"Idempotency-Key": "k1"})

        assert problem_of(refused) == (422, "idempotency_mismatch")
        assert elsewhere.status_code == 200

    async def test_makes_one_conversation(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            made = await asyncio.gather(
                *(
                    talk.client.post("/api/v2/conversations", json={}, headers={"Idempotency-Key": "k1"})
                    for _ in range(8)
                )
            )
            listed = (await talk.client.get("/api/v2/conversations")).json()["items"]

        assert {response.status_code for response in made} == {201}
        assert len({response.json()["id"] for response in made}) == 1
        assert len(listed) == 2

    @pytest.mark.parametrize("key", ["", "x" * 65, "a b", "\x00", "ключ".encode().decode("latin-1")])
    async def test_that_is_none_is_refused(self, database_url: str, key: str) -> None:
        async with talk_at(database_url) as talk:
            raw = [(b"Idempotency-Key", key.encode("latin-1"))]
            refused = await talk.client.post(f"{talk.path}/messages", json={"content": ENGLISH}, headers=raw)
            kept = await talk.kept()

        assert problem_of(refused) == (422, "invalid_input")
        assert refused.json()["error"]["field"] == "Idempotency-Key"
        assert kept == []


class TestStop:
    async def test_keeps_what_there_is(self, database_url: str) -> None:
        model = Actor(("One ", asyncio.Event()))
        async with talk_at(database_url, model=model) as talk:
            turn = (await talk.send(headers=ASYNC)).json()
            following = asyncio.create_task(talk.events(turn["id"]))
            stopped = await talk.post(turn["id"], "stop")
            twice = await talk.post(turn["id"], "stop")
            events = await following
            kept = await talk.kept()

        assert stopped.status_code == 200
        assert stopped.json()["engine"]["stopped"] is True
        assert [stopped.json()] == [twice.json()] == kept == [events[-1][1]]
        assert events[-1][0] == "done"

    async def test_of_an_unknown_turn_is_404(self, client: httpx2.AsyncClient) -> None:
        assert problem_of(await (await another(client)).post("nothing", "stop")) == (404, "turn_not_found")


class TestRedo:
    async def test_tries_again_and_shows_what_was(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            first = (await talk.send()).json()
            second = (await talk.post(first["id"], "redo")).json()
            kept = await talk.kept()

        assert second["content"] != first["content"]
        assert kept == [second]
        assert second["earlier"] == [
            {"message": ENGLISH, "reply": first["content"], "persona": "nana", "at": first["finished_at"]}
        ]

    async def test_changes_the_last_message_and_no_other(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            first = (await talk.send()).json()
            second = (await talk.send("It failed again.")).json()
            refused = await talk.post(first["id"], "redo", content=KOREAN)
            changed = await talk.post(second["id"], "redo", content=KOREAN)

        assert problem_of(refused) == (409, "not_the_last")
        assert (changed.status_code, changed.json()["message"], changed.json()["language"]) == (200, KOREAN, "ko")

    async def test_applies_a_correction(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            first = (await talk.send()).json()
            reading = (await talk.post(first["id"], "reading", tone="anxious", intent="reflection")).json()
            second = (await talk.post(first["id"], "redo")).json()

        assert second["resonance_key"] == reading["corrected_key"]
        assert second["persona_used"] == reading["persona"] == "Lua"

    async def test_waits_for_the_reply(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with talk_at(database_url, model=Actor((gate, "One."))) as talk:
            turn = (await talk.send(headers=ASYNC)).json()
            refused = await talk.post(turn["id"], "redo")
            gate.set()
            await talk.events(turn["id"])

        assert problem_of(refused) == (409, "still_writing")

    async def test_that_is_sent_twice_is_redone_once(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        turn, other = [(await talk.send()).json()["id"] for _ in range(2)]
        path, key = f"{talk.path}/messages/{turn}/redo", {"Idempotency-Key": "redo-once"}
        first = await client.post(path, json={}, headers=key)
        again = await client.post(path, json={}, headers=key)
        async with client.stream("POST", path, json={}, headers={**key, "Accept": "text/event-stream"}) as response:
            followed = [event async for event in events_of(response)]
        elsewhere = await client.post(f"{talk.path}/messages/{other}/redo", json={}, headers=key)
        another_body = await client.post(path, json={"content": "And now?"}, headers=key)

        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json() == followed[-1][1]
        assert len(again.json()["earlier"]) == 1
        assert problem_of(elsewhere) == problem_of(another_body) == (422, "idempotency_mismatch")

    async def test_that_failed_may_be_sent_again_with_its_key(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        turn = (await talk.send()).json()["id"]
        path, key = f"{talk.path}/messages/{turn}/redo", {"Idempotency-Key": "redo-after-all"}

        assert problem_of(await client.post(path, json={"content": " "}, headers=key)) == (422, "empty_message")
        assert len((await client.post(path, json={}, headers=key)).json()["earlier"]) == 1

    async def test_is_streamed_where_that_is_asked_for(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        first = (await talk.send()).json()
        path = f"{talk.path}/messages/{first['id']}/redo"
        async with client.stream("POST", path, json={}, headers={"Accept": "text/event-stream"}) as response:
            events = [event async for event in events_of(response)]

        assert [name for name, _ in events] == ["started", "delta", "done"]
        assert [events[-1][1]] == await talk.kept()

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"content": ""}, (422, "empty_message")),
            ({"content": "x" * 100_001}, (413, "message_too_long")),
            ({"content": 5}, (422, "invalid_input")),
            ({"text": "hi"}, (422, "invalid_input")),
        ],
    )
    async def test_refuses_what_is_no_message(
        self, client: httpx2.AsyncClient, body: dict[str, object], problem: tuple[int, str]
    ) -> None:
        talk = await another(client)
        turn = (await talk.send()).json()

        assert problem_of(await talk.post(turn["id"], "redo", **body)) == problem


class TestAgain:
    async def test_adds_another_mentors_answer(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            first = (await talk.send()).json()
            second = (await talk.post(first["id"], "again", persona="Elro")).json()
            third = (await talk.post(second["id"], "again", persona="lua")).json()
            kept = await talk.kept()

        assert kept == [first, second, third]
        assert [turn["persona_used"] for turn in kept] == ["Nana", "Elro", "Lua"]
        assert [turn["again_of"] for turn in kept] == [None, first["id"], first["id"]]
        assert len({turn["content"] for turn in kept}) == 3

    async def test_refuses_an_unknown_mentor_or_turn(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        first = (await talk.send()).json()

        assert problem_of(await talk.post(first["id"], "again", persona="zeus")) == (404, "persona_not_found")
        assert problem_of(await talk.post("nothing", "again", persona="lua")) == (404, "turn_not_found")
        assert await talk.kept() == [first]


class TestLimit:
    async def test_says_when_to_come_back_and_lets_help_lines_through(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with talk_at(database_url, model=Actor(("One ", gate, "two?")), replies=1) as talk:
            first = (await talk.send(headers=ASYNC)).json()
            other = await another(talk.client)
            refused = await other.send()
            help_lines = await other.send(DANGER)
            gate.set()
            await talk.events(first["id"])
            second = await other.send()
            kept = await other.kept()

        assert problem_of(refused) == (429, "too_many_replies")
        assert int(refused.headers["Retry-After"]) > 0
        assert help_lines.json()["crisis"]["reason"] == "suicide"
        assert second.json()["content"] == "One two?"
        assert kept == [help_lines.json(), second.json()]

    async def test_is_told_to_openais_clients_in_their_own_way(self, database_url: str) -> None:
        gate = asyncio.Event()
        async with talk_at(database_url, model=Actor(("One ", gate, "two?")), replies=1) as talk:
            first = (await talk.send(headers=ASYNC)).json()
            body = {"model": "ion/auto", "messages": [{"role": "user", "content": ENGLISH}]}
            refused = await talk.client.post("/v1/chat/completions", json=body)
            gate.set()
            await talk.events(first["id"])

        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_replies")
        assert int(refused.headers["Retry-After"]) > 0


class TestEvents:
    async def test_begin_at_the_start_for_whoever_names_no_place_of_theirs(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)
        turn = (await talk.send()).json()
        path = f"{talk.path}/messages/{turn['id']}/events"
        answers = {last: await client.get(path, headers=[(b"Last-Event-ID", last.encode())]) for last in NO_PLACES}

        assert {last: answer.status_code for last, answer in answers.items()} == dict.fromkeys(NO_PLACES, 200)
        assert {tuple(names_in(answer.text)) for answer in answers.values()} == {("started", "delta", "done")}

    async def test_of_an_unknown_turn_are_404(self, client: httpx2.AsyncClient) -> None:
        talk = await another(client)

        assert problem_of(await client.get(f"{talk.path}/messages/nothing/events")) == (404, "turn_not_found")


class TestHostileIds:
    async def test_are_refused_on_every_route(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            turn = (await talk.send()).json()["id"]
            conversation = talk.path.rpartition("/")[2]
            statuses = {
                (method, path): (await talk.client.request(method, path, json=body)).status_code
                for name in HOSTILE_IDS
                for method, path, body in requests_of(
                    name, f"{name}/messages/{turn}", f"{conversation}/messages/{name}"
                )
            }

        assert {asked: status for asked, status in statuses.items() if status not in (404, 422)} == {}


class TestDeletedConversation:
    async def test_is_found_by_none_of_its_routes(self, database_url: str) -> None:
        async with talk_at(database_url) as talk:
            turn = (await talk.send()).json()["id"]
            deleted = await talk.client.delete(talk.path)
            answers = [
                await talk.send(),
                await talk.client.get(f"{talk.path}/messages"),
                await talk.client.get(f"{talk.path}/messages/{turn}/events"),
                await talk.post(turn, "stop"),
                await talk.post(turn, "redo"),
                await talk.post(turn, "again", persona="lua"),
            ]

        assert deleted.is_success
        assert {answer.status_code for answer in answers} == {404}
