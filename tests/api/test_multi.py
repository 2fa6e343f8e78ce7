import httpx2
import pytest

from ion.language import language_of
from ion.settings import ServerSettings, Settings
from tests.conftest import client_of

MULTI = "/api/v2/chat/multi-persona"
KOREAN = "이직 면접이 다음 주인데 포트폴리오도 못 고쳤고, 회사에는 언제 말할지도 모르겠어요. 밤마다 잠이 안 와요."
ENGLISH = "My interview is next week, my portfolio isn't ready, and I lie awake every night."
SIMPLE = {"ko": "재귀 함수가 왜 멈추는 조건이 없으면 죽는지 알고 싶어요.", "en": "How do I learn SQL joins?"}


class TestSeveral:
    @pytest.mark.parametrize(
        ("text", "used"), [(KOREAN, "Multi: Nana+Lua+Riri"), (ENGLISH, "Multi: Nana+Lua")], ids=["ko", "en"]
    )
    async def test_compose_one_reply_that_says_who_gave_what(
        self, client: httpx2.AsyncClient, text: str, used: str
    ) -> None:
        response = await client.post(MULTI, json={"user_input": text})
        body = response.json()

        assert response.status_code == 200
        assert body["success"] is True
        assert (body["persona_used"], body["resonance_key"]) == (used, "multi-persona-blend")
        assert [part["persona"] for part in body["contributions"]] == used.removeprefix("Multi: ").split("+")
        for part in body["contributions"]:
            assert f"**{part['persona']}**: {part['content']}" in body["content"]
            assert part["slug"] == part["persona"].lower()
            assert language_of(part["reason"]) == language_of(text)
            assert part["engine"]["name"] == "playbooks"
        assert body["content"].endswith("?")
        assert (body["alone_because"], language_of(body["together_because"])) == (None, language_of(text))
        assert body["routing"]["scores"].keys() == {"lua", "elro", "riri", "nana"}
        assert body["confidence"] == body["routing"]["confidence"]
        assert body["reading"]["resonance_key"].startswith("anxious-")
        assert body["crisis"] is None
        assert body["request_id"] == response.headers["X-Request-ID"]
        assert body["metadata"]["mode"] == "side_by_side"
        assert body["performance"]["execution_time_ms"] > 0

    @pytest.mark.parametrize("mode", ["side_by_side", "in_turn"])
    async def test_are_those_who_are_named(self, client: httpx2.AsyncClient, mode: str) -> None:
        named = {"user_input": SIMPLE["en"], "personas": ["Riri", "lua", "NANA", "elro"], "mode": mode}
        body = (await client.post(MULTI, json=named)).json()

        assert body["persona_used"] == "Multi: Riri+Lua+Nana+Elro"
        assert body["metadata"]["personas"] == ["riri", "lua", "nana", "elro"]
        assert body["metadata"]["mode"] == mode
        assert body["routing"]["override"] is True

    async def test_may_be_forced_and_without_metadata(self, client: httpx2.AsyncClient) -> None:
        asked = {"user_input": SIMPLE["ko"], "force_multi": True, "include_metadata": False, "goals": ["이직하기"]}
        body = (await client.post(MULTI, json=asked)).json()

        assert body["persona_used"] == "Multi: Elro+Riri"
        assert body["metadata"] is None
        assert "이직하기" in body["content"]

    async def test_go_on_from_a_history(self, client: httpx2.AsyncClient) -> None:
        first = (await client.post(MULTI, json={"user_input": ENGLISH})).json()
        history = [{"role": "user", "content": ENGLISH}, {"role": "assistant", "content": first["content"]}]
        asked = {"user_input": ENGLISH, "force_multi": True, "context": {"message_history": history}}
        second = (await client.post(MULTI, json=asked)).json()

        contents = [{part["content"] for part in body["contributions"]} for body in (first, second)]
        assert not contents[0] & contents[1]


class TestAlone:
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_one_answers_a_simple_question_and_says_why(self, client: httpx2.AsyncClient, language: str) -> None:
        text = SIMPLE[language]
        body = (await client.post(MULTI, json={"user_input": text})).json()
        single = (await client.post("/api/v2/process", json={"user_input": text})).json()

        for field in ("content", "persona_used", "resonance_key", "routing", "confidence", "engine", "reading"):
            assert body[field] == single[field]
        assert body["together_because"] is None
        assert language_of(body["alone_because"]) == language
        assert [part["content"] for part in body["contributions"]] == [body["content"]]

    async def test_a_crisis_is_answered_with_help_lines_and_no_mentor(self, client: httpx2.AsyncClient) -> None:
        asked = {"user_input": "i keep thinking about killing myself", "force_multi": True}
        body = (await client.post(MULTI, json=asked)).json()

        assert (body["persona_used"], body["resonance_key"], body["routing"]) == (None, None, None)
        assert (body["contributions"], body["alone_because"], body["together_because"]) == ([], None, None)
        assert body["crisis"]["reason"] == "suicide"
        assert "988" in body["content"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "code", "status"),
        [
            ({"user_input": ""}, "empty_message", 422),
            ({"user_input": "x" * 100_001}, "message_too_long", 413),
            ({}, "invalid_input", 422),
            ({"user_input": "hi", "personas": ["lua"]}, "invalid_input", 422),
            ({"user_input": "hi", "personas": ["lua", "elro", "riri", "nana", "lua"]}, "invalid_input", 422),
            ({"user_input": "hi", "personas": ["lua", "LUA"]}, "bad_mentors", 422),
            ({"user_input": "hi", "personas": ["lua", "nobody"]}, "persona_not_found", 404),
            ({"user_input": "hi", "mode": "at_random"}, "invalid_input", 422),
            ({"user_input": "hi", "conversation_id": "c1"}, "invalid_input", 422),
        ],
    )
    async def test_name_what_is_wrong(
        self, client: httpx2.AsyncClient, body: dict[str, object], code: str, status: int
    ) -> None:
        response = await client.post(MULTI, json=body)

        assert response.status_code == status
        assert response.json()["error"]["code"] == code

    async def test_come_with_a_time_to_try_again_where_there_is_no_room(self, settings: Settings) -> None:
        small = settings.model_copy(update={"server": ServerSettings(replies=2)})
        async with client_of(small) as client:
            services = client._transport.app.state.services  # type: ignore[attr-defined] # the transport's own
            with services.pipeline.writer.room():
                response = await client.post(MULTI, json={"user_input": ENGLISH})

        assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_replies")
        assert int(response.headers["Retry-After"]) > 0
