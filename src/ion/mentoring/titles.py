"""What a conversation is called: by its first message that says something, until the mentee gives it a name."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ion.errors import Invalid
from ion.language import Language, language_of

# A title is as wide as 40 Latin letters or 24 Hangul, which is what a list has room for.
_NARROW, _WIDE, _WIDEST = 3, 5, 120
_SHORTEST = 45
_FEWEST_LETTERS = 2
_LONGEST_NAME = 80
# People begin a long paste with what it is about.
_READ_CHARS = 4_000
# Says nothing of what was said: whoever looks over a shoulder must not learn of a crisis, so others have it too.
UNTITLED: Mapping[Language, str] = MappingProxyType({"ko": "나눈 이야기", "en": "A conversation"})

_BLOCKS = re.compile(r"(```|~~~).*?(?:\1|\Z)", re.DOTALL)
_LINKS = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)|(?<=\])\([^)\n]{0,500}\)")
_ADDRESSES = re.compile(r"(?:https?://|www\.)[^\s>)]+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}", re.IGNORECASE)
_TAGS = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
_CODE_LINE = re.compile(r"^(?: {4,}|\t).*|^Traceback \(.*|^.*[{};]\s*$", re.MULTILINE)
_LINE_MARKS = re.compile(r"^\s*(?:(?:>|#{1,6}(?=\s)|[-*+•](?=\s)|\d{1,2}[.)](?=\s))\s*)+", re.MULTILINE)
_MARKS = re.compile(r"[*`|\[\]{}<>\\]|(?<!\d)~|~(?!\d)|(?<!\w)_+|_+(?!\w)")
_WORD = re.compile(r"\w")
# The space in front of a mark, where an address stood.
_LEFT_BEHIND = re.compile(r"\s+(?=[,.:;!?])")
_SENTENCE_END = re.compile(r"(?<=[.!?。？！…])\s+|\n+")
# What may stand at either end; laughter and tears are no words.
_EDGES = re.compile(r"^(?:[^\w($€£]|[ㅋㅎㅠㅜㅡ])+|(?:[^\w)%+#\u0300-\u036f]|[ㅋㅎㅠㅜㅡ])+$")
_ROLE_KO = (
    r"개발자|디자이너|학생|준비생|취준생|직장인|회사원|기획자|엔지니어|마케터|간호사|교사|연구원|신입|주니어|시니어"
    r"|매니저|팀장|년\s?차|살|학년|전공|공무원|인턴|PM|사람"
)
_ROLE_EN = (
    r"developer|engineer|designer|student|manager|nurse|teacher|researcher|analyst|freshman|sophomore|junior|senior"
    r"|graduate|intern|pm|founder|writer|lead|parent|dev"
)
# In front of what a message is about; each of them is left out wherever something follows.
_COURTESIES: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"(?:안녕(?:하세요|하십니까|하신가요)?(?:\s?(?:루아|엘로|리리|나나)야?)?|하이|헬로|반가워요?|반갑습니다|처음\s?뵙겠습니다|좋은\s?(?:아침|저녁|밤)(?:이에요|입니다)?"
        r"|수고\s?(?:하십니다|많으십니다|하세요|많으세요)|(?:멘토|선생|루아|엘로|리리|나나|lua|elro|riri|nana)님"
        r"|(?:(?:정말|너무|진짜|늘|항상|미리|답변|조언|네|넵|아|오|와)[\s,!]*)*"
        r"(?:감사(?:합니다|해요|드려요|드립니다)|고맙습니다|고마워요?|땡큐|ㄱㅅ|도움이?\s?(?:많이\s?)?(?:됐|되었)(?:어요|습니다))"
        r"|네|넵|예|응|그렇군요|알겠(?:습니다|어요)|좋아요|오케이|ㅇㅋ"
        r"|(?:(?:질문|고민|상담|부탁)(?:이|할\s?게|드릴\s?게|하나)?\s?(?:하나\s?)?(?:있어요|있습니다|있는데요|드려요|드립니다|드릴게요))"
        r"|(?:좀\s?)?도와\s?(?:주세요|주실\s?수\s?있나요|줘))(?![가-힣])[^\w]*",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day))"
        r"(?: (?:there|all|everyone|mentors?|ion|lua|elro|riri|nana))*(?![\w'’-])"
        r"|(?:(?:many |big )?(?:thanks|thank you|thx|cheers|ta)(?: so much| a lot| very much| again| in advance)*"
        r"(?: for [^.!?,\n]{1,40})?|ok(?:ay)?|yes|yeah|sure|great|cool|perfect|got it|sounds good|well"
        r"|(?:a )?quick question|i have a (?:quick )?question|i need (?:some |your )?(?:help|advice)"
        r"|help|please help(?: me)?|(?:can|could) (?:you|someone|anyone) (?:please )?help(?: me)?)"
        r"(?=\s*[.!,:;?—–-]|\s*$))[^\w]*",
        re.IGNORECASE,
    ),
}
_INTRODUCTIONS: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"(?:저는|전|나는|제\s?이름은)\s(?:[가-힣]{2,4}(?:입니다|이에요|예요)|[^.!?,\n]{1,30}?이?라고\s?(?:합니다|해요|하는데요)"
        rf"|[^.!?,\n]{{0,30}}?(?:{_ROLE_KO})(?:\s[가-힣]{{2,4}})?(?:입니다|이에요|예요|인데요?|이고요?|이구요))(?![가-힣])[^\w]*"
    ),
    "en": re.compile(
        r"(?:my name(?:['’]s| is) [^.!?,\n]{1,30}?(?=\s*[.,;—–]|\s+and\s|$)"
        r"|i(?:['’]m| am) (?-i:[A-Z][a-z]+)(?: from [^.!?,\n]{1,30})?(?=\s*[.,;—–]|\s+and\s|$)"
        rf"|i(?:['’]m| am) (?:an?\s)[^.!?,\n]{{0,40}}?\b(?:{_ROLE_EN})\b[^.!?,\n]{{0,25}}?(?=\s*[.,;—–]|\s+and\s|$))"
        r"[^\w]*(?:and\s)?",
        re.IGNORECASE,
    ),
}
_CLAUSE_END = re.compile(
    r"(?<=[,;:)—–])\s|\s(?=[(—–])"
    r"|(?<=[는인은던한운]데)\s|(?<=(?:는데|인데)요)\s|(?<=지만)\s|(?<=니까)\s|(?<=면서)\s|(?<=거든)\s|(?<=거든요)\s"
    r"|(?<=[아어해라워려와가봐돼져]서)\s|(?<=려고)\s|(?<=다가)\s"
    r"|\s(?=(?:and|but|because|so|while|which|who|when|if|although|though|since|after|before|until|where|or)\s)",
    re.IGNORECASE,
)
_LEFT_HANGING = re.compile(
    r"\s+(?:and|but|so|because|or|that|which|to|the|a|an|of|in|on|for|with|is|are|was|i|my|our|at|by|from|as|if|than|no)$",
    re.IGNORECASE,
)
# Characters that turn or hide what stands beside them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


class BadTitle(Invalid):
    """A conversation cannot be called this."""

    code = "bad_title"


def title_of(message: str, *, crisis: str | None = None) -> str:
    """Return a title from what a message says; `crisis` is why it was answered with help lines, None where not."""
    language = language_of(message)
    return UNTITLED[language] if crisis is not None else _first_said(message, language) or UNTITLED[language]


def title_after(kept: str, title: str) -> str:
    """Return the title of a conversation that was called `kept` when a message comes that would title it `title`."""
    return title if not kept or kept in UNTITLED.values() else kept


def name_of(text: str) -> str:
    """Return a title as a mentee gives it, trimmed.

    Raises:
        BadTitle: it is empty, over 80 characters, or has control characters in it.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not any(unicodedata.category(char)[0] not in "ZC" for char in name):
        raise BadTitle("A title needs at least one character that can be seen.", field="title")
    if len(name) > _LONGEST_NAME:
        raise BadTitle(f"A title has at most {_LONGEST_NAME} characters.", field="title")
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in _TURNING for char in name):
        raise BadTitle("A title cannot have control characters in it, such as a new line.", field="title")
    return name


