import httpx2
import pytest

from ion.language import language_of
from ion.settings import Settings
from tests.conftest import client_of
from tests.keyrings import sealing_settings
from tests.servers.postgres import Postgres
from tests.servers.sse import events_of

KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
PROCESS = "/api/v2/process"


class TestProcess:
    @pytest.mark.parametrize("text", [KOREAN, ENGLISH], ids=["ko", "en"])
    async def test_a_message_gets_a_reply_the_mentor_and_the_reason(
        self, client: httpx2.AsyncClient, text: str
    ) -> None:
        response = await client.post(PROCESS, json={"user_input": text})
        body = response.json()

        assert response.status_code == 200
        assert body["success"] is True
        assert body["persona_used"] == body["routing"]["primary_persona"] == "Nana"
        assert body["resonance_key"].startswith("urgent-")
        assert set(body["routing"]["scores"]) == {"lua", "elro", "riri", "nana"}
        assert language_of(body["content"]) == language_of(body["routing"]["reasoning"]) == language_of(text)
        assert body["engine"]["name"] == "playbooks"
        assert body["engine"]["degraded"] is False
        assert body["performance"]["execution_time_ms"] > 0
        assert body["performance"]["cache_hit"] is False
        assert body["request_id"] == response.headers["X-Request-ID"]
        for span in body["reading"]["evidence"]:
            assert text[span["start"] : span["end"]] == span["text"]

    @pytest.mark.parametrize(
        "key",
        [
            "frustrated-burst-seeking_advice",
            "frustrated-burst-seek-advice",
            {"tone": "frustrated", "pace": "burst", "intent": "seek_advice"},
        ],
    )
    async def test_old_and_new_spellings_of_a_key_are_understood(self, client: httpx2.AsyncClient, key: object) -> None:
        body = (await client.post(PROCESS, json={"user_input": ENGLISH, "resonance_key": key})).json()

        assert body["resonance_key"] == "frustrated-burst-seek_advice"
        assert body["persona_used"] == "Lua"

    async def test_a_history_that_the_caller_keeps_moves_the_conversation_on(self, client: httpx2.AsyncClient) -> None:
        first = (await client.post(PROCESS, json={"user_input": KOREAN})).json()
        history = [{"role": "user", "content": KOREAN}, {"role": "assistant", "content": first["content"]}]
        second = (
            await client.post(
                PROCESS, json={"user_input": "스무 번 중에 세 번 깨졌어요.", "context": {"message_history": history}}
            )
        ).json()

        assert second["engine"]["topic"] == first["engine"]["topic"] == "flaky-tests"
        assert second["content"] != first["content"]

    async def test_a_crisis_is_answered_with_help_lines_and_no_mentor(self, client: httpx2.AsyncClient) -> None:
        body = (await client.post(PROCESS, json={"user_input": "i keep thinking about killing myself"})).json()

        assert (body["persona_used"], body["routing"], body["resonance_key"]) == (None, None, None)
        assert body["crisis"]["reason"] == "suicide"
        assert "988" in body["content"]
        assert any(line["number"] == "988" for line in body["crisis"]["lines"])

    async def test_the_operators_contact_is_named_in_a_crisis(self, settings: Settings) -> None:
        named = settings.model_copy(
            update={
                "safety": settings.safety.model_copy(update={"contact_name": "Student office", "contact": "room 12"})
            }
        )
        async with client_of(named) as client:
            body = (await client.post(PROCESS, json={"user_input": "i keep thinking about killing myself"})).json()

        assert "Student office" in body["content"]
        assert "room 12" in body["content"]

    @pytest.mark.parametrize(
        ("body", "code", "status"),
        [
            ({"user_input": ""}, "empty_message", 422),
            ({"user_input": "   "}, "empty_message", 422),
            ({"user_input": "x" * 100_001}, "message_too_long", 413),
            ({}, "invalid_input", 422),
            ({"user_input": 5}, "invalid_input", 422),
            ({"user_input": "hi", "resonace_key": "x"}, "invalid_input", 422),
            ({"user_input": "hi", "resonance_key": "happy-burst-learning"}, "bad_resonance_key", 422),
            ({"user_input": "hi", "resonance_key": "invalid"}, "bad_resonance_key", 422),
            (
                {"user_input": "hi", "resonance_key": {"tone": "calm", "pace": "fast", "intent": "learning"}},
                "bad_resonance_key",
                422,
            ),
            ({"user_input": "hi", "persona": "zeus"}, "persona_not_found", 404),
            ({"user_input": "hi", "conversation_id": "nowhere"}, "conversation_not_found", 404),
            ({"user_input": "a\u0000b"}, "broken_text", 422),
            ({"user_input": "hi", "include_metadata": 0}, "invalid_input", 422),
            (
                {
                    "user_input": "hi",
                    "context": {"message_history": [{"role": "user", "content": "a", "timestamp": 1_767_225_600}]},
                },
                "invalid_input",
                422,
            ),
            (
                {
                    "user_input": "hi",
                    "context": {"message_history": [{"role": "user", "content": "a", "timestamp": "2026-01-01"}]},
                },
                "invalid_input",
                422,
            ),
        ],
    )
    async def test_what_cannot_be_done_is_a_problem_document(
        self, client: httpx2.AsyncClient, body: dict[str, object], code: str, status: int
    ) -> None:
        response = await client.post(PROCESS, json=body)
        problem = response.json()

        assert response.status_code == problem["status"] == status
        assert response.headers["content-type"] == "application/problem+json"
        assert problem["success"] is False
        assert problem["error"]["code"] == code
        assert problem["error"]["message"] == problem["detail"]
        assert problem["type"] == f"/errors/{code}"
        assert problem["request_id"]
        assert problem["timestamp"]

    @pytest.mark.parametrize(
        ("content", "headers"),
        [
            (b'{"user_input": "\\ud800"}', {}),
            (b"{", {}),
            (b"\xff\xfe", {}),
            (b'"text"', {}),
            (b"user_input=hi", {"Content-Type": "application/x-www-form-urlencoded"}),
        ],
        ids=["lone surrogate", "half JSON", "no UTF-8", "no object", "a form"],
    )
    async def test_bytes_that_are_no_request_are_refused_clearly(
        self, client: httpx2.AsyncClient, content: bytes, headers: dict[str, str]
    ) -> None:
        response = await client.post(PROCESS, content=content, headers={"Content-Type": "application/json", **headers})

        assert response.status_code in (415, 422)
        assert response.json()["error"]["code"] in ("invalid_input", "broken_text", "unsupported_media_type")

    async def test_a_huge_body_is_refused_without_being_read(self, client: httpx2.AsyncClient) -> None:
        response = await client.post(PROCESS, content=b'{"user_input": "' + b"a" * 2_100_000 + b'"}')

        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"


