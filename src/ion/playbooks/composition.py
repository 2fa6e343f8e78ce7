"""Compose a reply from a topic's pieces in a persona's voice; a pure function of what is given."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ion.language import Language, object_particle
from ion.personas import Persona, Stage
from ion.playbooks.clauses import cleaned
from ion.playbooks.hooks import Hooks
from ion.playbooks.narrowing import narrowing_texts
from ion.playbooks.topic import Criterion, Errand, Step, Topic
from ion.resonance import Intent, Pace, ResonanceKey, Tone

_Piece = TypeVar("_Piece", Step, Criterion, Errand)
# What to ask about first; afterwards the conversation goes through the persona's own stages.
_FIRST_STAGES: Mapping[Intent, tuple[Stage, ...]] = {
    Intent.SEEK_ADVICE: ("goal", "options"),
    Intent.PROBLEM_SOLVING: ("reality",),
    Intent.LEARNING: ("reality", "goal"),
    Intent.VALIDATION: ("reality",),
    Intent.PLANNING: ("goal", "reality"),
    Intent.REFLECTION: ("reality", "goal"),
}
# From this turn on a conversation should come to an agreed action.
_AGREE_FROM = 3
# How much nearness to the message counts beside chance; two texts seldom share more than a twentieth of their n-grams.
_NEARNESS = 2.5
# How much the first of a list is preferred to the last beside chance: what stands early prepares for what follows.
_ORDER = 0.25
# How much nearer a later emergency measure has to be before it comes ahead of the first one.
_CLEARLY = 0.05
# When the clock is running, what is to be done in a month has no place in the answer: people's acts stand in the order
# of time, and the first half of them, at least three, is near.
_SOON = 3
# The share of short runs of characters, of so many each, that two pieces may have in common before one of them says
# what the other has said; one pair in two hundred has more.
_ALIKE, _RUN = 0.22, {"ko": 2, "en": 4}
_NO_LETTER = re.compile(r"[\W_]+")
_NOW = {"ko": "지금 바로", "en": "Right now"}
# What leads to a single small step where the persona otherwise makes lists.
_ONE_THING = {
    "ko": ("지금은 하나만 해 볼까요.", "여러 가지 대신 가장 작은 것 하나만 볼게요.", "우선 이것 하나면 충분해요."),
    "en": (
        "For now, just one thing you could do: {item}.",
        "Rather than a list, one small step you could take: {item}.",
        "If you like, this much is enough for now: {item}.",
    ),
}
# A slot of a template, quoted or not, and the particle that has to fit what is filled in.
_PARTICLE = re.compile(r"(\{(\w+)\}['”]?)(을|를|은|는|이|가|이라고|라고)(?=[\s,.])")
# Each particle as it is after a syllable that ends in a consonant, and after any other.
_PARTICLES = {
    **dict.fromkeys(("을", "를"), ("을", "를")),
    **dict.fromkeys(("은", "는"), ("은", "는")),
    **dict.fromkeys(("이", "가"), ("이", "가")),
    **dict.fromkeys(("이라고", "라고"), ("이라고", "라고")),
}


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a reply is composed from.

    `turn` counts from 1. `spoken` is what the mentor has already said in this conversation; nothing of it is said
    again while something unsaid is left. `relevance` scores a text against the message, 0 to 1. `seed` is what makes
    two conversations differ: the same brief always gives the same reply.
    """

    message: str
    persona: Persona
    language: Language
    key: ResonanceKey
    hooks: Hooks
    turn: int
    spoken: str
    goals: tuple[str, ...]
    relevance: Callable[[str], float]
    seed: str


def compose(topic: Topic, brief: Brief) -> str:
    """Return the reply to a message that is about `topic`, as light Markdown."""
    if topic.at_once:
        return _at_once(topic, brief)
    opening = opening_of(brief)
    frame, body = unsaid(topic.frames[brief.key.intent], brief, "frame"), _body(topic, brief)
    # Where the clock is running, what to do comes before how to look at it.
    parts = [opening, body, frame] if is_pressed(brief) else [joined(opening, frame), body]
    parts += [joined(*_asides(topic, brief)), closing_of(topic, brief)]
    return "\n\n".join(part for part in parts if part)


def joined(*sentences: str) -> str:
    """Return the sentences there are, as running text."""
    return " ".join(sentence for sentence in sentences if sentence)


