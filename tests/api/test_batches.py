"""Batches over HTTP: sent, followed, fetched, cancelled; and what is wrong with a line stays that line's own."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ion.settings import BatchesSettings, LimitsSettings, Settings
from tests.api.people import Town, town
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN
from tests.mentoring.test_store import prepared
from tests.web.conftest import settings_in

BATCHES = "/api/v2/batches"
JSON_LINES = {"Content-Type": "application/jsonl"}


def jsonl(*documents: object) -> bytes:
    return b"".join(json.dumps(document, ensure_ascii=False).encode() + b"\n" for document in documents)


def messages(*texts: str) -> bytes:
    return jsonl(*({"user_input": text} for text in texts))


async def sent(client: httpx2.AsyncClient, body: bytes, **headers: str) -> dict[str, Any]:
    answered = await client.post(BATCHES, content=body, headers={**JSON_LINES, **headers})
    assert answered.status_code == 202, answered.text
    assert answered.headers["location"] == f"{BATCHES}/{answered.json()['id']}"
    return dict(answered.json())


async def until(client: httpx2.AsyncClient, batch_id: str, name: str) -> dict[str, Any]:
    """Return a batch as soon as there is something under this name."""
    async with asyncio.timeout(30):
        while True:
            batch = (await client.get(f"{BATCHES}/{batch_id}")).json()
            if batch[name]:
                return dict(batch)
            await asyncio.sleep(0.05)


async def ended(client: httpx2.AsyncClient, batch_id: str) -> dict[str, Any]:
    return await until(client, batch_id, "ended_at")


async def rows(client: httpx2.AsyncClient, batch_id: str, after: int = 0) -> list[dict[str, Any]]:
    answered = await client.get(f"{BATCHES}/{batch_id}/results", params={"after": after})
    assert answered.headers["content-type"].startswith("application/jsonl")
    return [json.loads(line) for line in answered.text.splitlines()]


def outcome(row: dict[str, Any]) -> str:
    """Return who answered a line, or why nobody did."""
    if row["error"] is not None:
        assert row["response"] is None
        return str(row["error"]["error"]["code"])
    return "help" if row["response"]["crisis"] else str(row["response"]["engine"]["name"])


def followed_closely(settings: Settings, **batches: int) -> Settings:
    """Return settings under which the tests may ask as often as they like how far a batch is."""
    return settings.model_copy(
        update={"limits": LimitsSettings(per_minute=0), "batches": BatchesSettings.model_validate(batches)}
    )


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application on each kind of database."""
    async with client_of(followed_closely(sealing_settings(await prepared(database_url)))) as opened:
        yield opened


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(followed_closely(settings)) as opened:
        yield opened


