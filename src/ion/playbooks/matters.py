"""The separate matters of a message: what several mentors could share among them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ion.language import Language
from ion.playbooks.finder import TopicFinder
from ion.playbooks.quoting import clauses_of
from ion.resonance import ResonanceKey

MOST_MATTERS = 3
# Chosen on messages that were written for it and on held-out ones of one matter each, of which one in thirty is taken
# for several: above this probability the message is about its first topic and no other.
_ONE_TOPIC = 0.5
# How clearly a clause has to name its topic, and how faintly the whole message may.
_BY_CLAUSE, _BY_MESSAGE = 0.5, 0.03
# The same where the mentee counts or adds: that there are several matters is said, and less tells which.
_ONE_COUNTED_TOPIC = 0.85
_BY_COUNTED_CLAUSE, _BY_COUNTED_MESSAGE = 0.35, 0.01
_COUNTS: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(r"(?:^|[.?!\s])(?:그리고|또|게다가|거기에다?가?|한편|둘째로?|2[.)]|또 하나)[\s,]"),
    "en": re.compile(
        r"\b(?:also|separately|besides|on top of (?:that|it)|secondly|another thing)\b|(?:^|\s)2[.)]\s", re.IGNORECASE
    ),
}
# How one asks is no matter of its own beside what one asks about.
_WAYS_TO_ASK = frozenset(
    (
        "checking-before-sending",
        "choosing-between",
        "good-news",
        "looking-back",
        "prioritising",
        "understanding-concept",
        "wondering",
    )
)
_NUMBERED = re.compile(r"(?:^|(?<=\s))\d{1,2}[.)]\s+")
_FEWEST_WORDS: Mapping[Language, int] = {"ko": 2, "en": 3}
# People begin a long paste with what it is about.
_READ_CHARS, _MOST_CLAUSES = 4_000, 40


@dataclass(frozen=True, slots=True)
class Matter:
    """A topic and the clause that names it; `words` is what of it can be quoted, None where nothing can."""

    topic: str
    clause: str
    words: str | None
    confidence: float


def matters_of(finder: TopicFinder, message: str, language: Language, key: ResonanceKey) -> tuple[Matter, ...]:
    """Return the matters of a message in the order they come, at most MOST_MATTERS; none where it has only one."""
    message = message[:_READ_CHARS]
    shares = finder.leant(finder.probabilities(message), key)
    counts = _COUNTS[language].search(message) is not None
    if shares.max() >= (_ONE_COUNTED_TOPIC if counts else _ONE_TOPIC):
        return ()
    by_message = dict(zip(finder.slugs, shares.tolist(), strict=True))
    found: dict[str, Matter] = {}
    for matter in _named(finder, message, language, by_message, counts=counts):
        before = found.get(matter.topic)
        found[matter.topic] = matter if before is None else _better(before, matter)
    apart = _apart(list(found.values()))
    in_order = tuple(sorted(apart, key=lambda matter: message.find(matter.clause.strip("…"))))
    return in_order if len(in_order) > 1 else ()


def readable_clauses(message: str, language: Language) -> Iterator[tuple[str, bool]]:
    """Yield the clauses that are long enough to say something, with whether each can be quoted."""
    clauses = clauses_of(_NUMBERED.sub("", message[:_READ_CHARS]), language)
    return islice((pair for pair in clauses if _says_something(pair[0], language)), _MOST_CLAUSES)


def _says_something(clause: str, language: Language) -> bool:
    """Tell whether a clause is long enough, and not cut short as an English one with an ellipsis is."""
    return len(clause.split()) >= _FEWEST_WORDS[language] and (language == "ko" or not clause.endswith("…"))


def _named(
    finder: TopicFinder, message: str, language: Language, by_message: Mapping[str, float], *, counts: bool
) -> Iterator[Matter]:
    by_clause, least = (_BY_COUNTED_CLAUSE, _BY_COUNTED_MESSAGE) if counts else (_BY_CLAUSE, _BY_MESSAGE)
    for clause, quotable in readable_clauses(message, language):
        found = finder.find(clause)
        if found is None or found.slug in _WAYS_TO_ASK:
            continue
        if found.confidence >= by_clause and by_message[found.slug] >= least:
            yield Matter(found.slug, clause, clause if quotable else None, found.confidence)


def _better(one: Matter, other: Matter) -> Matter:
    """Return the clause that names the topic more clearly, with words to quote from either."""
    surer, weaker = (one, other) if one.confidence >= other.confidence else (other, one)
    return replace(surer, words=surer.words or weaker.words)


def _apart(matters: Sequence[Matter]) -> Sequence[Matter]:
    """Return the clearest matters that do not stand in one and the same clause."""
    kept: list[Matter] = []
    for matter in sorted(matters, key=lambda matter: -matter.confidence):
        if not any(_overlap(matter.clause, other.clause) for other in kept):
            kept.append(matter)
    return kept[:MOST_MATTERS]


def _overlap(one: str, other: str) -> bool:
    one, other = one.strip("…"), other.strip("…")
    return one in other or other in one
