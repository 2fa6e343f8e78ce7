"""Find the time a message leaves: only what still lies ahead counts, so "in two weeks I learned" is no deadline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ion.language import Language


@dataclass(frozen=True, slots=True)
class Deadline:
    """`phrase` fits into a sentence ("by Friday", "두 시간 안에"); it stands for `message[start:end]`."""

    phrase: str
    start: int
    end: int


def _patterns(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), phrase) for pattern, phrase in pairs)


_KO_COUNT = r"(?:\d{1,4}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|열다섯|스무|삼십|반)"
_KO_SPAN = rf"{_KO_COUNT}\s?(?:분|시간|일|일주일|주|달|개월)(?:\s?반)?"
_KO_DAY = (
    r"(?:오늘\s?(?:밤|저녁|오후|오전|퇴근 전)?|내일\s?(?:아침|오전|오후|저녁|새벽|밤)?|모레"
    r"|(?<!지난 )(?:다음\s?주\s?|이번\s?주\s?)?[월화수목금토일]요일(?:\s?(?:아침|오전|오후|저녁))?"
    r"|이번\s?주|다음\s?주|이번\s?달|다음\s?달|\d{1,2}월\s?\d{1,2}일)"
)
_KO_CLOCK = rf"(?:자정|정오|(?:(?:오전|오후|저녁|아침|새벽|밤)\s?)?{_KO_COUNT}\s?시(?:\s?(?:반|\d+분))?)"
_KO_EVENT = (
    r"(?:마감|제출|발표|시험|면접|배포|릴리스|출근|회의|시연|예식|결혼식|수술|이사|공연|촬영|오픈|납품|심사|평가|접수|미팅"
    r"|상담|계약|강의|수업|출국|입대|점검|행사|대회|마감일|기한|데드라인)"
)
_KO_IS = r"(?=이?(?:ㄴ데|인데|예요|에요|입니다|라서|라고|고\s|야|임|네요|거든|다\b|라\b|\s*[.!?…]|$))"
# What is said of the time itself: it is left, or an event falls on it.
_KO_STATED = _patterns(
    (r"(?<![A-Za-z])D\s?-\s?(\d{1,3})", "{}일 안에"),
    (rf"({_KO_SPAN})\s?(?:이\s|도\s(?:안\s)?|밖에\s안\s|쯤\s)?남(?:았|은|아|음|고|기)\w*", "{} 안에"),
    (rf"({_KO_SPAN})\s?(?:뒤|후){_KO_IS}", "{} 안에"),
    (rf"{_KO_EVENT}[이가은는도]?\s(?:전부\s|바로\s)?({_KO_DAY}){_KO_IS}", "{}까지"),
    (rf"(?:까지|{_KO_EVENT}[이가은는]?)\s({_KO_SPAN}){_KO_IS}", "{} 안에"),
    (rf"({_KO_DAY}\s?{_KO_CLOCK}){_KO_IS}", "{}까지"),
    (rf"({_KO_DAY})(?:인데|이에요|예요|입니다|이라|이고)", "{}까지"),
    (rf"({_KO_DAY})\s(?:\S+\s)?{_KO_EVENT}(?:이|인|일|예|입|임|[.!,]|$|\s)", "{}까지"),
)
# What is done by a time: past, if its verb is.
_KO_DONE = _patterns(
    (rf"({_KO_SPAN})\s?(?:안에(?!\s?든)|이내|뒤(?!에 \S+면)|후(?!기|배))", "{} 안에"),
    (rf"({_KO_DAY}\s?{_KO_CLOCK})", "{}까지"),
    (rf"({_KO_CLOCK})\s?(?:까지|에\s?(?:마감|닫|끝|시작))", "{}까지"),
    (rf"({_KO_DAY})\s?(?:안에|안으로|중에|중으로|까지(?!\s?(?:한|했|된|만|는|의)\b))", "{}까지"),
)
_KO_VERB_END = re.compile(
    r"\S*[가-힣](?:다|어요|습니다|네요|는데요?|죠|지만|고요?|던|거든요?|음|을까요?|어|지)(?=$|[\s.!?…,])"
)
_KO_PLAN = re.compile(r"기로\s?(?:했|정했)|달라고|하라고|래요|달래")
_KO_STORY = re.compile(r"때마다|매번|매주|매일|작년|지난번|어제|당시|그때|예전")
# Every past tense has a syllable that ends in ㅆ; so do these two, which are none.
_FINALS, _SS, _NO_PAST = 28, 20, "있겠"

_EN_COUNT = (
    r"(?:\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|half an)"
)
_EN_SPAN = rf"{_EN_COUNT}\s(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)"
_EN_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_EN_DAY = (
    rf"(?:tonight|tomorrow(?:\s(?:morning|afternoon|evening|night))?|this\s(?:morning|afternoon|evening|week|{_EN_WEEKDAY})"
    rf"|next\s(?:week|month|{_EN_WEEKDAY})|{_EN_WEEKDAY}(?:\s(?:morning|afternoon|evening|night))?)"
)
_EN_CLOCK = r"(?:noon|midnight|\d{1,2}(?::\d\d)?\s?[ap]\.?m\b|\d{1,2}:\d\d)"
_EN_EVENT = (
    r"(?:deadline|release|exams?|test|interview|demo|launch|presentation|meeting|call|shift|flight|defen[cs]e|delivery"
    r"|hand-?in|review|deploy\w*|class|audition|wedding|service|move|talk|pitch|hearing|opening|game|match|due|submission)"
)
_EN_TURNS = (
    r"(?:is|are|due|starts?|begins?|comes?|closes?|shuts?|opens?|ends?|leaves?|arrives?|goes live|launch(?:es)?|ships?"
    r"|boards?|present|submit|hand it in)"
)
_EN_WORDS = r"(?:[^\s.?!,;]+\s)"
_EN = _patterns(
    (rf"\b(?:in|within)\s({_EN_SPAN})(?=\s*(?:[.,!?;:)]|$|\s(?:and|but|so|or)\b))", "within {}"),
    (rf"\b({_EN_SPAN})\s(?:left|to go|from now|until|till)\b", "within {}"),
    (rf"\b({_EN_CLOCK}\s(?:today|tonight|tomorrow))\b", "by {}"),
    (rf"\b(?:by|due|due at|due on|due by|until)\s({_EN_CLOCK}|{_EN_DAY})", "by {}"),
    (
        rf"\b(?:must|need\w*|ha(?:ve|s) to|is to|submit|send|upload|finish)\b[^.?!]{{0,40}}"
        rf"\bbefore\s({_EN_CLOCK}|{_EN_DAY})",
        "by {}",
    ),
    (rf"\b{_EN_TURNS}\s{_EN_WORDS}{{0,4}}?(?:on\s|at\s)?({_EN_CLOCK}|{_EN_DAY})\b", "by {}"),
    (rf"\b{_EN_EVENT}(?:['’]s)?\s(?:is\s)?{_EN_WORDS}{{0,3}}?(?:on\s|at\s)?({_EN_DAY})\b", "by {}"),
)
_EN_STORY = re.compile(
    r"\b(?:was|were|went|had|did|didn't|said|got|came|felt|ran|made"
    r"|(?<!'m )(?<!am )(?<!get )lost|took|gave|saw|ago|yesterday|every|each|always"
    r"|usually|again|dead|ruins?|last|since|used to|today is|today's)\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"'[^'\n]{2,60}'|\"[^\"\n]{2,60}\"|“[^”\n]{2,60}”|‘[^’\n]{2,60}’")
_SENTENCE = re.compile(r"[^.!?\n…]+(?:(?<=[ap])\.m\.|[.!?…](?!\s|$)[^.!?\n…]*)*[.!?…]*")


def deadline_of(message: str, language: Language) -> Deadline | None:
    """Return the first time ahead that the message is bound to."""
    # What others are quoted as saying binds nobody; an English apostrophe would look like a quotation mark.
    plain = _SPOKEN.sub(lambda match: " " * len(match[0]), message) if language == "ko" else message
    times_in = _korean_times if language == "ko" else _english_times
    for sentence in _SENTENCE.finditer(plain):
        for match, phrase in times_in(sentence[0]):
            start = sentence.start()
            return Deadline(phrase.format(_plain(match[1], language)), start + match.start(1), start + match.end(1))
    return None


def _korean_times(sentence: str) -> Iterator[tuple[re.Match[str], str]]:
    for pattern, phrase in _KO_STATED:
        match = pattern.search(sentence)
        if match is not None and _KO_STORY.search(sentence[: match.start()]) is None:
            yield match, phrase
    for pattern, phrase in _KO_DONE:
        match = pattern.search(sentence)
        if match is not None and _KO_STORY.search(sentence) is None and not _is_told(sentence[match.end() :]):
            yield match, phrase


def _english_times(sentence: str) -> Iterator[tuple[re.Match[str], str]]:
    for pattern, phrase in _EN:
        match = pattern.search(sentence)
        if match is not None and _EN_STORY.search(sentence) is None:
            yield match, phrase


def _is_told(rest: str) -> bool:
    """Tell whether a Korean sentence goes on in the past tense, other than to say what was decided for the future."""
    return any(_is_past(form[0]) for form in _KO_VERB_END.finditer(rest)) and _KO_PLAN.search(rest) is None


def _is_past(word: str) -> bool:
    """Tell whether a Korean verb is in the past tense: 했다, 갔어요; but not 있다 or 하겠다."""
    return any(
        "가" <= char <= "힣" and (ord(char) - ord("가")) % _FINALS == _SS and char not in _NO_PAST for char in word
    )


def _plain(text: str, language: Language) -> str:
    words = " ".join(text.split())
    if language == "ko":
        return words
    return re.sub(rf"\b{_EN_WEEKDAY}\b", lambda match: match[0].capitalize(), words.lower())