class TestSending:
    async def test_each_line_is_answered_as_process_would(self, kept: httpx2.AsyncClient) -> None:
        body = jsonl(
            {"user_input": KOREAN, "custom_id": "하나"},
            {"user_input": DANGER},
            {"user_input": ENGLISH, "persona": "nana"},
            {"user_input": ENGLISH, "persona": "zeus", "custom_id": "who"},
            {"user_input": " "},
        )
        new = await sent(kept, body)

        batch = await ended(kept, new["id"])
        told = await rows(kept, new["id"])
        alone = (await kept.post("/api/v2/process", json={"user_input": ENGLISH, "persona": "nana"})).json()

        assert (new["status"], new["total"], new["done"], new["kept_until"]) == ("queued", 5, 0, None)
        assert (batch["status"], batch["done"], batch["failed"]) == ("done", 3, 2)
        assert batch["kept_until"] > batch["ended_at"] >= batch["started_at"] >= batch["created_at"]
        assert [(row["line"], row["custom_id"]) for row in told] == [
            (1, "하나"), (2, None), (3, None), (4, "who"), (5, None)
        ]  # fmt: skip
        assert [outcome(row) for row in told] == [
            "playbooks",
            "help",
            "playbooks",
            "persona_not_found",
            "empty_message",
        ]
        assert set(told[2]["response"]) == set(alone)
        assert told[2]["response"]["content"] == alone["content"]
        assert told[3]["error"]["status"] == 404
        assert told[3]["error"]["request_id"] == f"{new['id']}-4"

    async def test_lines_that_cannot_be_read_are_told_of_in_their_place(self, client: httpx2.AsyncClient) -> None:
        body = (
            b'{"user_input": "Where do I start?"}\n\n{"custom_id": "torn", "user_input": \n'
            b'{"custom_id": "typo", "user_imput": "x"}\n[1]\n\xff\xfe\n' + b"[" * 40 + b"]" * 40 + b"\n"
            b'{"custom_id": 5}'
        )
        new = await sent(client, body)
        batch = await ended(client, new["id"])
        told = await rows(client, new["id"])

        assert (new["total"], new["failed"], batch["status"], batch["done"], batch["failed"]) == (7, 6, "done", 1, 6)
        assert [(row["line"], row["custom_id"], outcome(row)) for row in told] == [
            (1, None, "playbooks"),
            (3, None, "invalid_input"),
            (4, "typo", "invalid_input"),
            (5, None, "invalid_input"),
            (6, None, "invalid_input"),
            (7, None, "json_too_deep"),
            (8, None, "invalid_input"),
        ]
        assert told[2]["error"]["error"]["field"] == "user_input"
        assert told[5]["error"]["status"] == 413

    async def test_one_of_which_nothing_can_be_answered_has_failed(self, client: httpx2.AsyncClient) -> None:
        new = await sent(client, messages(" ", ""))

        assert (await ended(client, new["id"]))["status"] == "failed"

    async def test_messages_of_a_conversation_are_kept_there(self, client: httpx2.AsyncClient) -> None:
        place = (await client.post("/api/v2/conversations", json={})).json()["id"]
        new = await sent(client, jsonl({"user_input": ENGLISH, "conversation_id": place}))
        await ended(client, new["id"])

        turns = (await client.get(f"/api/v2/conversations/{place}")).json()["turns"]

        assert [turn["message"] for turn in turns] == [ENGLISH]

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"", 422, "batch_unreadable"),
            (b"\n \n", 422, "batch_unreadable"),
            (b"nothing\n{}\n", 422, "batch_unreadable"),
            (messages(*"abcd"), 413, "batch_too_long"),
            (messages("x" * 2_000), 413, "too_large"),
        ],
        ids=["empty", "blank", "all bad", "too many lines", "too many bytes"],
    )
    async def test_what_is_no_batch_is_refused(self, settings: Settings, body: bytes, status: int, code: str) -> None:
        small = followed_closely(settings, lines=3, bytes=1_000)
        async with client_of(small) as client:
            answered = await client.post(BATCHES, content=body, headers=JSON_LINES)

        assert (answered.status_code, answered.json()["error"]["code"]) == (status, code)

    async def test_other_media_types_are_refused(self, client: httpx2.AsyncClient) -> None:
        answered = await client.post(BATCHES, json={"user_input": "hi"})
        form = await client.post(BATCHES, data={"user_input": "hi"})

        assert [each.status_code for each in (answered, form)] == [415, 415]

    async def test_may_be_longer_than_other_bodies(self, client: httpx2.AsyncClient) -> None:
        padded = {"user_input": " ", "context": {"metadata": {"padding": "x" * 300_000}}}
        new = await sent(client, jsonl(*[padded] * 8), **{"Content-Type": "application/x-ndjson; charset=utf-8"})

        assert new["total"] == 8

    async def test_sent_again_it_is_the_same(self, kept: httpx2.AsyncClient) -> None:
        body, key = messages(ENGLISH), {"Idempotency-Key": "once-please"}
        first = await sent(kept, body, **key)
        again = await kept.post(BATCHES, content=body, headers={**JSON_LINES, **key})
        other = await kept.post(BATCHES, content=messages(KOREAN), headers={**JSON_LINES, **key})
        together = await asyncio.gather(*(sent(kept, body, **{"Idempotency-Key": "both"}) for _ in range(3)))

        assert again.json()["id"] == first["id"]
        assert again.headers["idempotency-replayed"] == "true"
        assert other.json()["error"]["code"] == "idempotency_mismatch"
        assert len({batch["id"] for batch in together}) == 1
        assert len((await kept.get(BATCHES)).json()["items"]) == 2

    async def test_so_many_may_be_open_at_once(self, settings: Settings) -> None:
        few = followed_closely(settings, open=1)
        async with client_of(few) as client:
            first = await sent(client, messages(*[ENGLISH] * 300))
            refused = await client.post(BATCHES, content=messages(ENGLISH), headers=JSON_LINES)
            await client.post(f"{BATCHES}/{first['id']}/cancel")
            after = await sent(client, messages(ENGLISH))
            await ended(client, after["id"])

        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_batches")
        assert int(refused.headers["retry-after"]) > 0