def _sentences(message: str) -> Iterator[str]:
    """Yield the sentences of a message without its markup, addresses and code."""
    text = _BLOCKS.sub("\n", message[:_READ_CHARS])
    text = _TAGS.sub(" ", _ADDRESSES.sub(" ", _LINKS.sub(" ", text)))
    text = _MARKS.sub("", _LINE_MARKS.sub("", _CODE_LINE.sub("", text)))
    for sentence in _SENTENCE_END.split(text):
        if sentence.strip():
            yield _LEFT_BEHIND.sub("", " ".join(sentence.split()))


def _first_said(message: str, language: Language) -> str:
    """Return how a message comes to its matter; nothing where it only greets, thanks or has no words."""
    introduced = title = ""
    for sentence in _sentences(message):
        said = _without_courtesies(sentence, language)
        introduction = _INTRODUCTIONS[language].match(said)
        if introduction is not None:
            introduced = introduced or _EDGES.sub("", said)
            said = _without_courtesies(said[introduction.end() :], language)
        if len(_WORD.findall(said)) < _FEWEST_LETTERS:
            continue
        # "3 devs. 210 points." says little before its second sentence.
        title = f"{title}, {said}" if title else said
        if _width(title) > _SHORTEST:
            break
    return _cut(title or introduced)


def _without_courtesies(sentence: str, language: Language) -> str:
    said = _EDGES.sub("", sentence)
    while (courtesy := _COURTESIES[language].match(said)) is not None:
        said = _EDGES.sub("", said[courtesy.end() :])
    return said


def _cut(text: str) -> str:
    """Return as much of the text as a title holds, best up to where a clause ends, else up to a word."""
    room = _room(text)
    if room == len(text):
        return text
    clauses = [
        end.start() for end in _CLAUSE_END.finditer(text, 0, room + 1) if _width(text[: end.start()]) > _SHORTEST
    ]
    words = [end.start() for end in re.finditer(r"\s", text[: room + 1])]
    title = text[: max(clauses or words, default=room)]
    previous = None
    while previous != title:
        previous, title = title, _LEFT_HANGING.sub("", _EDGES.sub("", title))
    return title


def _room(text: str) -> int:
    """Return how many characters of the text a title has room for; no letter is parted from its accents."""
    width = 0
    for place, char in enumerate(text):
        width += _width(char)
        if width > _WIDEST:
            while place and unicodedata.combining(text[place]):
                place -= 1
            return place
    return len(text)


def _width(text: str) -> int:
    return sum(
        _WIDE if unicodedata.east_asian_width(char) in "WF" else _NARROW
        for char in text
        if not unicodedata.combining(char)
    )
