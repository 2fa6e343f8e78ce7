"""Find in a message the words worth taking up: a clause to quote, the question asked, the figures, the time left."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ion.language import Language
from ion.playbooks.deadlines import deadline_of
from ion.playbooks.quoting import quotations_of

_START = r"(?<![\w.,:/-])"
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMBER = {
    # A particle may follow the unit, another noun may not: 3주 동안, 3주가, but not 3주차 or 3분기.
    "ko": re.compile(
        rf"{_START}(?!0)(?:{_DIGITS}\s?[~-]\s?)?(?:{_DIGITS}\s?(?:%포인트|%|퍼센트|프로)|"
        rf"{_DIGITS}(?:\s?[백천만억](?:\s?\d[\d,]*[백천만])?)?\s?(?:개월|시간|페이지|명|개|번|점|분|일|주|달|원|건|배|쪽|회|줄|초|kg|km|cm|GB|MB|ms)"
        rf"(?=$|\W|[가은는을를의도만까으로씩쯤정인이밖뿐나라고였마간동중전째])|(?<!\d)[1-4]?\d\s?년(?=$|\W|[이을은간동전째])|{_DIGITS}\s?[만억](?:\s?\d[\d,]*[백천만])?(?=$|\W|이))"
    ),
    # A figure says something with its unit, or with what it counts: 210 points, 4,000 lines.
    "en": re.compile(
        rf"{_START}(?!0|(?:19|20)\d\d\s)(?:[$£€]{_DIGITS}(?:\s?[km]\b)?|(?:{_DIGITS}\s?(?:-|–|to)\s?)?{_DIGITS}\s?(?:%|per ?cent\b|(?:k|m|km|cm|mm|kg|gb|mb|ms)\b"
        r"|(?:people|hrs?|mins?|yrs?)\b|(?!(?:was|has|does|its|this|yes|plus|minus|versus|less|across|perhaps|always|afterwards)\b)[a-z]{2,}s\b))"
    ),
}
# Days of a month, minutes of a clock time and numbered things are no figures of the matter.
_ORDINAL = re.compile(r"(?:월\s?\d+\s?일|시\s?\d+\s?분|제\s?\d+\s?\w|\d+\s?번째|\d+일에)$")

# "Reviewer 2 wants", "Room 3 leaks": the number belongs to a name, and what follows is no unit.
_NAMED = re.compile(
    r"\b(?:reviewer|room|unit|group|team|table|gate|platform|phase|stage|step|level|version|part|chapter|page|section"
    r"|figure|question|item|line|grade|year|week|day|round|lane|track|bus|route|type|plan|option)\s$",
    re.IGNORECASE,
)
_TIME_AGAIN = 0.3
# People begin a long paste with what it is about.
_READ_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Hooks:
    """The mentee's own words that a reply can take up; None where the message has none."""

    quote: str | None = None
    question: str | None = None
    numbers: str | None = None
    deadline: str | None = None


NO_HOOKS = Hooks()


def hooks_of(message: str, language: Language, relevance: Callable[[str], float]) -> Hooks:
    """Return the hooks of a message; `relevance` tells how much a clause is about the topic."""
    message = message[:_READ_CHARS]
    deadline = deadline_of(message, language)
    if deadline is None:
        words = quotations_of(message, language, relevance)
        return Hooks(words.statement, words.question, _numbers(message, language), None)
    # The time that is left is said once: neither as a figure nor, if there is anything else, in the quotation.
    time = message[deadline.start : deadline.end]
    words = quotations_of(message, language, lambda clause: relevance(clause) - _TIME_AGAIN * (time in clause))
    rest = f"{message[: deadline.start]} {message[deadline.end :]}"
    return Hooks(words.statement, words.question, _numbers(rest, language), deadline.phrase)


def _numbers(message: str, language: Language) -> str | None:
    """Return up to three of the figures given, as written; a bare number says too little."""
    found: list[str] = []
    for match in _NUMBER[language].finditer(message):
        figure = " ".join(match[0].split())
        around = (message[: match.end()], message[: match.end() + 1])
        if (
            figure not in found
            and not any(map(_ORDINAL.search, around))
            and not _NAMED.search(message[: match.start()])
        ):
            found.append(figure)
    return ", ".join(found[:3]) or None