def is_pressed(brief: Brief) -> bool:
    """Tell whether the clock is running, at the beginning of the matter."""
    return brief.key.tone is Tone.URGENT and brief.turn == 1


def _at_once(topic: Topic, brief: Brief) -> str:
    """What to do this minute, whatever the writing is like, with no word before it."""
    return "\n\n".join(
        [right_now(triage_of(topic, brief), brief), topic.ends, pick(questions_of(topic, brief), brief, "question")]
    )


def compose_narrowing(brief: Brief) -> str:
    """Return the reply to a message that no topic fits: say so, leave one thing to do, and ask one question."""
    texts, intent = narrowing_texts(brief.language), brief.key.intent
    question = pick(texts.questions[intent], brief, "question")
    meanwhile = pick(texts.meanwhile[intent], brief, "meanwhile")
    return f"{unknown(brief)}\n\n{meanwhile}\n\n{question}"


def unknown(brief: Brief) -> str:
    """Return the persona's admission that they have no ready answer."""
    narrow = brief.persona.phrases[brief.language].narrow
    about = brief.hooks.quote or brief.hooks.question
    statement = pick(narrow.unknown if about is None else narrow.known, brief, "narrow")
    return _filled(statement, brief, about=about or "")


def opening_of(brief: Brief) -> str:
    """Take up the mentee's own words, if there are any that the persona has a sentence for."""
    openings, hooks = brief.persona.phrases[brief.language].openings, brief.hooks
    given = {name: getattr(hooks, name) for name in ("quote", "question", "numbers", "deadline")}
    for name in _hooks_wanted(brief):
        templates = openings.continuing if name == "quote" and brief.turn > 1 else getattr(openings, name)
        usable = [template for template in templates if given["quote"] or "{quote}" not in template]
        if given[name] and usable:
            return _filled(pick(usable, brief, "opening"), brief, **given)
    return ""


def _hooks_wanted(brief: Brief) -> tuple[str, ...]:
    """What is most worth taking up: by how the message reads, then by what the persona prefers."""
    if brief.turn > 1:
        return ("quote", "question")
    first = {Tone.URGENT: "deadline", Tone.ANALYTICAL: "numbers"}.get(brief.key.tone)
    if brief.key.intent is Intent.LEARNING and first is None:
        first = "question"
    wanted = (*([first] if first else []), *brief.persona.profile.voice.prefers, "quote", "question")
    # Whoever looks back is not to be hurried.
    return tuple(name for name in wanted if name != "deadline" or brief.key.intent is not Intent.REFLECTION)


def _filled(template: str, brief: Brief, **given: str | None) -> str:
    words = {name: value or "" for name, value in given.items()}
    if brief.language == "ko":
        template = _PARTICLE.sub(lambda match: _with_particle(match, words), template)
    return template.format(**words)


def _with_particle(match: re.Match[str], words: Mapping[str, str]) -> str:
    """Return a slot with the particle that its last syllable asks for."""
    slot, name, particle = match.groups()
    closed, open_ = _PARTICLES[particle]
    return slot + (closed if object_particle(words[name].rstrip("…")) == "을" else open_)


def _body(topic: Topic, brief: Brief) -> str:
    voice = brief.persona.profile.voice
    urgent = is_pressed(brief)
    first = triage_of(topic, brief) if urgent else ""
    if voice.body == "small" and urgent:
        return closed(first)
    pieces = () if voice.body == "small" or brief.key.tone is Tone.ANXIOUS else _listed(topic, brief, first)
    if not pieces:
        # A worried message gets the smallest next step, whoever answers; so does one that has had all of the list.
        return one_thing(topic.small, brief)
    return laid_out([right_now(first, brief), *pieces] if urgent else pieces, brief)


def right_now(first: str, brief: Brief) -> str:
    """Return what to do first, marked as that."""
    return f"**{_NOW[brief.language]}**: {closed(first)}"


def laid_out(pieces: Sequence[str], brief: Brief) -> str:
    """Return pieces as the persona lays them out, in running text or as a list with words before it."""
    if brief.persona.profile.voice.layout == "prose":
        return " ".join(pieces)
    return f"{pick(_leads_of(brief), brief, 'lead')}\n\n{lines_of(pieces, brief)}"


def lines_of(pieces: Sequence[str], brief: Brief) -> str:
    """Return pieces as the persona's kind of list."""
    numbered = brief.persona.profile.voice.layout == "numbered"
    marks = (f"{number}." if numbered else "-" for number in range(1, len(pieces) + 1))
    return "\n".join(f"{mark} {piece}" for mark, piece in zip(marks, pieces, strict=False))


