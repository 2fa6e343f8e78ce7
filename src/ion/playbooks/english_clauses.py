"""Where an English sentence comes apart, and what of it is a request or a question."""

import re
from collections.abc import Iterator

from ion.playbooks.clauses import Piece, cleaned

# Words in a whole sentence and in a part of one.
FEWEST, FEWEST_OF_PIECE, MOST = 3, 5, 11
# So many words hold a verb, known or not.
_SURELY_A_CLAUSE = 6
_LONG_QUESTION = 7

# Asking for help, greeting and thanking say nothing about the matter.
_REQUEST = re.compile(
    r"\b(?:hello|hi|hey|thanks?|thank you|please|pls|plz|sorry|[cw]ould (?:you|somebody|someone|anyone|anybody)"
    r"|could we|can (?:you|we|somebody|someone)|would (?:be grateful|welcome)|be grateful"
    r"|(?:help|tell|give|show|walk|talk) (?:me|us)"
    r"|i(?:'d| would) (?:just )?(?:like|love)"
    r" (?:to (?:know|hear|read|understand|learn)|you\w*|somebody|someone|another|a second)"
    r"|i want (?:to (?:know|learn|understand)|you)|let me know|need to know"
    r"|(?:content|happy|glad|keen) to (?:hear|know|understand|learn)|should like|you'd|you would"
    r"|interested in how you|any (?:tips|ideas|advice|thoughts)"
    r"|make sense of|mind (?:\w+ing|if))\b"
    r"|^(?:dear|explain|confirm|help|show|tell|give|walk|check|judge|draft|split|say|read|teach|pick|choose|take me"
    r"|need|someone|somebody|go on|agree)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:what|where|how|which) (?:do|should|can|would|could|on earth|now|next)\b|\bshould (?:i|we)\b|\bwhat now\b"
    r"|\bis (?:that|this|it) (?:ok|okay|right|fine)\b|^(?:is|are|am|do|does|did|right|correct|or)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?<=[,;:])\s+|\s*[—–]\s*|\s+-\s+|\s*[()]\s*|\.{2,}\s*|…\s*|\s+(?=(?:and|but|because|although|though|so|while|whereas"
    r"|which|who|where|when|before|after|if|until|unless|since)\s)",
    re.IGNORECASE,
)
_SOFT_CUT = re.compile(
    r"\s+(?=(?:to|in|on|at|from|with|for|about|by|into|over|without|like|that|than|as)\s)", re.IGNORECASE
)
_QUESTION = re.compile(
    r"^(?:so |and |but |or )?(?:what|how|why|(?:where|when|who|which)\s(?:do|does|did|is|are|was|were|will|can|should)"
    r"|(?:is|are|do|does|did|can|could|should|would|will|am|may)\s(?:i|you|we|it|he|she|they|this|that|these|there|the"
    r"|a|an|my|our|your|anyone|anybody|somebody|someone))\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?:i|we|my|our|the|nobody|everyone|everybody|there|people|a|an|no)\b", re.IGNORECASE)
# A clause that leans on another one, or on something said before it.
_LEANING = re.compile(
    r"(?:of|in|on|at|by|from|with|for|after|before|when|while|if|although|though|since|as|given|having|being|because"
    r"|to|than|like|until|unless|whether|such|without|except|it|its|it's|they|they're|he|she|that|that's|this|these"
    r"|those|them|which|who|where|not|same|both|another|other|all|some|either|between|during|or)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|been|have|has|had|do|does|did|can|cannot|could|will|would|must|may|might|\w+n['’]t"
    r"|got|went|came|made|took|felt|said|told|gave|kept|lost|left|sat|met|put|\w{2,}ed|\w+['’](?:m|re|ve|s|d|ll)"
    r"|(?:i|we|you|he|she|they|nobody|everyone|everybody|people)\s+(?:\w+ly\s+|never\s+|just\s+)?[a-z]{2,}"
    r"|(?:come|go|look|know|think|work|run|keep|feel|say|want|need|get|make|take|give|find|see|seem|start|stop|break|drop"
    r"|lose|read|write|learn|teach|use|try|ask|tell|talk|live|pay|cost|hold|move|turn|leave|stand|sleep|fail|help)s?)\b",
    re.IGNORECASE,
)
_SEAM = re.compile(
    r"^(?:and|but|so|because|or|then|well|ok|okay|also|just|basically|honestly|anyway|jk)[\s:,]+", re.IGNORECASE
)
_SEAM_AT_END = re.compile(
    r"\s+(?:and|but|so|because|or|that|which|to|the|a|an|of|in|on|for|with|is|are|was|i|my|at|by|from|as|if|than|now|who)$",
    re.IGNORECASE,
)


