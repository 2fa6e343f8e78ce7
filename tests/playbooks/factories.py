"""What replies are asked for with, and how their sentences are told apart."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from ion.language import Language
from ion.personas import Catalogue, load_catalogue
from ion.playbooks import Ask, Exchange, Library, Playbooks, TopicFinder, load_topics
from ion.playbooks.composition import Brief
from ion.playbooks.hooks import NO_HOOKS, Hooks
from ion.resonance import Reader, ResonanceKey
from ion.routing import ResonanceRouter
from ion.services import embedding_of, load_reader
from ion.settings import ResonanceSettings

KO_HOOKS = Hooks("팀장이 회의에서 제 말을 잘라요", "왜 저만 그런 말을 듣는지", "3주, 40%", "내일까지")
EN_HOOKS = Hooks("my lead cuts me off in meetings", "why is it only me", "3 weeks, 40%", "by tomorrow")

# Every tone, pace and intent at least twice.
KEYS = tuple(
    ResonanceKey.parse(text)
    for text in (
        "urgent-burst-problem_solving",
        "urgent-medium-planning",
        "anxious-contemplative-reflection",
        "anxious-medium-seek_advice",
        "frustrated-flowing-seek_advice",
        "frustrated-burst-reflection",
        "playful-burst-learning",
        "playful-medium-validation",
        "analytical-flowing-validation",
        "analytical-medium-problem_solving",
        "calm-contemplative-planning",
        "calm-medium-learning",
        "curious-flowing-learning",
        "curious-burst-seek_advice",
        "confused-contemplative-problem_solving",
        "confused-medium-reflection",
        "collaborative-flowing-planning",
        "collaborative-medium-validation",
    )
)


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


@cache
def library() -> Library:
    return load_topics()


@cache
def finder() -> TopicFinder:
    return TopicFinder.load(embedding_of(ResonanceSettings()))


@cache
def playbooks() -> Playbooks:
    return Playbooks(library(), finder())


@cache
def reader() -> Reader:
    return load_reader(ResonanceSettings())


@cache
def router() -> ResonanceRouter:
    return ResonanceRouter(catalogue())


def hooks_for(language: Language) -> Hooks:
    return KO_HOOKS if language == "ko" else EN_HOOKS


def nothing_near(text: str) -> float:
    """Say of every text that it has nothing in common with the message."""
    return 0.0 * len(text)


def make_brief(
    persona: str = "nana",
    language: Language = "ko",
    key: str | ResonanceKey = "calm-medium-problem_solving",
    *,
    message: str = "테스트가 랜덤으로 깨져요",
    hooks: Hooks = NO_HOOKS,
    turn: int = 1,
    spoken: str = "",
    goals: tuple[str, ...] = (),
    relevance: Callable[[str], float] = nothing_near,
    seed: str = "seed",
) -> Brief:
    parsed = ResonanceKey.parse(key) if isinstance(key, str) else key
    return Brief(message, catalogue()[persona], language, parsed, hooks, turn, spoken, goals, relevance, seed)


def make_ask(
    message: str,
    *,
    language: Language = "ko",
    persona: str | None = None,
    key: str | None = None,
    history: tuple[Exchange, ...] = (),
    goals: tuple[str, ...] = (),
    conversation: str = "",
    quotable: bool = True,
) -> Ask:
    parsed = ResonanceKey.parse(key) if key else reader().read(message, default_language=language).key
    slug = persona or router().route(parsed).primary
    return Ask(message, language, parsed, catalogue()[slug], history, goals, conversation, quotable)


def without_quotations(text: str, language: Language) -> str:
    """Return the mentor's own words: a quotation leaves a Q behind."""
    quoted = r"'[^'\n]*'" if language == "ko" else r"\"[^\"\n]*\""
    return re.sub(quoted, "Q", text)


def sentences_of(line: str) -> Iterator[str]:
    """Yield the sentences of a line, without list marks, labels and quotations' insides."""
    plain = re.sub(r"^(?:\d\. |- )?(?:\*\*[^*\n]+\*\*: )?", "", line)
    for sentence in re.split(r"(?<=[.?])\s+", plain):
        if sentence:
            yield sentence