def triage_of(topic: Topic, brief: Brief) -> str:
    """What to do first: a measure that can stand first, unless another is clearly nearer."""
    heads = [piece for piece in (topic.triage[0], *topic.firsts) if not _times_said(piece, brief)]
    first = pick(heads, brief, "triage") if heads else min(topic.triage, key=lambda piece: _times_said(piece, brief))
    near = max(topic.triage, key=brief.relevance)
    clearly = brief.relevance(near) > brief.relevance(first) + _CLEARLY and not _times_said(near, brief)
    return near if clearly else first


def _listed(topic: Topic, brief: Brief, first: str) -> tuple[str, ...]:
    """Return the list; `first` is what the reply begins with when the clock is running."""
    count = max(_items(brief) - bool(first), 1)
    return listed(topic, brief, count, said=(first,) if first else (), soon=bool(first))


def listed(topic: Topic, brief: Brief, count: int, *, said: Sequence[str], soon: bool) -> tuple[str, ...]:
    """Return up to `count` pieces of the persona's list that fit the message best, in the topic's order.

    None of them was said before in this conversation, or says much the same as one of `said`. With `soon` nothing is
    left for next month.
    """
    body = brief.persona.profile.voice.body
    if body == "steps":
        return tuple(_step(step, brief.language) for step in _some(topic.steps, brief, count, "steps", said))
    if body == "criteria":
        return tuple(_criterion(criterion) for criterion in _some(topic.criteria, brief, count, "criteria", said))
    # What has a date is not answered with next month.
    near = soon or brief.hooks.deadline is not None
    people = topic.people[: max(_SOON, len(topic.people) // 2)] if near else topic.people
    return tuple(_errand(errand) for errand in _some(people, brief, count, "people", said))


def is_news(text: str, said: Sequence[str], language: Language) -> bool:
    """Tell whether a text says something that none of `said` does."""
    runs = _runs(text, language)
    return not any(_alike(_runs(other, language), runs) for other in said)


def _alike(said: set[str], other: set[str]) -> bool:
    return len(said & other) > _ALIKE * min(len(said), len(other))


def _runs(text: str, language: Language) -> set[str]:
    plain, length = _NO_LETTER.sub("", text.lower()), _RUN[language]
    return {plain[start : start + length] for start in range(len(plain) - length + 1)}


def _items(brief: Brief) -> int:
    """How many pieces: fewer for a short message, and for one that looks back more than ahead."""
    most = brief.persona.profile.voice.items
    if brief.key.intent is Intent.REFLECTION or brief.key.pace is Pace.BURST:
        return min(most, 2)
    return most


def _step(step: Step, language: Language) -> str:
    return f"{step.do}. {closed(step.check)}" if language == "ko" else f"{step.do}: {closed(step.check)}"


def _criterion(criterion: Criterion) -> str:
    return f"**{criterion.judge}**: {closed(criterion.measure)}"


def _errand(errand: Errand) -> str:
    return f"**{errand.when}**: {closed(errand.do)}"


def one_thing(small: Sequence[str], brief: Brief) -> str:
    """Put one small piece into running text; an English lead holds its place, a Korean one stands before it."""
    leads = _leads_of(brief) if brief.persona.profile.voice.body == "small" else _ONE_THING[brief.language]
    lead, piece = pick(leads, brief, "lead"), pick(small, brief, "small")
    if "{item}" in lead:
        return lead.replace("{item}", piece)
    return f"{lead.rstrip(':')} {closed(piece)}"


def _leads_of(brief: Brief) -> Sequence[str]:
    return brief.persona.phrases[brief.language].leads[brief.key.intent]


def _asides(topic: Topic, brief: Brief) -> Iterator[str]:
    """What to watch out for, where the advice ends, and the goal it should serve."""
    unhurried = brief.key.pace in (Pace.FLOWING, Pace.CONTEMPLATIVE) and brief.key.tone is not Tone.URGENT
    if unhurried:
        yield unsaid(topic.pitfalls, brief, "pitfall")
    yield end_of(topic, brief)
    yield goal_of(brief)


def end_of(topic: Topic, brief: Brief) -> str:
    """Return where the advice ends, once it is time to say so."""
    early = topic.ends_early and topic.ends_early.search(brief.message)
    return topic.ends if topic.ends not in brief.spoken and (early or brief.turn > 1) else ""


def goal_of(brief: Brief) -> str:
    """Return a reminder of the mentee's first goal, if there is one that was not spoken of yet."""
    goal = cleaned(brief.goals[0]) if brief.goals else ""
    if not goal or goal in brief.spoken:
        return ""
    if brief.language == "ko":
        return f"적어 두신 목표 '{goal}'에 한 걸음 가까워지는 쪽인지도 함께 봐 주세요."
    return f'See too whether it moves you towards the goal you set, "{goal}".'


def closing_of(topic: Topic, brief: Brief) -> str:
    """Return one question; once a conversation has got going, an action to report back on before it."""
    question = pick(questions_of(topic, brief), brief, "question")
    action = unsaid(topic.followups, brief, "followup") if brief.turn >= _AGREE_FROM else ""
    if not action:
        return question
    if brief.language == "ko":
        return f"다음에 이어 갈 수 있게, {closed(action)} {question}"
    return f"So that we can go on from there: {closed(action)} {question}"


def questions_of(topic: Topic, brief: Brief) -> Sequence[str]:
    """Return the questions of the stage that is due; all of them once those have been asked."""
    due = _stages_due(brief)
    fresh = [question for stage in due for question in topic.questions[stage] if not _times_said(question, brief)]
    return fresh or [question for group in topic.questions.values() for question in group]


def _stages_due(brief: Brief) -> Sequence[Stage]:
    first = _FIRST_STAGES[brief.key.intent]
    if brief.turn == 1:
        return first
    if brief.turn >= _AGREE_FROM:
        return ("will",)
    return [stage for stage in brief.persona.profile.voice.stages if stage not in first][:1] or first


def closed(clause: str) -> str:
    """Return a clause as a sentence."""
    return clause if clause.endswith((".", "?", "!", "”", ".'", '."', '?"')) else f"{clause}."


def pick(pieces: Sequence[str], brief: Brief, part: str) -> str:
    """Return the piece said least often and nearest to the message, with chance by the seed to vary it."""
    return min(pieces, key=lambda piece: (_times_said(piece, brief), _distance(piece, brief, part)))


def unsaid(pieces: Sequence[str], brief: Brief, part: str) -> str:
    """Return the nearest piece that was not said yet; nothing once all of them were."""
    fresh = [piece for piece in pieces if not _times_said(piece, brief)]
    distances = [_distance(piece, brief, part) + late for piece, late in zip(fresh, _lateness(fresh), strict=True)]
    return fresh[distances.index(min(distances))] if fresh else ""


def _some(pieces: Sequence[_Piece], brief: Brief, count: int, part: str, said: Sequence[str]) -> list[_Piece]:
    """Return up to `count` of the nearest pieces that were not said yet, in the order they stand in the topic."""
    fresh = [
        piece
        for piece in pieces
        if not _times_said(_texts(piece)[-1], brief) and is_news(" ".join(_texts(piece)), said, brief.language)
    ]
    texts = [" ".join(_texts(piece)) for piece in fresh]
    distances = [_distance(text, brief, part) + late for text, late in zip(texts, _lateness(fresh), strict=True)]
    nearest = sorted(range(len(fresh)), key=distances.__getitem__)[:count]
    return [fresh[place] for place in sorted(nearest)]


def _lateness(pieces: Sequence[object]) -> Sequence[float]:
    """Return how much each piece is held back for its place among the others."""
    return [_ORDER * place / len(pieces) for place in range(len(pieces))]


def _texts(piece: Step | Criterion | Errand) -> tuple[str, ...]:
    """Return what a piece says; the last text is the one that only this piece has."""
    if isinstance(piece, Step):
        return piece.do, piece.check
    if isinstance(piece, Criterion):
        return piece.judge, piece.measure
    return (piece.do,)


def _times_said(template: str, brief: Brief) -> int:
    # Templates differ from what was said by the words filled in, so their longest fixed stretch is looked for.
    stretches = [stretch.split("}")[-1] for stretch in template.split("{")]
    return brief.spoken.count(max(stretches, key=len).strip("'\"“” ,.:;"))


def _distance(text: str, brief: Brief, part: str) -> float:
    return -_NEARNESS * brief.relevance(text) - _chance(f"{brief.seed}|{part}|{text}")


def _chance(seed: str) -> float:
    """Return a number from 0 to 1 that looks random and is always the same for the same seed."""
    return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=4).digest(), "big") / 2**32