class TestAnalyze:
    async def test_tells_the_reading_and_the_routing(self, client: httpx2.AsyncClient) -> None:
        body = (await client.post("/api/v2/analyze", json={"text": KOREAN})).json()

        assert body["language"] == "ko"
        assert body["tone"]["label"] == "urgent"
        assert sum(body["tone"]["scores"].values()) == pytest.approx(1, abs=1e-4)
        assert body["routing"]["primary_persona"] == "Nana"
        assert body["abstained"] == []

    async def test_emoji_are_read_as_unknown(self, client: httpx2.AsyncClient) -> None:
        body = (await client.post("/api/v2/analyze", json={"text": "🙃🙃", "language": "ko"})).json()

        assert (body["language"], body["resonance_key"]) == ("ko", "calm-medium-learning")
        assert sorted(body["abstained"]) == ["intent", "pace", "tone"]


class TestPersonas:
    async def test_lists_every_mentor_in_order(self, client: httpx2.AsyncClient) -> None:
        body = (await client.get("/api/v2/personas")).json()

        assert [persona["name"] for persona in body["personas"]] == ["Lua", "Elro", "Riri", "Nana"]
        assert body["total"] == 4

    @pytest.mark.parametrize("name", ["Riri", "riri", "RIRI"])
    async def test_tells_about_one_in_any_case(self, client: httpx2.AsyncClient, name: str) -> None:
        body = (await client.get(f"/api/v2/personas/{name}")).json()

        assert body["slug"] == "riri"
        assert body["best_for_tones"] == ["analytical", "calm", "curious"]

    async def test_says_so_when_there_is_none(self, client: httpx2.AsyncClient) -> None:
        response = await client.get("/api/v2/personas/zeus")

        assert response.status_code == 404
        assert "Lua" in response.json()["detail"]