class TestFollowing:
    async def test_the_newest_come_first_page_by_page(self, kept: httpx2.AsyncClient) -> None:
        ids = [(await sent(kept, messages(ENGLISH)))["id"] for _ in range(3)]

        first = (await kept.get(BATCHES, params={"limit": 2})).json()
        second = (await kept.get(BATCHES, params={"limit": 2, "before": first["next"]})).json()
        bad = await kept.get(BATCHES, params={"before": "soon"})

        assert [batch["id"] for batch in [*first["items"], *second["items"]]] == ids[::-1]
        assert second["next"] is None
        assert bad.json()["error"]["code"] == "bad_batch_cursor"

    async def test_results_are_fetched_while_it_runs_in_order_and_without_a_gap(
        self, client: httpx2.AsyncClient
    ) -> None:
        new = await sent(client, messages(*[f"{ENGLISH} ({number})" for number in range(12)]))
        seen: list[int] = []
        while len(seen) < 12:
            is_running = (await client.get(f"{BATCHES}/{new['id']}")).json()["ended_at"] is None
            found = [row["line"] for row in await rows(client, new["id"], seen[-1] if seen else 0)]
            seen += found
            assert is_running or len(seen) == 12

        assert seen == list(range(1, 13))

    async def test_a_cancelled_one_stops_soon_and_keeps_what_was_done(self, kept: httpx2.AsyncClient) -> None:
        new = await sent(kept, messages(*[ENGLISH] * 400))
        await until(kept, new["id"], "done")
        cancelled = (await kept.post(f"{BATCHES}/{new['id']}/cancel")).json()
        again = (await kept.post(f"{BATCHES}/{new['id']}/cancel")).json()
        await asyncio.sleep(0.3)
        later = (await kept.get(f"{BATCHES}/{new['id']}")).json()

        assert cancelled["status"] == "cancelled"
        assert again == later == cancelled
        assert 0 < cancelled["done"] < 400
        assert len(await rows(kept, new["id"])) == cancelled["done"]

    async def test_one_that_has_ended_cannot_be_cancelled_any_more(self, client: httpx2.AsyncClient) -> None:
        new = await sent(client, messages(ENGLISH))
        batch = await ended(client, new["id"])

        assert (await client.post(f"{BATCHES}/{new['id']}/cancel")).json() == batch

    async def test_a_deleted_one_is_gone(self, kept: httpx2.AsyncClient) -> None:
        new = await sent(kept, messages(*[ENGLISH] * 50))
        deleted = await kept.delete(f"{BATCHES}/{new['id']}")
        asked: Sequence[httpx2.Response] = [
            await kept.get(f"{BATCHES}/{new['id']}"),
            await kept.get(f"{BATCHES}/{new['id']}/results"),
            await kept.post(f"{BATCHES}/{new['id']}/cancel"),
            await kept.delete(f"{BATCHES}/{new['id']}"),
        ]

        assert deleted.status_code == 204
        assert [(each.status_code, each.json()["error"]["code"]) for each in asked] == [(404, "batch_not_found")] * 4


class TestOwners:
    @pytest_asyncio.fixture
    async def place(self, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
        async with town(followed_closely(settings_in(tmp_path_factory.mktemp("town")))) as made:
            yield made

    async def test_a_batch_is_its_senders_alone(self, place: Town) -> None:
        mine, neighbour = place.clients["mentee of the school"], place.clients["neighbour"]
        new = await sent(mine, messages(ENGLISH), **{"Idempotency-Key": "k"})
        await ended(mine, new["id"])

        asked = [
            await neighbour.get(f"{BATCHES}/{new['id']}"),
            await neighbour.get(f"{BATCHES}/{new['id']}/results"),
            await neighbour.post(f"{BATCHES}/{new['id']}/cancel"),
            await neighbour.delete(f"{BATCHES}/{new['id']}"),
        ]

        assert [each.status_code for each in asked] == [404] * 4
        assert (await neighbour.get(BATCHES)).json()["items"] == []
        assert (await sent(neighbour, messages(ENGLISH), **{"Idempotency-Key": "k"}))["id"] != new["id"]
        assert len(await rows(mine, new["id"])) == 1

    async def test_a_long_one_does_not_starve_anothers_short_one(self, place: Town) -> None:
        busy, other = place.clients["mentee of the school"], place.clients["mentee of the company"]
        long = await sent(busy, messages(*[ENGLISH] * 400))
        await sent(busy, messages(*[ENGLISH] * 40))
        short = await sent(other, messages(*[ENGLISH] * 5))
        await ended(other, short["id"])
        now = (await busy.get(f"{BATCHES}/{long['id']}")).json()
        for batch in (await busy.get(BATCHES)).json()["items"]:
            await busy.delete(f"{BATCHES}/{batch['id']}")

        assert now["status"] == "running"
        assert now["done"] < 40
