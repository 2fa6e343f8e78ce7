import httpx2
import pytest

from ion.language import Language, language_of
from tests.mentoring.speaking import DANGER, ENGLISH, KOREAN

RECOMMEND = "/api/v2/recommend"
NAMES = {
    *("success", "recommended_persona", "runner_up", "confidence", "scores", "capabilities", "reasoning"),
    *("resonance_key", "turning_key", "reading", "crisis", "timestamp", "request_id"),
}


class TestRecommend:
    @pytest.mark.parametrize("text", [KOREAN, ENGLISH], ids=["ko", "en"])
    async def test_names_a_mentor_the_runner_up_and_the_reason(self, client: httpx2.AsyncClient, text: str) -> None:
        response = await client.post(RECOMMEND, json={"scenario": text})
        body = response.json()
        scores = sorted(body["scores"].items(), key=lambda each: -each[1])

        assert response.status_code == 200
        assert set(body) == NAMES
        assert (body["success"], body["recommended_persona"], body["crisis"]) == (True, "Nana", None)
        assert [body["recommended_persona"].lower(), body["runner_up"].lower()] == [name for name, _ in scores[:2]]
        assert (body["capabilities"]["slug"], body["capabilities"]["name"]) == ("nana", "Nana")
        assert body["resonance_key"] == body["reading"]["resonance_key"]
        assert language_of(body["reasoning"]) == language_of(text)
        assert 0 < body["confidence"] <= 1
        assert body["request_id"] == response.headers["X-Request-ID"]
        for span in body["reading"]["evidence"]:
            assert text[span["start"] : span["end"]] == span["text"]

    async def test_chooses_whom_process_would(self, client: httpx2.AsyncClient) -> None:
        recommended = (await client.post(RECOMMEND, json={"scenario": KOREAN})).json()
        processed = (await client.post("/api/v2/process", json={"user_input": KOREAN})).json()

        assert recommended["recommended_persona"] == processed["persona_used"]
        assert recommended["reasoning"] == processed["routing"]["reasoning"]
        assert recommended["turning_key"] == processed["routing"]["turning_key"]

    @pytest.mark.parametrize(
        ("more", "language"),
        [
            ({}, "en"),
            ({"language": "ko"}, "ko"),
            ({"context": {"message_history": [{"role": "user", "content": "발표가 걱정돼요"}]}}, "ko"),
        ],
    )
    async def test_without_letters_the_language_is_the_callers(
        self, client: httpx2.AsyncClient, more: dict[str, object], language: Language
    ) -> None:
        body = (await client.post(RECOMMEND, json={"scenario": "🙃", **more})).json()

        assert (body["reading"]["language"], language_of(body["reasoning"])) == (language, language)

    async def test_keeps_nothing(self, client: httpx2.AsyncClient) -> None:
        await client.post(RECOMMEND, json={"scenario": KOREAN})

        assert (await client.get("/api/v2/conversations")).json()["items"] == []

    @pytest.mark.parametrize(
        ("body", "code", "status"),
        [
            ({"scenario": " "}, "empty_message", 422),
            ({"scenario": "x" * 100_001}, "message_too_long", 413),
            ({"scenario": "a\u0000b"}, "broken_text", 422),
            ({"user_input": "hi"}, "invalid_input", 422),
            ({}, "invalid_input", 422),
        ],
    )
    async def test_what_cannot_be_read_is_refused(
        self, client: httpx2.AsyncClient, body: dict[str, str], code: str, status: int
    ) -> None:
        response = await client.post(RECOMMEND, json=body)

        assert (response.status_code, response.json()["error"]["code"]) == (status, code)


class TestInDanger:
    @pytest.mark.parametrize(
        ("text", "number"), [(DANGER, "109"), ("I keep thinking about killing myself.", "988")], ids=["ko", "en"]
    )
    async def test_nobody_is_recommended_and_help_is_named(
        self, client: httpx2.AsyncClient, text: str, number: str
    ) -> None:
        body = (await client.post(RECOMMEND, json={"scenario": text})).json()
        told = ("recommended_persona", "runner_up", "confidence", "scores", "capabilities", "resonance_key", "reading")

        assert [body[name] for name in told] == [None] * 7
        assert body["crisis"]["reason"] == "suicide"
        assert number in [line["number"] for line in body["crisis"]["lines"]]
        assert number in body["reasoning"]
        assert language_of(body["reasoning"]) == language_of(text)

    async def test_is_counted(self, client: httpx2.AsyncClient) -> None:
        line = 'ion_crisis_answers_total{language="ko",reason="suicide"} '

        async def count() -> float:
            text = (await client.get("/metrics")).text
            return next((float(row.removeprefix(line)) for row in text.splitlines() if row.startswith(line)), 0.0)

        before = await count()
        await client.post(RECOMMEND, json={"scenario": DANGER})

        assert await count() == before + 1