def pieces(sentence: str) -> Iterator[Piece]:
    """Yield the sentence, or as much of its beginning as fits, and the clauses after that which have a subject."""
    whole = cleaned(sentence, _SEAM)
    if len(whole.split()) <= MOST:
        yield Piece(whole, whole=True, finished=True, first=True)
    cuts = [cut for cut in _CUT.finditer(sentence) if cut.start() > 0]
    beginning = 0 if _LEANING.match(whole) else _beginning(sentence, [cut.start() for cut in cuts])
    if beginning:
        yield Piece(_ended(sentence, 0, beginning), first=True)
    yield from _clauses(sentence, cuts, beginning)


def _clauses(sentence: str, cuts: list[re.Match[str]], beginning: int) -> Iterator[Piece]:
    """Yield the clauses after `beginning` that have a subject and a verb."""
    ends = [*(cut.start() for cut in cuts), len(sentence)][1:]
    for cut, end in zip(cuts, ends, strict=True):
        clause = _SEAM.sub("", sentence[cut.end() : end])
        stands = _SUBJECT.match(clause) and _VERB.search(clause)
        if stands and cut.end() > beginning and len(clause.split()) <= MOST:
            yield Piece(_ended(sentence, cut.end(), end), finished=end == len(sentence))


def _beginning(sentence: str, places: list[int]) -> int:
    """Return where to end a sentence that is too long, best where a clause is over; 0 where nothing fits."""
    soft = [cut.start() for cut in _SOFT_CUT.finditer(sentence)]
    closing = [place for place in places if _closes(sentence, place)]
    place = _longest(sentence, closing) or _longest(sentence, [*places, *soft])
    text = sentence[:place]
    return place if _VERB.search(text) or len(text.split()) >= _SURELY_A_CLAUSE else 0


def _longest(sentence: str, places: list[int]) -> int:
    """Return the last place with few enough words before it to be read over and enough to be recognised; else 0."""
    fitting = (place for place in places if FEWEST_OF_PIECE <= len(sentence[:place].split()) <= MOST)
    return max(fitting, default=0)


def _closes(sentence: str, place: int) -> bool:
    """Tell whether a clause is over at `place`, rather than broken off."""
    return sentence[:place].rstrip()[-1:] in ",;:)" or sentence[place:].lstrip()[:1] in "—–-(."


def _ended(sentence: str, start: int, end: int) -> str:
    """Return a part of the sentence, with an ellipsis where it breaks off."""
    text = cleaned(sentence[start:end], _SEAM)
    if end == len(sentence) or _closes(sentence, end):
        return text
    previous = None
    while previous != text:
        previous, text = text, _SEAM_AT_END.sub("", text)
    return f"{text}…"


def is_question(sentence: str) -> bool:
    """Tell whether a sentence without a question mark asks something."""
    return _QUESTION.match(sentence) is not None


def carries_question(piece: Piece) -> bool:
    """Tell whether the question of its sentence lies in this piece."""
    return piece.finished or _QUESTION.match(piece.text) is not None


def is_beside_the_matter(piece: Piece) -> bool:
    """Tell whether a piece asks for help, or asks so shortly that it says nothing of the matter."""
    if _REQUEST.search(piece.text):
        return True
    return piece.asks and len(piece.text.split()) < _LONG_QUESTION and _ASKING.search(piece.text) is not None


def worth(text: str) -> float:
    """Return how well a text reads on its own; one that leans on something said elsewhere reads badly."""
    return 0.2 * bool(_VERB.search(text)) - 0.35 * bool(_LEANING.match(text))
