import json
from pathlib import Path

import pytest

from ion.mentoring import Ask, Question
from ion.services import open_services
from ion.settings import DatabaseSettings, LlmSettings, Settings
from tests.servers.misbehaving import Answer, MisbehavingServer, failing, misbehaving_server

PHONE, MAIL, KEY = "010-2345-6789", "mina@example.com", "sk-proj-a8Kd02mzQ7vRt4WzYp9X"
FIRST = f"회사 번호 {PHONE}로 걸기가 무서워요. 코드에는 {KEY}가 들어 있고요. 뭐부터 하죠?"
SECOND = f"그럼 {PHONE} 말고 {MAIL}로 쓸까요?"
REPLY = "[PHONE_1]로 걸기 전에, [EMAIL_1]로 먼저 써 보세요. [API_KEY_1]는 오늘 바꾸세요. [PHONE_7]은요?"
SHOWN = f"{PHONE}로 걸기 전에, {MAIL}로 먼저 써 보세요. {KEY}는 오늘 바꾸세요. [PHONE_7]은요?"


def asking(provider: MisbehavingServer, folder: Path, **more: object) -> Settings:
    llm = {"model": "openai:m", "base_url": provider.base_url, "api_key": "k", "retries": 0, **more}
    return Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder / 'ion.db'}"), llm=LlmSettings.model_validate(llm)
    )


def asked(provider: MisbehavingServer) -> list[str]:
    """Return the bodies that the provider was sent."""
    return [json.dumps(request.body, ensure_ascii=False) for request in provider.requests]


def holds_a_value(body: str) -> bool:
    return any(value in body for value in (PHONE, MAIL, KEY))


class TestWhatAProviderSees:
    @pytest.mark.parametrize("pieces", [(REPLY,), tuple(REPLY)], ids=["in one piece", "letter by letter"])
    async def test_is_no_value_and_the_reply_holds_it_again(self, tmp_path: Path, pieces: tuple[str, ...]) -> None:
        with misbehaving_server(Answer(), Answer(pieces)) as provider:
            async with open_services(asking(provider, tmp_path)) as services:
                conversation = (await services.pipeline.open_conversation("ko")).id
                await (await services.pipeline.begin(Ask(FIRST, conversation))).finished()
                run = await services.pipeline.begin(Ask(SECOND, conversation, goals=(f"{PHONE}로 전화하기",)))
                turn = await run.finished()

        first, second = asked(provider)
        assert not holds_a_value(first + second)
        assert "회사 번호 [PHONE_1]로" in first
        assert "[API_KEY_1]가 들어" in first
        assert "회사 번호 [PHONE_1]로" in second
        assert "그럼 [PHONE_1] 말고 [EMAIL_1]로" in second
        assert "- [PHONE_1]로 전화하기" in second
        assert turn.reply == SHOWN
        assert turn.message == SECOND
        assert turn.engine is not None
        assert turn.engine.name == "model"

    async def test_is_no_value_where_several_mentors_answer(self, tmp_path: Path) -> None:
        with misbehaving_server(Answer((REPLY.split(".")[0] + ". 오늘 하나만 해 볼까요?",))) as provider:
            async with open_services(asking(provider, tmp_path)) as services:
                counsel = await services.council.answer(Question(Ask(FIRST), mentors=("lua", "elro"), mode="in_turn"))

        assert len(counsel.contributions) == 2
        assert len(provider.requests) >= 2
        assert not any(map(holds_a_value, asked(provider)))
        assert all(PHONE in each.content for each in counsel.contributions)

    async def test_is_no_value_when_it_fails_and_the_playbooks_answer(self, tmp_path: Path) -> None:
        with misbehaving_server(failing(401)) as provider:
            async with open_services(asking(provider, tmp_path)) as services:
                turn = await (await services.pipeline.begin(Ask(FIRST))).finished()

        assert not any(map(holds_a_value, asked(provider)))
        assert turn.engine is not None
        assert turn.engine.name == "playbooks"

    async def test_is_the_message_as_written_where_masking_is_off(self, tmp_path: Path) -> None:
        with misbehaving_server(Answer(("[PHONE_1]",))) as provider:
            async with open_services(asking(provider, tmp_path, mask=False)) as services:
                turn = await (await services.pipeline.begin(Ask(FIRST))).finished()

        assert FIRST in json.loads(asked(provider)[0])["messages"][-1]["content"]
        assert turn.reply == "[PHONE_1]"
