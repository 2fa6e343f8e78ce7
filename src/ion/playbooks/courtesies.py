"""Small talk: a greeting, thanks, and the question who is answering."""

import re
from collections.abc import Sequence
from typing import Literal

from ion.language import Language

Courtesy = Literal["greeting", "thanks", "who"]

# Only messages that are nothing else: a greeting in front of a question is no small talk.
_LONGEST = 60
_PATTERNS: dict[Language, dict[Courtesy, re.Pattern[str]]] = {
    "ko": {
        "greeting": re.compile(r"(?:안녕(?:하세요|하십니까)?|하이|헬로|반가워요?|반갑습니다|처음 뵙겠습니다|멘토님)[\s!.~?ㅎㅋ^]*"),
        "thanks": re.compile(
            r"(?:(?:정말|너무|진짜|네|넵|아|오|와)[\s,!]*)*(?:감사합니다|감사해요|고맙습니다|고마워요?|땡큐|ㄱㅅ|도움이? (?:많이 )?됐어요|도움 됐습니다)"
            r"[\s!.~ㅎㅋ^]*(?:해 ?볼게요|해 ?보겠습니다)?[\s!.~]*"
        ),
        "who": re.compile(
            r"(?:(?:너는?|넌|당신은?|혹시|지금)\s*)*(?:누구(?:세요|야|예요|신가요)?|(?:AI|인공지능|챗봇|봇|로봇|사람|GPT|chatgpt)\s*"
            r"(?:인가요|이에요|예요|세요|야|이야|맞나요|맞아요|이신가요|입니까))[\s?!.]*",
            re.IGNORECASE,
        ),
    },
    "en": {
        "greeting": re.compile(r"(?:hi|hello|hey|hiya|good (?:morning|evening|afternoon))(?: there| mentor| ion)?[\s!.,]*", re.IGNORECASE),
        "thanks": re.compile(
            r"(?:ok(?:ay)?|great|cool|perfect)?[\s,!.]*(?:many )?(?:thanks|thank you|thx|cheers|ta)(?: so much| a lot| very much| for (?:your|the) help)?"
            r"[\s!.,]*(?:i'?ll (?:try|do) (?:it|that))?[\s!.]*",
            re.IGNORECASE,
        ),
        "who": re.compile(
            r"(?:who|what) are you[\s?!.]*|are you (?:an? )?(?:ai|bot|robot|human|person|real(?: person)?|chatgpt|gpt)[\s?!.]*", re.IGNORECASE
        ),
    },
}  # fmt: skip

_REPLIES: dict[Language, dict[Courtesy, str]] = {
    "ko": {
        "greeting": "안녕하세요, 멘토 {name}입니다. 지금 마음에 걸려 있는 일을 한두 문장으로 적어 주시면 거기서부터 같이 볼게요. 무엇이 가장 먼저 떠오르세요?",
        "thanks": "도움이 됐다니 다행이에요. 해 보신 뒤에 어떻게 됐는지 한 줄만 알려 주시면 거기서 이어 갈게요. 언제쯤 첫걸음을 해 보시겠어요?",
        "who": "저는 ION에 들어 있는 오프라인 멘토 {name}입니다. 사람도 언어 모델도 아니고, 미리 써 둔 안내에서 지금 글에 맞는 것을 골라 드려요. 어떤 일로 오셨는지 들려주시겠어요?",
    },
    "en": {
        "greeting": "Hello, {name} here. Tell me in a sentence or two what is on your mind and we will start there. What comes first?",
        "thanks": "Glad it was of use. Once you have tried it, one line on how it went is enough to go on from. When will you take the first step?",
        "who": "I am {name}, the offline mentor that comes with ION: neither a person nor a language model. I choose from guidance written beforehand, to fit what you write. What brings you here?",
    },
}  # fmt: skip

_TOGETHER: dict[Language, dict[Courtesy, tuple[str, str]]] = {
    "ko": {
        "greeting": ("안녕하세요, 저희는 ION의 멘토들이에요: {names}. 지금 마음에 걸려 있는 일을 한두 문장으로 적어 주시면 저마다 잘 보는 쪽에서 같이 볼게요.", "무엇이 가장 먼저 떠오르세요?"),
        "thanks": ("도움이 됐다니 다행이에요. 해 보신 뒤에 어떻게 됐는지 한 줄만 알려 주시면 거기서 이어 갈게요.", "언제쯤 첫걸음을 해 보시겠어요?"),
        "who": ("저희는 ION에 들어 있는 오프라인 멘토들이에요: {names}. 사람도 언어 모델도 아니고, 미리 써 둔 안내에서 지금 글에 맞는 것을 골라 드려요.", "어떤 일로 오셨는지 들려주시겠어요?"),
    },
    "en": {
        "greeting": ("Hello, we are mentors here: {names}. Tell us in a sentence or two what is on your mind, and each of us looks at it from their own side.", "What comes first?"),
        "thanks": ("Glad it was of use. Once you have tried it, one line on how it went is enough to go on from.", "When will you take the first step?"),
        "who": ("We are the offline mentors that come with ION: {names}, neither people nor language models. We choose from guidance written beforehand, to fit what you write.", "What brings you here?"),
    },
}  # fmt: skip


def courtesy_of(message: str, language: Language) -> Courtesy | None:
    """Return which courtesy a message is, if it is nothing more."""
    text = " ".join(message.split())
    if len(text) > _LONGEST:
        return None
    return next((kind for kind, pattern in _PATTERNS[language].items() if pattern.fullmatch(text)), None)


def courtesy_reply(kind: Courtesy, *, name: str, language: Language) -> str:
    """Return the answer to a courtesy."""
    return _REPLIES[language][kind].format(name=name)


def courtesy_frame(kind: Courtesy, *, names: Sequence[str], language: Language) -> tuple[str, str]:
    """Return how several mentors answer a courtesy: what they say first, and the question they end with."""
    head, question = _TOGETHER[language][kind]
    return head.format(names=", ".join(names)), question
