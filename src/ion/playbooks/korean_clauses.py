"""Where a Korean sentence comes apart, and what of it is a request or a question."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ion.playbooks.clauses import Piece, cleaned

# Words in a whole sentence, in a clause, in the end of a sentence; a word is what stands between spaces.
FEWEST, FEWEST_OF_PIECE, MOST = 2, 3, 8
_FEWEST_OF_TAIL = 4

# Asking for help, greeting and thanking say nothing about the matter.
_REQUEST = re.compile(
    r"안녕|감사|고마|민망|부탁|요청드|청합니다|죄송|조언|멘토님|수\s?있을까|여쭤|여쭙|도움|말해\s?봐|뭐라고|\s좀$"
    r"|주(?:세요|시면|시길|시기|실\s?수|실래|실까|십시|셨으면|시겠|이소|소$|라$)"
    r"|(?:알려|도와|설명해|말씀해|봐|골라|가르쳐|잡아|짜|찍어|대답해|해|들려|따져|살펴|정리해|일러)\s?"
    r"(?:줘|줄래|달라|다오|주라|주면|주길|주기를)"
    r"|(?:듣|알|배우|묻|상의하|의논하|이해하|확인하|확인받|물어보)고\s?싶"
    r"|(?:뭐|뭘|머|무엇|어디|어데|어느\s?것)(?:을|서|를)?\s?부터|어떡|어쩌|어쩔|어찌|우짜|[어우]떻게\s?(?:해|하[면는죠나]|할)"
    r"|뭐\s?(?:해|하죠|하지)|무엇을\s?해야|바랍니다$|바란다$|바라요$|궁금(?:합니다|해요|하네요)?$"
)
_CONNECTIVE = re.compile(
    r"(?:[는은인던한큰른운쁜픈]데|(?<![인는은을할될])지만|으나|[으하이되]며|니까|[으하되이라보더나가오주]니|면서|려고|는지|을지"
    r"|[아어해라워져려와가봐돼여혀켜겨쳐셔춰둬줘써커꺼]서|거든|다가|길래|도록"
    r"|(?:이라|다|려|으|하|되|가|오|보|지|리|키|나|서|내|주)면"
    r"|(?<!최)(?<!광)(?<!사)(?<!참)(?<!재)(?<!창)(?<!보)(?<!그리)(?<![라다자냐])고|,|…)$"
)
# "않았으면 하는", "하려고 해요": the clause is not over yet.
_GOES_ON = re.compile(
    r"하[는고다려]|한다|해[요서]?$|했|합니다|싶|좋[겠을]|돼|됩|어떨|생각|있|없|안\s?돼|나[왔오니서면]|[왔갔]"
)
# Half of a condition or a purpose says little without its other half.
_HALF = re.compile(r"(?:면|려고|도록|는지|을지|거든|고|,)…?$")
_PHRASE = re.compile(r"(?:은|는|이|가|을|를|에|에서|에게|로|와|과|도|까지|부터)$")
_QUESTION = re.compile(
    r"(?:나요|까요?|[은는인던한큰건간온된운린른난]가요|니까|는지요?|[느으하되]냐|심꺼|니꺼)$"
    r"|(?:^|\s)(?:왜|뭐|뭘|무엇|무슨|누가|누구|언제|어디|어느|어떤|얼마|몇)\S*\s.*(?:죠|지|노|나|냐|래)$"
)
_INTERROGATIVE = re.compile(r"(?:^|(?<=\s))(?:왜|무엇|뭐가|뭘|무슨|누가|언제|어디|어느|어떻게|어떤|얼마)")
_WHETHER = re.compile(r"[가-힣]지(?:를|가|는|도)?,?$")
_ENDING = re.compile(r"(?:다|요|죠|네|군|음|임|함|됨|지|까|야|어|아|래|예)…?$")
_SEAM = re.compile(
    r"^(?:그런데|근데|그래서|따라서|그리고|하지만|그러나|그럼|그란데|아니|암튼|아무튼|사실)[\s,]+"
    r"|^(?:예|네|넵|음|아|어|와|엥|참)[,.!…]+\s*|['‘’]"
)


def pieces(sentence: str) -> Iterator[Piece]:
    """Yield the sentence, or its last clauses, which say what it is about, and the clauses before them."""
    words = sentence.split()
    breaks_off = "…" if sentence.rstrip().endswith(("…", "..")) else ""
    if len(words) <= MOST:
        yield Piece(_clean(words) + breaks_off, whole=True, finished=True)
    places = range(1, len(words))
    seams = [place for place in places if _CONNECTIVE.search(words[place - 1]) and not _GOES_ON.match(words[place])]
    if len(words) > MOST:
        yield from _tails(words, seams, breaks_off)
    yield from _embedded_questions(words, [0, *seams])
    for start, end in pairwise([0, *seams]):
        if end - start <= MOST:
            yield Piece(_clean(words[start:end]) + "…")


def _tails(words: list[str], seams: list[int], breaks_off: str) -> Iterator[Piece]:
    """Yield the end of a long sentence, from a clause where one begins there, else from a phrase."""
    seam = next((seam for seam in seams if len(words) - seam <= MOST), len(words))
    if len(words) - seam >= _FEWEST_OF_TAIL:
        yield Piece(_clean(words[seam:]) + breaks_off, finished=True)
        return
    starts = range(len(words) - MOST, len(words) - _FEWEST_OF_TAIL + 1)
    phrase = next((start for start in starts if _PHRASE.search(words[start - 1])), None)
    if phrase is not None:
        yield Piece("…" + _clean(words[phrase:]) + breaks_off, finished=True)


def _embedded_questions(words: list[str], starts: list[int]) -> Iterator[Piece]:
    """Yield what a mentee wants to know without asking it: "왜 그런지 알고 싶어요"."""
    for asked in (place for place, word in enumerate(words) if _INTERROGATIVE.match(word)):
        end = next((end + 1 for end in range(asked + 1, len(words)) if _WHETHER.search(words[end])), None)
        start = None if end is None else next((start for start in starts if end - MOST <= start <= asked), None)
        if start is not None:
            yield Piece(re.sub(r"(?<=지)(?:를|가|는|도)$", "", _clean(words[start:end])), asks=True)


def is_question(sentence: str) -> bool:
    """Tell whether a sentence without a question mark asks something."""
    return _QUESTION.search(sentence.rstrip(".!… ")) is not None


def carries_question(piece: Piece) -> bool:
    """Tell whether the question of its sentence lies in this piece: it comes last."""
    return piece.finished and not piece.text.endswith("네요")


def is_beside_the_matter(piece: Piece) -> bool:
    """Tell whether a piece asks for help, is half a question, or a noun with a question mark that points elsewhere."""
    half_asked = not piece.asks and _QUESTION.search(piece.text.rstrip("…"))
    if half_asked or _REQUEST.search(piece.text):
        return True
    return piece.asks and not any(ask.search(piece.text) for ask in (_ENDING, _QUESTION, _INTERROGATIVE))


def worth(text: str) -> float:
    """Return how well a text reads on its own; a clause that has come to its end is better."""
    return 0.15 * bool(_ENDING.search(text)) - 0.25 * bool(_HALF.search(text))


def _clean(words: list[str]) -> str:
    return cleaned(" ".join(words), _SEAM)
