import httpx2
import pytest
from sqlalchemy import text

from ion.db import open_database
from ion.mentoring import Corrected
from ion.resonance import Intent, Pace, Tone
from ion.services import open_kept
from ion.settings import Settings

ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
DANGER = "i keep thinking about killing myself"


async def say(client: httpx2.AsyncClient, message: str = ENGLISH) -> tuple[str, str]:
    """Send a message into a new conversation; return the address of its reading and the conversation's."""
    made = (await client.post("/api/v2/conversations", json={})).json()["id"]
    conversation = f"/api/v2/conversations/{made}"
    turn = (await client.post(f"{conversation}/messages", json={"content": message})).json()
    assert turn["correction"] is None
    return f"{conversation}/messages/{turn['id']}/reading", conversation


async def kept(settings: Settings) -> Corrected:
    async with open_kept(settings) as opened:
        return await opened.turns.corrected()


class TestCorrecting:
    async def test_answers_with_the_reading_the_corrected_key_and_its_mentor(self, client: httpx2.AsyncClient) -> None:
        address, conversation = await say(client)
        response = await client.post(address, json={"tone": "anxious", "intent": "validation"})
        body = response.json()
        (turn,) = (await client.get(f"{conversation}/messages")).json()["items"]
        routed = (await client.get(conversation)).json()["turns"][0]["routing"]

        assert response.status_code == 200
        assert set(body) == {"reading", "correction", "corrected_key", "persona"}
        assert body["reading"] == turn["reading"]
        assert body["reading"]["resonance_key"] == "urgent-medium-problem_solving"
        assert (body["corrected_key"], body["persona"]) == ("anxious-medium-validation", "Lua")
        assert routed["primary_persona"] == "Nana"

    async def test_stands_beside_the_reading_from_then_on(self, client: httpx2.AsyncClient) -> None:
        address, conversation = await say(client)
        said = (await client.post(address, json={"pace": "burst", "share": True})).json()["correction"]
        (turn,) = (await client.get(f"{conversation}/messages")).json()["items"]
        (same,) = (await client.get(conversation)).json()["turns"]

        assert turn == same
        assert turn["correction"] == said
        assert said.pop("created_at")
        assert said == {"tone": None, "intent": None, "pace": "burst", "share": True}

    async def test_the_last_one_counts_and_consent_has_to_be_given_again(
        self, client: httpx2.AsyncClient, settings: Settings
    ) -> None:
        address, _ = await say(client)
        await client.post(address, json={"tone": "anxious", "share": True})
        body = (await client.post(address, json={"intent": "learning"})).json()

        assert (body["correction"]["tone"], body["correction"]["share"]) == (None, False)
        assert body["corrected_key"] == "urgent-medium-learning"
        assert await kept(settings) == Corrected(shared=0, not_shared=1)

    @pytest.mark.parametrize("intent", ["seeking_advice", "seek-advice", "SEEK_ADVICE"])
    async def test_old_spellings_are_understood(self, client: httpx2.AsyncClient, intent: str) -> None:
        address, _ = await say(client)

        assert (await client.post(address, json={"intent": intent})).json()["correction"]["intent"] == "seek_advice"

    async def test_goes_with_its_conversation(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        address, _ = await say(client)
        await client.post(address, json={"tone": "calm", "share": True})
        before = await kept(settings)
        async with open_database(settings.database.url) as database, database.transaction() as session:
            await session.execute(text("DELETE FROM conversation"))

        assert before == Corrected(shared=1, not_shared=0)
        assert await kept(settings) == Corrected(shared=0, not_shared=0)


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "code", "named"),
        [
            ({"tone": "happy"}, "bad_resonance_key", [*Tone]),
            ({"tone": "calm", "intent": "winning"}, "bad_resonance_key", [*Intent]),
            ({"pace": "fast"}, "bad_resonance_key", [*Pace]),
            ({}, "nothing_corrected", ["tone", "intent", "pace"]),
            ({"share": True}, "nothing_corrected", []),
            ({"tone": None, "intent": "", "pace": None}, "nothing_corrected", []),
            ({"tone": "calm", "share": "yes"}, "invalid_input", ["share"]),
            ({"tone": "calm", "mood": "sad"}, "invalid_input", ["mood"]),
            ({"tone": "x" * 65}, "invalid_input", ["tone"]),
        ],
    )
    async def test_what_says_nothing_clear_is_422_and_not_kept(
        self, client: httpx2.AsyncClient, settings: Settings, body: dict[str, object], code: str, named: list[str]
    ) -> None:
        address, _ = await say(client)
        response = await client.post(address, json=body)

        assert response.status_code == 422
        assert response.json()["error"]["code"] == code
        assert [name for name in named if name not in response.json()["detail"]] == []
        assert await kept(settings) == Corrected(shared=0, not_shared=0)

    async def test_what_is_not_there_or_of_another_conversation_is_404(
        self, client: httpx2.AsyncClient, settings: Settings
    ) -> None:
        address, conversation = await say(client)
        other, _ = await say(client)
        theirs = other.rsplit("/", 2)[1]
        found = {
            place: await client.post(place, json={"tone": "calm"})
            for place in (
                f"{conversation}/messages/{theirs}/reading",
                f"{conversation}/messages/nothing/reading",
                f"/api/v2/conversations/nowhere/messages/{theirs}/reading",
            )
        }

        assert address != other
        assert [(response.status_code, response.json()["error"]["code"]) for response in found.values()] == [
            (404, "turn_not_found"),
            (404, "turn_not_found"),
            (404, "conversation_not_found"),
        ]
        assert await kept(settings) == Corrected(shared=0, not_shared=0)

    async def test_a_crisis_has_no_reading_to_correct(self, client: httpx2.AsyncClient, settings: Settings) -> None:
        address, _ = await say(client, DANGER)
        response = await client.post(address, json={"tone": "calm", "share": True})

        assert response.status_code == 409
        assert response.json()["error"]["code"] == "no_reading"
        assert await kept(settings) == Corrected(shared=0, not_shared=0)
