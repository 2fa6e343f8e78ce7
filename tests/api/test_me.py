"""`/api/v2/me`: who is asking, and being erased."""

import io
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest

from ion.settings import PrivacySettings, Settings
from tests.api.people import Town, town
from tests.conftest import client_of


@pytest.fixture
async def place(settings: Settings) -> AsyncIterator[Town]:
    async with town(settings) as made:
        yield made


@pytest.fixture
def at_once(settings: Settings) -> Settings:
    return settings.model_copy(update={"privacy": PrivacySettings(grace_days=0)})


async def say(client: httpx2.AsyncClient, content: str = "Where do I start?") -> str:
    conversation: str = (await client.post("/api/v2/conversations", json={"language": "en"})).json()["id"]
    await client.post(f"/api/v2/conversations/{conversation}/messages", json={"content": content})
    return conversation


class TestMe:
    async def test_is_who_is_asking(self, place: Town) -> None:
        user = place.people["mentee of the school"]
        me = (await place.clients["mentee of the school"].get("/api/v2/me")).json()

        assert me == {
            "id": user.id,
            "email": "mentee.of.the.school@example.org",
            "name": "mentee of the school",
            "language": "en",
            "role": "mentee",
            "organisation": "school",
            "created_at": me["created_at"],
            "keep_conversations_days": None,
            "erasure": None,
        }

    async def test_is_closed_to_an_api_key(self, place: Town) -> None:
        key = await place.key_of("mentee of the school", "conversations.own")
        async with place.client(Authorization=f"Bearer {key}") as program:
            answers = [await program.get("/api/v2/me"), await program.delete("/api/v2/me")]

        assert [answer.status_code for answer in answers] == [403, 403]


class TestErasure:
    async def test_is_asked_for_shown_and_taken_back(self, place: Town) -> None:
        client = place.clients["mentee of the school"]
        asked = await client.delete("/api/v2/me")
        shown = (await client.get("/api/v2/me")).json()["erasure"]
        again = await client.delete("/api/v2/me")
        pending = await place.clients["nobody"].get(f"/api/v2/erasures/{asked.json()['receipt']}")
        taken_back = await client.delete("/api/v2/me/erasure")
        twice = await client.delete("/api/v2/me/erasure")

        assert asked.status_code == again.status_code == 202
        assert asked.json() == shown == again.json()
        assert pending.json() == {
            "asked_at": shown["asked_at"],
            "due_at": shown["due_at"],
            "done_at": None,
            "erased": {},
        }
        assert taken_back.status_code == 204
        assert (twice.status_code, twice.json()["error"]["code"]) == (404, "erasure_not_found")
        assert (await client.get("/api/v2/me")).json()["erasure"] is None

    async def test_without_grace_leaves_a_receipt_and_nobody(self, at_once: Settings) -> None:
        async with town(at_once) as place:
            client = place.clients["mentee of the school"]
            await say(client)
            receipt = (await client.delete("/api/v2/me")).json()["receipt"]
            await place.services.erasures.round()
            told = (await place.clients["nobody"].get(f"/api/v2/erasures/{receipt}")).json()
            after = await client.get("/api/v2/me")
            neighbour = await place.clients["neighbour"].get("/api/v2/me")

        assert told["done_at"] is not None
        assert {kind for kind, number in told["erased"].items() if number} == {
            "accounts",
            "conversations",
            "data_keys",
            "sessions",
            "turns",
        }
        assert after.status_code == 401
        assert neighbour.status_code == 200

    async def test_that_has_begun_cannot_be_taken_back(self, place: Town) -> None:
        client, user = place.clients["mentee of the school"], place.people["mentee of the school"]
        await client.delete("/api/v2/me")
        await place.services.erasures.store.hasten(user.id, to=place.services.clock())
        refused = await client.delete("/api/v2/me/erasure")

        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "erasure_begun")

    async def test_of_whoever_runs_ion_alone_leaves_them_at_a_beginning(self, at_once: Settings) -> None:
        async with client_of(at_once) as client:
            before = await say(client, "The harbour at dawn")
            receipt = (await client.delete("/api/v2/me")).json()["receipt"]
            for _ in range(500):
                told = (await client.get(f"/api/v2/erasures/{receipt}")).json()
                if told["done_at"] is not None:
                    break
            listed = (await client.get("/api/v2/conversations")).json()["items"]
            after = await say(client)
            again = (await client.get("/api/v2/conversations")).json()["items"]

        assert told["erased"]["turns"] == 1
        assert listed == []
        assert [each["id"] for each in again] == [after]
        assert after != before

    async def test_with_another_receipt_is_none(self, place: Town) -> None:
        answered = await place.clients["nobody"].get("/api/v2/erasures/guessed")

        assert (answered.status_code, answered.json()["error"]["code"]) == (404, "erasure_not_found")


class TestExport:
    async def test_is_prepared_and_then_a_file(self, place: Town) -> None:
        client = place.clients["mentee of the school"]
        await say(client, "The harbour at dawn")
        first = await client.get("/api/v2/me/export")
        await place.services.exports.round()
        for _ in range(500):
            ready = await client.get("/api/v2/me/export")
            if ready.status_code == 200:
                break
        archive = zipfile.ZipFile(io.BytesIO(ready.content))

        assert first.status_code == 202
        assert first.headers["Retry-After"] == "2"
        assert 0 <= first.json()["progress"] <= 1
        assert ready.headers["Content-Type"] == "application/zip"
        assert ready.headers["Content-Disposition"].startswith('attachment; filename="ion-export-')
        assert "The harbour at dawn" in archive.read("export.json").decode()
