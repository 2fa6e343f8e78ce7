"""One reply from several mentors: what each of them adds, and the question they end with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ion.language import Language
from ion.personas import Body
from ion.playbooks.composition import (
    Brief,
    closed,
    closing_of,
    end_of,
    goal_of,
    is_news,
    is_pressed,
    joined,
    laid_out,
    lines_of,
    listed,
    one_thing,
    opening_of,
    pick,
    right_now,
    triage_of,
    unknown,
    unsaid,
)
from ion.playbooks.narrowing import narrowing_texts
from ion.playbooks.quoting import sentences_of
from ion.playbooks.topic import Topic
from ion.resonance import Intent, Tone

# Who shares a reply with one other mentor says so much at most; among more, one thing each.
_AMONG_TWO, _AMONG_MORE = 2, 1
# What leads to a single piece of a list.
_ONE_PIECE: Mapping[Language, Mapping[Body, tuple[str, ...]]] = {
    "ko": {
        "steps": ("순서로는 이것이 먼저예요.", "저라면 여기서부터 손댈게요.", "첫 단계만 놓아 드릴게요."),
        "criteria": ("재 볼 것은 하나면 돼요.", "저라면 이걸 기준으로 볼게요.", "확인할 근거를 하나 드릴게요."),
        "people": ("일정에는 이것 하나만 넣어 둘게요.", "사람과 때를 정하면 이래요.", "움직일 때를 하나 잡아 볼게요."),
    },
    "en": {
        "steps": ("In order, this could come first.", "This is where I might begin.", "One step, then the next."),
        "criteria": (
            "One thing is worth measuring.",
            "This is what I would judge it by.",
            "One check could settle it.",
        ),
        "people": ("One thing for the diary.", "With a time and a person, it could be this.", "This has a time to it."),
    },
}
_WHICH_FIRST: Mapping[Language, tuple[str, ...]] = {
    "ko": (
        "이 가운데 무엇부터 이어서 이야기해 볼까요?",
        "어느 쪽을 먼저 함께 풀어 보고 싶으세요?",
        "지금 가장 무겁게 느껴지는 건 어느 쪽인가요?",
        "하나만 먼저 정한다면 어느 것부터 하시겠어요?",
    ),
    "en": (
        "Which of these shall we take further first?",
        "Which one weighs on you most right now?",
        "If only one of them could move this week, which should it be?",
        "Where would you like to begin?",
    ),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The part that one of several mentors has in a reply.

    `topic` is the slug of their matter, None for what the message is about as a whole. `clause` is where the message
    speaks of it, and `words` what of that can be quoted. `said` is what the others say, as far as it is known: nothing
    of it is said again. `first` speaks before all others, of whom there are `speakers` in all.
    """

    topic: str | None
    clause: str | None
    words: str | None
    said: tuple[str, ...]
    first: bool
    speakers: int


def compose_part(topic: Topic, brief: Brief, part: Part) -> str:
    """Return what a mentor adds on `topic`, as light Markdown; without a question at its end."""
    said = _sentences(part.said)
    opens = part.clause is not None or (part.first and part.topic is None)
    opening = opening_of(brief) if opens else ""
    if is_pressed(brief) and part.first:
        return joined(opening, right_now(triage_of(topic, brief), brief))
    # Where the clock is running, there is no time for how to look at it.
    framed = (opens or part.first) and not is_pressed(brief)
    return _with_pieces(joined(opening, _frame(topic, brief, said) if framed else ""), topic, brief, part, said)


def _sentences(texts: Sequence[str]) -> Sequence[str]:
    return [sentence for text in texts for sentence in sentences_of(text)]


def _frame(topic: Topic, brief: Brief, said: Sequence[str]) -> str:
    """Return a way to look at the topic that nobody has offered."""
    frames = [frame for frame in topic.frames[brief.key.intent] if is_news(frame, said, brief.language)]
    return unsaid(frames, brief, "frame")


def _with_pieces(before: str, topic: Topic, brief: Brief, part: Part, said: Sequence[str]) -> str:
    """Return what comes before, and after it what this mentor suggests."""
    count = _count(brief, part)
    # What is to be done in a month has no place in so few words.
    pieces = listed(topic, brief, count, said=said, soon=True) if count else ()
    if len(pieces) > 1:
        return f"{before}\n\n{lines_of(pieces, brief)}" if before else laid_out(pieces, brief)
    if pieces:
        leads = _ONE_PIECE[brief.language][brief.persona.profile.voice.body]
        return joined(before or pick(leads, brief, "lead"), closed(pieces[0]))
    small = [piece for piece in topic.small if is_news(piece, said, brief.language)]
    return joined(before, one_thing(small or topic.small, brief))


def _count(brief: Brief, part: Part) -> int:
    """Return how many pieces of a list there is room for; none where the mentor makes no lists."""
    if brief.persona.profile.voice.body == "small":
        return 0
    if part.speakers > 2 or brief.key.tone is Tone.ANXIOUS:
        return _AMONG_MORE
    return min(brief.persona.profile.voice.items, _AMONG_TWO)


def narrow_part(brief: Brief, part: Part) -> str:
    """Return what a mentor adds where no topic fits, true of any matter: whoever comes first, that there is no answer.

    What they say beside it suits the message; what the others say is of their own kind.
    """
    said = _sentences(part.said)
    intent = brief.key.intent if part.first else _favourite(brief)
    texts = narrowing_texts(brief.language).meanwhile[intent]
    meanwhile = pick([text for text in texts if is_news(text, said, brief.language)] or texts, brief, "meanwhile")
    return meanwhile if not part.first else joined(unknown(brief), meanwhile)


def _favourite(brief: Brief) -> Intent:
    """Return what this mentor is best at; what the message asks for, if that is as good."""
    shares = brief.persona.profile.affinity.intent
    return max(Intent, key=lambda intent: (shares[intent], intent is brief.key.intent))


def compose_closing(topics: Sequence[Topic], brief: Brief) -> str:
    """Return how several mentors end: where advice on their topics ends, the mentee's goal, and one question."""
    ends = [end_of(topic, brief) for topic in topics]
    if not topics:
        question = pick(narrowing_texts(brief.language).questions[brief.key.intent], brief, "question")
    elif len(topics) == 1:
        question = closing_of(topics[0], brief)
    else:
        question = pick(_WHICH_FIRST[brief.language], brief, "question")
    return "\n\n".join(text for text in (joined(*ends, goal_of(brief)), question) if text)
