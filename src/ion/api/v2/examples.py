"""Requests as they might really come, in both languages: for the API's description, and for whoever tries it out."""

from fastapi.openapi.models import Example

_KOREAN = "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?"
_ENGLISH = "We have a release tomorrow and the tests fail at random. Where do I start?"
_SCENARIO_KO = "팀장이 된 지 한 달인데, 팀원과의 첫 면담이 걱정돼요. 누구와 이야기하면 좋을까요?"
_SCENARIO_EN = "I have led my team for a month, and the first one-to-one worries me. Who could help me prepare?"
# As ids look; nothing is kept under them.
_CONVERSATION = "6b0f5a4e-0000-4000-8000-000000000001"
_TURN = "6b0f5a4e-0000-4000-8000-000000000002"


def _both(korean: object, english: object) -> dict[str, Example]:
    return {"ko": {"summary": "한국어", "value": korean}, "en": {"summary": "English", "value": english}}


PROCESS = _both(
    {"user_input": _KOREAN, "goals": ["다음 주까지 배포하기"]},
    {"user_input": _ENGLISH, "resonance_key": "urgent-medium-problem_solving"},
)
BULK = _both(
    {"requests": [{"user_input": _KOREAN}, {"user_input": "논문 초록을 어떻게 시작할까요?"}], "parallel": True},
    {"requests": [{"user_input": _ENGLISH}, {"user_input": "How do I begin an abstract?", "persona": "riri"}]},
)
# Sent as one JSON document a line.
BATCH = _both({"custom_id": "1", "user_input": _KOREAN}, {"custom_id": "1", "user_input": _ENGLISH, "persona": "nana"})
RECOMMEND = _both({"scenario": _SCENARIO_KO}, {"scenario": _SCENARIO_EN, "context": {"session_id": "s-1"}})
MULTI = _both(
    {"user_input": "이직 면접이 다음 주인데 포트폴리오도 못 고쳤고, 밤마다 잠이 안 와요.", "force_multi": True},
    {
        "user_input": "The interview is next week and my portfolio is not ready. I also lie awake every night.",
        "personas": ["lua", "nana"],
        "mode": "in_turn",
    },
)
ANALYZE = _both({"text": _KOREAN}, {"text": _ENGLISH, "language": "en"})
CONVERSATION = _both(
    {"language": "ko", "goals": ["다음 주까지 배포하기"]},
    {"language": "en", "persona": "nana", "goals": ["Release by Friday"]},
)
TITLE = _both({"title": "배포 전날 밤"}, {"title": "The night before the release"})
MESSAGE = _both(
    {"content": "스무 번 돌려 보니 세 번 깨졌는데, 모두 결제 테스트였어요."},
    {"content": "Ran it twenty times: three failures, all in the payment test.", "persona": "elro"},
)
REDO = _both({"content": "결제 테스트만 따로 돌리면 안 깨져요."}, {})
AGAIN = _both({"persona": "lua"}, {"persona": "riri"})
CORRECTION = _both({"tone": "anxious", "share": False}, {"tone": "anxious", "intent": "validation", "pace": "burst"})
CHAT = _both(
    {"model": "ion/auto", "messages": [{"role": "user", "content": _KOREAN}]},
    {"model": "ion/nana", "messages": [{"role": "user", "content": _ENGLISH}], "stream": False},
)
FEEDBACK = _both(
    {
        "conversation_id": _CONVERSATION,
        "turn_id": _TURN,
        "thumb": "down",
        "reasons": ["too_general"],
        "text": "예시가 하나 있으면 좋겠어요.",
    },
    {"conversation_id": _CONVERSATION, "turn_id": _TURN, "thumb": "up", "reasons": ["useful", "clear"]},
)
SIGN_IN = _both(
    {"email": "mina@example.org", "password": "초록 문어가 점심을 먹었다", "scope": "conversations.own"},
    {"email": "mina@example.org", "password": "glass tomato orbit", "code": "123456"},
)
# As tokens look; nobody has them.
_REFRESH = {"refresh_token": f"ion_refresh_{'A' * 43}"}
REFRESH = _both(_REFRESH, _REFRESH)
_REVOKE = {"token": f"ion_refresh_{'A' * 43}", "token_type_hint": "refresh_token"}
REVOKE = _both(_REVOKE, _REVOKE)
_AGREED = [{"purpose": "experiments", "version": 1, "given": True}]
_TAKEN_BACK = [{"purpose": "improvement", "version": 1, "given": False}]
CONSENTS = _both({"consents": _AGREED, "language": "ko"}, {"consents": _TAKEN_BACK, "language": "en"})