class TestHealth:
    async def test_tells_what_it_depends_on(self, client: httpx2.AsyncClient) -> None:
        response = await client.get("/api/v2/health")

        assert response.status_code == 200
        assert response.json()["dependencies"] == {"database": True}
        assert response.json()["engine"] == "playbooks"

    async def test_is_503_when_the_database_is_gone(self, postgres: Postgres) -> None:
        url = postgres.migrated_database()
        async with client_of(sealing_settings(url)) as client:
            postgres.drop(url)
            response = await client.get("/api/v2/health")

        assert response.status_code == 503
        assert response.json()["service_status"] == "down"
        assert response.json()["dependencies"] == {"database": False}


async def test_metrics_count_replies_without_anyones_words(client: httpx2.AsyncClient) -> None:
    await client.post(PROCESS, json={"user_input": ENGLISH})
    text = (await client.get("/metrics")).text

    assert 'ion_turns_total{degraded="false",engine="playbooks",language="en",persona="nana"}' in text
    assert "release" not in text


class TestConversations:
    async def test_are_made_listed_and_read(self, client: httpx2.AsyncClient) -> None:
        made = await client.post(
            "/api/v2/conversations", json={"persona": "Riri", "goals": ["finish chapter 3"], "language": "ko"}
        )
        conversation = made.json()
        listed = (await client.get("/api/v2/conversations")).json()
        read = (await client.get(f"/api/v2/conversations/{conversation['id']}")).json()

        assert made.status_code == 201
        assert (conversation["persona"], conversation["goals"], conversation["language"]) == (
            "riri",
            ["finish chapter 3"],
            "ko",
        )
        assert [item["id"] for item in listed["items"]] == [conversation["id"]]
        assert read == {**conversation, "turns": [], "next": None}

    async def test_a_message_is_answered_and_kept(self, client: httpx2.AsyncClient) -> None:
        conversation = (await client.post("/api/v2/conversations", json={})).json()["id"]
        sent = (await client.post(f"/api/v2/conversations/{conversation}/messages", json={"content": ENGLISH})).json()
        kept = (await client.get(f"/api/v2/conversations/{conversation}/messages")).json()

        assert sent["persona_used"] == "Nana"
        assert sent["content"].endswith("?")
        assert kept["items"] == [sent]

    async def test_a_reply_is_streamed_as_numbered_events(self, client: httpx2.AsyncClient) -> None:
        conversation = (await client.post("/api/v2/conversations", json={})).json()["id"]
        async with client.stream(
            "POST",
            f"/api/v2/conversations/{conversation}/messages",
            json={"content": KOREAN},
            headers={"Accept": "text/event-stream"},
        ) as response:
            events = [event async for event in events_of(response)]
        kept = (await client.get(f"/api/v2/conversations/{conversation}/messages")).json()["items"]

        assert response.headers["content-type"].startswith("text/event-stream")
        assert [name for name, _ in events] == ["started", "delta", "done"]
        assert events[0][1]["persona_used"] == "Nana"
        assert "".join(data["text"] for name, data in events if name == "delta") == events[-1][1]["content"]
        assert kept == [events[-1][1]]

    @pytest.mark.parametrize("path", ["", "/messages"])
    async def test_unknown_ones_are_404(self, client: httpx2.AsyncClient, path: str) -> None:
        response = await client.get(f"/api/v2/conversations/nowhere{path}")

        assert response.status_code == 404
        assert response.json()["error"]["code"] == "conversation_not_found"

    async def test_an_unknown_mentor_is_refused_before_anything_is_made(self, client: httpx2.AsyncClient) -> None:
        response = await client.post("/api/v2/conversations", json={"persona": "zeus"})

        assert response.status_code == 404
        assert (await client.get("/api/v2/conversations")).json()["items"] == []
