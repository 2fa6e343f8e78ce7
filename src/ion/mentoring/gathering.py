"""Decide whether one mentor answers a message or several, and which part each of them takes; pure functions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations

from ion.language import Language
from ion.resonance import Intent
from ion.routing import Choice

MOST_MENTORS = 4
# Who asks for several views without naming anyone gets so many.
_VIEWS = 3
# How near the runner-up has to be, in points of routing, before a message can be said to suit both; and how clearly a
# part of it has to prefer one of them to the other. Mentors who suit much the same seldom differ by so much.
_NEAR, _CLEARLY = 0.1, 0.1
# Beyond so many the next best could not be worth the wait.
_POOL = 6
_ASKS_FOR_VIEWS: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"(?:여러|다양한|각기 다른|서로 다른|각자의?)\s?(?:멘토님?(?:들|의)?\s?)?(?:관점|시각|의견|생각|각도|입장)"
        r"(?:에서|으로|을|를|이|도)?[^.?!]{0,12}(?:듣|들려|들어|말씀|알려|봐|보고|부탁|궁금|조언)"
        r"|멘토(?:님)?들(?:이라면|은|께서|께|의 (?:생각|의견))|(?:멘토|멘토님) (?:두|세|네|여러) ?(?:분|명)"
    ),
    "en": re.compile(
        r"\b(?:hear|get|want|like|love|look|see|view|give|need|appreciate)\b[^.?!]{0,40}"
        r"\b(?:different|several|multiple|various|more than one|all|both)\s+"
        r"(?:angles?|perspectives?|points? of view|views?|opinions?|viewpoints?|mentors)\b"
        r"|\bwhat would (?:each|all) of you\b|\b(?:each|all|both) of you (?:think|say|see|do|suggest|advise)\b",
        re.IGNORECASE,
    ),
}


class Ground(StrEnum):
    """Why several mentors answer."""

    NAMED = "named"
    FORCED = "forced"
    VIEWS = "views"
    MATTERS = "matters"
    NEAR = "near"


class Alone(StrEnum):
    """Why one mentor answers alone."""

    DANGER = "danger"
    COURTESY = "courtesy"
    SIMPLE = "simple"
    NOBODY_ELSE = "nobody_else"


@dataclass(frozen=True, slots=True)
class Pull:
    """A part of the message, and how well each mentor suits it by itself.

    `topic` is the slug of what it is about, None where that is not clear. `clause` is how the message says it, and
    `words` what of that can be quoted; both are None for a mentor who adds to what another takes up.
    """

    scores: Mapping[str, float]
    topic: str | None = None
    clause: str | None = None
    words: str | None = None

    @property
    def best(self) -> str:
        """The mentor who suits it best; the first in catalogue order on a tie."""
        return max(self.scores, key=lambda slug: self.scores[slug])


@dataclass(frozen=True, slots=True)
class Signs:
    """What a message says for or against several mentors.

    `danger` is a matter of this minute, with nothing to discuss. `matters` are the separate things it is about, none
    where it is only one; `parts` are those of its clauses that read clearly by themselves, looked at once at most and
    only where they could decide.
    """

    courtesy: bool = False
    danger: bool = False
    asks_for_views: bool = False
    matters: Sequence[Pull] = ()
    parts: Iterable[Pull] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A mentor who takes part; `part` is what of the message is theirs, None for all of it."""

    persona: str
    part: Pull | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """The mentors who answer together, in the order they speak, and why."""

    ground: Ground
    seats: tuple[Seat, ...]


def asks_for_views(message: str, language: Language) -> bool:
    """Tell whether a message says in words that it wants to be looked at from several sides."""
    return _ASKS_FOR_VIEWS[language].search(message) is not None


def gather(choice: Choice, signs: Signs, *, wanted: Sequence[str] = (), forced: bool = False) -> Gathering | Alone:
    """Return who answers together, or why one mentor answers alone.

    `wanted` are the mentors whom the caller named, by slug; they answer in this order. What has to be done this minute
    is said by one mentor, whatever the caller wants.
    """
    if signs.danger:
        return Alone.DANGER
    if wanted:
        seats = _seated(wanted, len(wanted), signs.matters, choice)
        return Gathering(Ground.NAMED, tuple(sorted(seats, key=lambda seat: wanted.index(seat.persona))))
    if choice.secondary is None:
        return Alone.NOBODY_ELSE
    if signs.courtesy and not forced:
        return Alone.COURTESY
    reasons = (
        (forced, Ground.FORCED, max(2, len(signs.matters)), signs.matters),
        (signs.asks_for_views, Ground.VIEWS, _VIEWS, signs.matters),
        (len(signs.matters) > 1, Ground.MATTERS, len(signs.matters), signs.matters),
    )
    for holds, ground, count, matters in reasons:
        if holds:
            return Gathering(ground, _seated(_pool(choice), count, matters, choice))
    pulled = tuple(_pulled_both_ways(choice, signs.parts))
    return Gathering(Ground.NEAR, pulled) if pulled else Alone.SIMPLE


def _pool(choice: Choice) -> Sequence[str]:
    """Return the mentors who come into question, best first; the one who was chosen, or called for, leads."""
    ranked = sorted(choice.scores, key=lambda slug: -choice.scores[slug])
    return [choice.primary, *(slug for slug in ranked if slug != choice.primary)][:_POOL]


def _seated(pool: Sequence[str], count: int, matters: Sequence[Pull], choice: Choice) -> tuple[Seat, ...]:
    """Return the seats whose mentors suit their parts best, all in all; the first of the pool has one of them.

    Where there are more mentors than matters, the others add to the matter that suits them best.
    """
    count = min(count, len(pool), MOST_MENTORS)
    shared = matters[:count]
    if len(shared) < 2:
        return tuple(Seat(slug) for slug in pool[:count])

    def fit(mentors: Sequence[str]) -> float:
        own = sum(part.scores[slug] for slug, part in zip(mentors, shared, strict=False))
        return own + sum(choice.scores[slug] for slug in mentors[len(shared) :])

    # max() keeps the first of the best, and permutations come in the order of the pool.
    best = max((those for those in permutations(pool, count) if pool[0] in those[: len(shared)]), key=fit)
    return tuple(
        Seat(slug, shared[place] if place < len(shared) else _added(slug, shared)) for place, slug in enumerate(best)
    )


def _added(slug: str, matters: Sequence[Pull]) -> Pull:
    """Return the matter that suits a mentor best, as one that somebody else takes up."""
    return replace(max(matters, key=lambda part: part.scores[slug]), clause=None, words=None)


def _pulled_both_ways(choice: Choice, parts: Iterable[Pull]) -> Iterator[Seat]:
    """Yield the mentor who was chosen and the runner-up, where the message suits both and each has a part of it."""
    assert choice.secondary is not None
    one, other = choice.primary, choice.secondary
    # Whoever looks back asks for nothing that could be shared out.
    if choice.scores[one] - choice.scores[other] > _NEAR or choice.key.intent is Intent.REFLECTION:
        return
    found = tuple(parts)
    own = [_clearest(found, one, than=other), _clearest(found, other, than=one)]
    if all(own):
        yield from (Seat(slug, part) for slug, part in zip((one, other), own, strict=True))


def _clearest(parts: Sequence[Pull], slug: str, *, than: str) -> Pull | None:
    """Return the part that suits a mentor best of all, and far better than the other; words to quote break a tie."""
    clear = [part for part in parts if part.best == slug and part.scores[slug] - part.scores[than] >= _CLEARLY]
    return max(clear, key=lambda part: (part.scores[slug] - part.scores[than], part.words is not None), default=None)
