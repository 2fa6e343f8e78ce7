import asyncio

import httpx2
import pytest
from structlog.testing import capture_logs

from ion.settings import Settings
from tests.api.test_messages import ASYNC, Talk, another, problem_of
from tests.conftest import client_of
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN, Actor

FEEDBACK = "/api/v2/feedback"
TEXT = "예시가 하나 있으면 좋겠어요."


async def answered(client: httpx2.AsyncClient, message: str = KOREAN) -> tuple[Talk, dict[str, str]]:
    """Return a conversation with one answered message, and what feedback calls it."""
    talk = await another(client)
    turn = (await talk.send(message)).json()
    return talk, {"conversation_id": talk.path.rpartition("/")[2], "turn_id": turn["id"]}


class TestGiving:
    async def test_is_kept_and_stands_beside_the_turn(self, client: httpx2.AsyncClient) -> None:
        talk, place = await answered(client)
        said = {"thumb": "down", "reasons": ["too_general", "other"], "text": TEXT}
        response = await client.post(FEEDBACK, json={**place, **said})
        body = response.json()
        (turn,) = await talk.kept()
        (same,) = (await client.get(talk.path)).json()["turns"]
        listed = (await client.get(FEEDBACK, params={"conversation_id": place["conversation_id"]})).json()

        assert response.status_code == 200
        assert {name: body[name] for name in (*said, *place)} == {**said, **place}
        assert (body["success"], body["outdated"], body["crisis"]) == (True, False, None)
        assert body["request_id"] == response.headers["X-Request-ID"]
        assert turn["feedback"] == same["feedback"] == {**said, "given_at": body["given_at"], "outdated": False}
        assert listed == {"items": [{**turn["feedback"], **place}]}

    async def test_again_replaces_all_of_it(self, client: httpx2.AsyncClient) -> None:
        talk, place = await answered(client)
        await client.post(FEEDBACK, json={**place, "thumb": "down", "reasons": ["wrong"], "text": TEXT})
        await client.post(FEEDBACK, json={**place, "thumb": "up"})
        (turn,) = await talk.kept()

        said = turn["feedback"]
        assert (said["thumb"], said["reasons"], said["text"]) == ("up", [], None)

    async def test_of_a_reply_that_is_redone_is_outdated(self, client: httpx2.AsyncClient) -> None:
        talk, place = await answered(client)
        await client.post(FEEDBACK, json={**place, "thumb": "down"})
        await talk.post(place["turn_id"], "redo")
        (turn,) = await talk.kept()

        assert (turn["feedback"]["thumb"], turn["feedback"]["outdated"]) == ("down", True)

    async def test_can_be_given_on_help_lines(self, client: httpx2.AsyncClient) -> None:
        talk, place = await answered(client, DANGER)
        await client.post(FEEDBACK, json={**place, "thumb": "up", "reasons": ["kind"]})
        (turn,) = await talk.kept()

        assert (turn["crisis"]["reason"], turn["feedback"]["reasons"]) == ("suicide", ["kind"])

    @pytest.mark.parametrize(("text", "number"), [(DANGER, "109"), ("I want to kill myself.", "988")])
    async def test_in_danger_names_help_and_is_kept(self, client: httpx2.AsyncClient, text: str, number: str) -> None:
        talk, place = await answered(client)
        body = (await client.post(FEEDBACK, json={**place, "thumb": "down", "text": text})).json()
        (turn,) = await talk.kept()

        assert body["crisis"]["reason"] == "suicide"
        assert number in [line["number"] for line in body["crisis"]["lines"]]
        assert turn["feedback"]["text"] == text

    async def test_is_in_no_log(self, client: httpx2.AsyncClient) -> None:
        _, place = await answered(client)
        with capture_logs() as logs:
            await client.post(FEEDBACK, json={**place, "thumb": "down", "text": DANGER})

        assert [entry["event"] for entry in logs] == ["crisis.answered"]
        assert DANGER not in str(logs)


class TestRefused:
    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"thumb": "sideways"}, "invalid_input"),
            ({"thumb": None}, "invalid_input"),
            ({"reasons": ["because"]}, "invalid_input"),
            ({"reasons": ["wrong"]}, "bad_feedback"),
            ({"text": "x" * 2_001}, "invalid_input"),
            ({"text": "a\0b"}, "broken_text"),
            ({"stars": 5}, "invalid_input"),
            ({"turn_id": "a b"}, "invalid_input"),
        ],
    )
    async def test_is_what_is_no_feedback(self, client: httpx2.AsyncClient, more: dict[str, object], code: str) -> None:
        talk, place = await answered(client)
        refused = await client.post(FEEDBACK, json={**place, "thumb": "up", **more})
        (turn,) = await talk.kept()

        assert problem_of(refused) == (422, code)
        assert turn["feedback"] is None

    async def test_is_what_is_said_of_nothing(self, client: httpx2.AsyncClient) -> None:
        _, place = await answered(client)
        elsewhere, _ = await answered(client, ENGLISH)
        other = {**place, "conversation_id": elsewhere.path.rpartition("/")[2]}

        for body in (other, {**place, "turn_id": "nothing"}):
            refused = await client.post(FEEDBACK, json={**body, "thumb": "up"})
            assert problem_of(refused) == (404, "turn_not_found")
        listed = await client.get(FEEDBACK, params={"conversation_id": "nowhere"})
        assert problem_of(listed) == (404, "conversation_not_found")

    async def test_is_what_is_said_before_the_reply_is_there(self, settings: Settings) -> None:
        gate = asyncio.Event()
        async with client_of(settings, model=Actor((gate, "One."))) as client:
            talk = await another(client)
            turn = (await talk.send(headers=ASYNC)).json()
            place = {"conversation_id": talk.path.rpartition("/")[2], "turn_id": turn["id"]}
            early = await client.post(FEEDBACK, json={**place, "thumb": "up"})
            gate.set()
            await talk.events(turn["id"])
            late = await client.post(FEEDBACK, json={**place, "thumb": "up"})

        assert problem_of(early) == (409, "still_writing")
        assert late.status_code == 200
