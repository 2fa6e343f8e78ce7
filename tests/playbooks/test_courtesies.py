import re

import pytest

from ion.language import LANGUAGES, Language
from ion.playbooks.courtesies import Courtesy, courtesy_of, courtesy_reply
from tests.playbooks.factories import catalogue, sentences_of
from tests.playbooks.speech import impolite

COURTESIES: list[tuple[Language, str, Courtesy | None]] = [
    ("ko", "안녕하세요", "greeting"),
    ("ko", "안녕하세요!!", "greeting"),
    ("ko", "  안녕  ", "greeting"),
    ("ko", "하이 ㅎㅎ", "greeting"),
    ("ko", "처음 뵙겠습니다.", "greeting"),
    ("ko", "멘토님?", "greeting"),
    ("ko", "감사합니다", "thanks"),
    ("ko", "네, 정말 감사해요!", "thanks"),
    ("ko", "고마워요 해볼게요", "thanks"),
    ("ko", "ㄱㅅ", "thanks"),
    ("ko", "도움이 많이 됐어요!", "thanks"),
    ("ko", "너 누구야?", "who"),
    ("ko", "혹시 AI인가요?", "who"),
    ("ko", "지금 사람이에요?", "who"),
    ("ko", "chatGPT 맞나요?", "who"),
    ("ko", "안녕하세요, 면접에서 자꾸 떨어져요", None),
    ("ko", "감사합니다만 아직 모르겠어요", None),
    ("ko", "AI인가요 아니면 데이터 분석인가요, 어느 쪽을 배울까요?", None),
    ("ko", "누구에게 먼저 말할까요?", None),
    ("ko", "안녕하세요" + "!" * 60, None),
    ("en", "Hi", "greeting"),
    ("en", "hello there!", "greeting"),
    ("en", "Good morning, mentor", None),
    ("en", "good evening", "greeting"),
    ("en", "Thanks!", "thanks"),
    ("en", "ok thank you so much", "thanks"),
    ("en", "Great, thanks for your help. I'll try it.", "thanks"),
    ("en", "who are you?", "who"),
    ("en", "Are you an AI?", "who"),
    ("en", "are you a real person", "who"),
    ("en", "Hi, my tests fail at random", None),
    ("en", "thanks but it still fails", None),
    ("en", "are you a fan of unit tests?", None),
    ("en", "hi " * 40, None),
]


class TestCourtesyOf:
    @pytest.mark.parametrize(("language", "message", "kind"), COURTESIES, ids=lambda value: str(value)[:24])
    def test_only_messages_that_are_nothing_else(self, language: Language, message: str, kind: Courtesy | None) -> None:
        assert courtesy_of(message, language) == kind


class TestCourtesyReply:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("kind", ["greeting", "thanks", "who"])
    @pytest.mark.parametrize("name", [*(persona.name for persona in catalogue().values()), "Marin"])
    def test_is_short_polite_and_ends_in_one_question(self, name: str, kind: Courtesy, language: Language) -> None:
        reply = courtesy_reply(kind, name=name, language=language)

        assert reply.endswith("?")
        assert reply.count("?") == 1
        assert len(reply) < 220
        assert kind == "thanks" or name in reply
        # A name takes no particle that would have to agree with it.
        assert re.search(rf"{name}[예은는이가을를]", reply) is None
        if language == "ko":
            assert impolite(reply, list(sentences_of(reply))) == []

    def test_says_that_no_person_and_no_language_model_answers(self) -> None:
        assert "사람도 언어 모델도 아니고" in courtesy_reply("who", name="Lua", language="ko")
        assert "neither a person nor a language model" in courtesy_reply("who", name="Lua", language="en")
