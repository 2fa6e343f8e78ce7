"""What is written in the pictures, in both languages."""

from collections.abc import Mapping, Sequence

from ion.language import Language

# A place in a reply where the model waits, and one where it fails.
WAIT, FAIL, LATE = object(), object(), object()

FIRST: Mapping[Language, str] = {
    "ko": "배포가 내일인데 테스트가 랜덤으로 깨져요. 뭐부터 봐야 할까요?",
    "en": "We have a release tomorrow and the tests fail at random. Where do I start?",
}
SECOND: Mapping[Language, str] = {
    "ko": "스무 번 돌려 봤더니 세 번 깨졌고, 세 번 다 결제 테스트였어요.",
    "en": "We ran them twenty times: three failures, all three in the payment tests.",
}
DANGER: Mapping[Language, str] = {
    "ko": "그냥 다 끝내고 싶어요. 더는 살고 싶지 않아요.",
    "en": "I keep thinking about killing myself.",
}
# The list beside the page: how many days ago, and what was asked.
LISTED: Mapping[Language, Sequence[tuple[float, str]]] = {
    "ko": (
        (40, "논문 서론을 어떤 순서로 써야 할지 막막해요. 선행 연구부터 정리해야 할까요?"),
        (9, "팀장님이 제 제안을 회의에서 그냥 넘기셨어요. 다시 말씀드려도 될까요?"),
        (8, "합격했는데 기쁘지가 않고 못 따라갈까 봐 무섭기만 해요."),
        (1, "이직 제안을 받았는데 지금 팀에 남는 게 나을지 모르겠어요. 무엇을 기준으로 정하면 좋을까요?"),
        (1, "print(x)는 5인데 x == 5가 False예요. 왜 그런지 모르겠어요."),
        (0.01, "개발자 3명, 210점, 속도 18이면 12스프린트예요. 뭐부터 빼야 할까요?"),
    ),
    "en": (
        (40, "I do not know in which order to write the introduction of my thesis. Related work first?"),
        (9, "My manager passed over my proposal in the meeting. May I bring it up again?"),
        (8, "I got the offer, and instead of joy I am only scared that I won't keep up."),
        (1, "I have an offer and cannot tell whether to stay with my team. What should I decide by?"),
        (1, "Why does print(x) show 5 but x == 5 is False? I can't make sense of it."),
        (0.01, "Three developers, 210 points, velocity 18: that is 12 sprints. What gets cut first?"),
    ),
}
SEARCHED: Mapping[Language, tuple[str, str]] = {"ko": ("테스트", "없는말"), "en": ("tests", "nowhere")}
LOG_LINE: Mapping[Language, str] = {
    "ko": "어제 저녁부터 빌드가 이상해요. {n}번째 로그를 붙여요: step {n} failed after 30 s, 재시도 없음.",
    "en": "The build has been odd since last night. Log line {n}: step {n} failed after 30 s, no retry.",
}
RIGHT_TO_LEFT: Mapping[Language, str] = {
    "ko": "동료가 보낸 말이에요: שלום, הבדיקות נכשלות 🙂 — 어떻게 답할까요? 👩🏽‍💻👨‍👩‍👧‍👦 🇰🇷",
    "en": "مرحبا! الاختبارات تفشل أحيانًا قبل الإصدار 🙂 ماذا أفعل أولًا؟ 👩🏽‍💻 (CI: 3/20)",
}
CODE: Mapping[Language, str] = {
    "ko": "input()으로 받은 5가 왜 5랑 다른지 코드로 보여 주세요.",
    "en": "Show me in code why a 5 from input() is not 5.",
}
CODE_REPLY: Mapping[Language, str] = {
    "ko": """`input()`은 언제나 **문자열**을 돌려줘요. 아래 세 줄이면 눈으로 확인할 수 있어요.

```python
x = input("숫자: ")          # 5를 입력
print(repr(x), type(x))     # '5' <class 'str'>
if x == 5 or int(x) == 5:   # 왼쪽은 False, 오른쪽은 True
    print("같아요", x)
```

| 값 | `repr` | `x == 5` | 고치는 법 |
|---|---|---|---|
| `"5"` | `'5'` | `False` | `int(x)` |
| `5.0` | `5.0` | `True` | 그대로 |
| `4.9999999` | `4.9999999` | `False` | `math.isclose(x, 5)` |

값이 들어오는 자리에서 한 번만 바꾸면 돼요. 지금 코드에서는 어디에서 `x`를 받나요?""",
    "en": """`input()` always gives you a **string**. Three lines show it:

```python
x = input("Number: ")       # you type 5
print(repr(x), type(x))     # '5' <class 'str'>
if x == 5 or int(x) == 5:   # left is False, right is True
    print("equal", x)
```

| Value | `repr` | `x == 5` | What to do |
|---|---|---|---|
| `"5"` | `'5'` | `False` | `int(x)` |
| `5.0` | `5.0` | `True` | leave it |
| `4.9999999` | `4.9999999` | `False` | `math.isclose(x, 5)` |

Convert once, where the value comes in. Where does your code read `x`?""",
}
SLOW: Mapping[Language, str] = {
    "ko": "발표가 사흘 뒤인데 자료가 너무 많아요. 무엇을 남겨야 할까요?",
    "en": "My talk is in three days and I have far too much material. What stays?",
}
SLOW_REPLY: Mapping[Language, Sequence[object]] = {
    "ko": (
        WAIT,
        "자료가 많다는 건 고를 게 있다는 뜻이니, **한 문장**부터 정해 볼게요.\n\n"
        "1. **지금 20분**: 듣는 분이 나가면서 기억할 한 문장을 적어 주세요.\n"
        "2. **오늘 안**: 그 문장을 받치지 않는 장은 ",
        WAIT,
        "따로 빼 두어요.\n\n듣는 분들은 누구인가요?",
    ),
    "en": (
        WAIT,
        "Too much material means there is something to choose from, so start with **one sentence**.\n\n"
        "1. **The next 20 minutes**: write down the one sentence people should leave with.\n"
        "2. **Today**: every slide that does not hold up that sentence ",
        WAIT,
        "goes into an appendix.\n\nWho will be listening?",
    ),
}
LATE_MESSAGE: Mapping[Language, str] = {
    "ko": "후배가 같은 실수를 세 번째 했어요. 어떻게 말해야 할까요?",
    "en": "A junior made the same mistake for the third time. How do I bring it up?",
}
BROKEN_MESSAGE: Mapping[Language, str] = {
    "ko": "회고를 처음 맡았어요. 어떻게 시작하면 좋을까요?",
    "en": "I am to run my first retrospective. How should I open it?",
}
BROKEN_REPLY: Mapping[Language, Sequence[object]] = {
    "ko": ("처음 5분은 사람들이 **자리에 도착하는 시간**으로 써 보세요. 한 사람씩 ", WAIT, FAIL),
    "en": ("Spend the first five minutes on letting people **arrive**. Ask each of them ", WAIT, FAIL),
}
TYPED: Mapping[Language, str] = {
    "ko": "일정은 그대로예요. 다만 한 명이 이번 주에 휴가라서",
    "en": "The date has not moved. But one of us is on leave this week, so",
}


def scripts(language: Language) -> Mapping[str, Sequence[object]]:
    """Return what the model in the pictures says, by the message it answers."""
    return {
        SLOW[language]: SLOW_REPLY[language],
        LATE_MESSAGE[language]: (LATE,),
        BROKEN_MESSAGE[language]: BROKEN_REPLY[language],
        CODE[language]: (CODE_REPLY[language],),
    }


def lines(language: Language, count: int) -> str:
    """Return a long message of so many lines."""
    return "\n".join(LOG_LINE[language].format(n=n) for n in range(1, count + 1))
